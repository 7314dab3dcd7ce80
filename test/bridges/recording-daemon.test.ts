import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { type RunningDaemon, startDaemon, until } from "../e2e/daemon.ts";
import { cards } from "./recorded.ts";

let daemon: RunningDaemon;
beforeAll(async () => {
	daemon = await startDaemon();
	await turn({ "/main/session/pipeline": "passthrough", "/main/source/kind": "test-card" });
	await turn({ "/main/source/width": 640, "/main/source/height": 360, "/main/width": 640, "/main/height": 360 });
	await until(async () => (await session()).width === 640);
});
afterAll(() => daemon[Symbol.asyncDispose]());

const turn = (values: Record<string, unknown>) => daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
const status = () => daemon.ask<DaemonStatus>("/api/v1/status");
const recordings = () => readdirSync(join(daemon.state, "recordings")).sort();

async function session() {
	const [main] = (await status()).sessions;
	if (!main) throw new Error("no session");
	return main;
}

async function processNamed(name: string) {
	return (await status()).processes.find((process) => process.name === name);
}

/** The recorder's process, once it has written for a while. */
async function recorder(not?: number): Promise<number> {
	return until(async () => {
		const found = await processNamed("sink:main/recording");
		const bytes = (
			await daemon.ask<{ recordings: { bytes: number; running: boolean }[] }>("/api/v1/recordings")
		).recordings
			.filter(({ running }) => running)
			.map(({ bytes }) => bytes);
		return found?.pid !== not && (bytes[0] ?? 0) > 20_000 && found?.pid;
	});
}

describe("in a daemon", () => {
	test("a show is recorded, goes on in a further file when the recorder is killed, and never stumbles for it", async () => {
		const started = await daemon.ask<{ recording: { id: string } }>("/api/v1/recordings/main/start", {
			method: "POST",
		});
		const first = await recorder();
		const before = (await session()).restarts;
		process.kill(first, "SIGKILL");
		await recorder(first);
		await daemon.ask("/api/v1/recordings/main/stop", { method: "POST" });
		const files = recordings();
		expect(files).toHaveLength(2);
		expect(files[0]).toBe(started.recording.id);
		for (const file of files) {
			const numbers = (await cards(join(daemon.state, "recordings", file))).map(({ index }) => index ?? -1);
			expect(numbers.length).toBeGreaterThan(5);
			expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
			expect(numbers).not.toContain(-1);
		}
		expect(await session()).toMatchObject({ state: "running", restarts: before });
	});

	test("a recording is played back, and a file that is not there is waited for", async () => {
		const [file = ""] = recordings();
		const path = join(daemon.state, "recordings", file);
		renameSync(path, `${path}.away`);
		await turn({ "/main/source/kind": "file" });
		await turn({ "/main/source/path": path });
		await until(async () => JSON.stringify(await status()).includes("there is no such file"));
		const held = (await session()).frame;
		renameSync(`${path}.away`, path);
		await until(async () => (await session()).frame > held + 10);
		expect(await session()).toMatchObject({ state: "running", width: 640, height: 360 });
	});

	test("a decoder that dies costs its process, and the picture comes back", async () => {
		const { pid } = await until(async () => {
			const found = await processNamed("source:main");
			return found?.state === "running" && found.pid !== undefined && { pid: found.pid };
		});
		const { restarts } = await session();
		process.kill(pid, "SIGSEGV");
		await until(async () => {
			const found = await processNamed("source:main");
			return found?.state === "running" && found.pid !== pid;
		});
		const { frame } = await session();
		await until(async () => (await session()).frame > frame + 10);
		expect((await session()).restarts).toBe(restarts);
	});
});
