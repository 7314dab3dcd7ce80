import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longlive } from "../../pipelines/wan/index.ts";
import type { DaemonStatus, SessionStatus } from "../../src/protocol/messages.ts";
import { type TinyModels, tinyModels } from "../pipelines/wan/tiny-models.ts";
import { type Hub, hub } from "../src/artifacts/hub.ts";
import { type RunningDaemon, startDaemon, until } from "./daemon.ts";

let models: TinyModels;
let remote: Hub;
let folder: string;
let daemon: RunningDaemon;

beforeAll(async () => {
	models = await tinyModels();
	const files = (longlive?.artifacts ?? []).map(({ repo, file }) => {
		return [`/${repo}/resolve/main/${file}`, readFileSync(models.file({ repo, file }))] as const;
	});
	remote = await hub(Object.fromEntries(files));
	folder = mkdtempSync(join(tmpdir(), "mutoscope-download-"));
	const config = join(folder, "config.json");
	const said = {
		sessions: [{ name: "main", pipeline: "cellular-automata" }],
		folders: { models: join(folder, "models") },
		models: { endpoints: [remote.origin] },
		inference: { provider: "cpu", threads: 1 },
	};
	writeFileSync(config, JSON.stringify(said));
	daemon = await startDaemon(["--config", config]);
	await until(async () => (await status()).frame > 5);
}, 120_000);

afterAll(async () => {
	await daemon?.[Symbol.asyncDispose]();
	await remote?.[Symbol.asyncDispose]();
	models?.[Symbol.dispose]();
	rmSync(folder, { recursive: true, force: true });
});

async function status(): Promise<SessionStatus> {
	return (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0] as SessionStatus;
}

const scope = () => daemon.ask<{ status: string; error: string | null }>("/api/v1/pipeline/status");

test("a pipeline whose files are missing says so while the one before plays on; once they are fetched it comes by itself", async () => {
	const values = { "/main/session/pipeline": "longlive" };
	await daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	await daemon.ask("/api/v1/params", { method: "PATCH", json: { values: { "/main/width": 64, "/main/height": 48 } } });
	await until(async () => (await status()).reason?.includes("is not on this machine"));
	expect(await scope()).toMatchObject({ status: "error", error: expect.stringContaining("is not on this machine") });
	const { frame, playing } = await status();
	expect(playing).toBe("cellular-automata");
	await until(async () => (await status()).frame > frame + 10);

	expect(await daemon.ask("/api/v1/models/status?pipeline_id=longlive")).toEqual({ downloaded: false, progress: null });
	await daemon.ask("/api/v1/models/download", { method: "POST", json: { pipeline_id: "longlive" } });
	await until(async () => (await status()).playing === "longlive");
	expect(await daemon.ask("/api/v1/models/status?pipeline_id=longlive")).toEqual({ downloaded: true, progress: null });
	expect(await scope()).toMatchObject({ status: "loaded", error: null });
	const { models: listed } = await daemon.ask<{ models: { pipeline: string; files: { state: string }[] }[] }>(
		"/api/v1/models",
	);
	const found = listed.find(({ pipeline }) => pipeline === "longlive")?.files.map(({ state }) => state);
	expect(new Set(found)).toEqual(new Set(["checked", "missing"]));
}, 120_000);

test("what was put on standby is swapped in at once, and the other one is held", async () => {
	const turn = (values: Record<string, unknown>) => daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	await turn({ "/main/session/standby": "cellular-automata" });
	await turn({ "/main/session/swap": true });
	await until(async () => (await status()).playing === "cellular-automata");
	expect(await daemon.ask("/api/v1/params/main/session/standby")).toMatchObject({ value: "longlive" });
	await turn({ "/main/session/swap": true });
	await until(async () => (await status()).playing === "longlive");
	expect((await status()).restarts).toBe(0);
}, 120_000);
