import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { CLI, type RunningDaemon, startDaemon, until } from "./daemon.ts";

/** Whether the model that is to come along does: it is made by `pipelines/wan/training`. */
const POCKET = existsSync("pipelines/wan/pocket/config.json");

let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mutoscope-start-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function cli(...words: string[]): Promise<{ code: number; said: string }> {
	const child = spawn(process.execPath, [...CLI, ...words], {
		env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
	});
	let said = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.on("data", (data: Buffer) => {
			said += data;
		});
	}
	const [code] = await once(child, "close");
	return { code: code as number, said };
}

describe("a newcomer's first minute", () => {
	let daemon: RunningDaemon;
	beforeAll(async () => {
		daemon = await startDaemon([], {});
	});
	afterAll(() => daemon[Symbol.asyncDispose]());

	test("one line says where it plays", () => {
		expect(daemon.output().trim().split("\n")).toEqual([
			expect.stringMatching(/^Mutoscope \d+\.\d+\.\d+ plays at http:\/\/127\.0\.0\.1:\d+\/login\?key=\S+$/),
		]);
	});

	test("the link signs a browser in, once", async () => {
		const first = await fetch(daemon.link, { redirect: "manual" });
		expect(first.status).toBe(303);
		const cookie = first.headers.get("set-cookie") ?? "";
		expect(cookie).toMatch(/HttpOnly/i);
		expect(cookie).toMatch(/SameSite=Strict/i);
		const again = await fetch(daemon.link, { redirect: "manual" });
		expect(again.status).toBe(401);
		const me = await fetch(`${daemon.url}/api/v1/me`, { headers: { cookie: cookie.split(";")[0] ?? "" } });
		expect(await me.json()).toEqual({ role: "admin" });
	});

	test("pictures move at once, whoever makes them until the model is loaded", async () => {
		const { sessions } = await until(async () => {
			const status = await daemon.ask<DaemonStatus>("/api/v1/status");
			return (status.sessions[0]?.madeFps ?? 0) > 0 && status;
		});
		expect(sessions).toMatchObject([
			{ name: "main", pipeline: POCKET ? "pocket" : "cellular-automata", state: "running" },
		]);
		const pictures = [await still(daemon), await until(async () => still(daemon)), await still(daemon)];
		const first = pictures[0] as Buffer;
		expect(first.subarray(1, 4).toString()).toBe("PNG");
		await until(async () => !(await still(daemon)).equals(first));
	});

	test.skipIf(!POCKET)(
		"the model that came along plays at a size that was measured",
		async () => {
			const { held, width, height } = await until(async () => {
				const [main] = (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions;
				return main?.playing === "pocket" && main.held && main.width === main.held.width && main;
			});
			expect(held).toMatchObject({ width, height });
		},
		120_000,
	);

	test("a further link can be had", async () => {
		const { code, said } = await cli("link", "--state", daemon.state, "--port", new URL(daemon.url).port);
		expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`${daemon.url}/login?key=`) });
	});

	test("a second daemon on the same port says so and ends", async () => {
		const { port } = new URL(daemon.url);
		const { code, said } = await cli(
			"start",
			"--port",
			port,
			"--osc-port",
			"0",
			"--state",
			join(folder, "b"),
			"--name",
			"b",
		);
		expect(code).toBe(2);
		expect(said).toContain(`Port ${port} is in use`);
	});
});

async function still({ url, token }: RunningDaemon): Promise<Buffer> {
	const answer = await fetch(`${url}/api/v1/sessions/main/frame.png`, {
		headers: { authorization: `Bearer ${token}` },
	});
	expect(answer.status).toBe(200);
	return Buffer.from(await answer.arrayBuffer());
}

test.skipIf(!POCKET)(
	"where models cannot be computed the show goes on with what needs none, and says why",
	async () => {
		await using daemon = await startDaemon([], { inference: { library: "/nowhere/libonnxruntime.so" } });
		const { playing, reason } = await until(async () => {
			const [main] = (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions;
			return main?.reason?.endsWith("Cellular automata plays instead.") && main.madeFps > 0 && main;
		});
		expect(playing).toBe("cellular-automata");
		expect(reason).toMatch(/libonnxruntime|install it again/);
	},
	120_000,
);

test("the doctor looks at everything and says how to get what is missing", async () => {
	const { code, said } = await cli("doctor", "--port", "0", "--osc-port", "0", "--state", join(folder, "state"));
	for (const what of [
		"Node",
		"Shared memory",
		...(POCKET ? ["Pocket"] : []),
		"WebRTC",
		"Web page",
		"State folder",
		"Port of the page",
	]) {
		expect(said).toContain(what);
	}
	expect(code, said).toBe(said.includes("✗") ? 1 : 0);
});

test.each([
	[["start", "--port", "eighty"], "--port takes a port"],
	[["start", "--colour"], "--colour"],
	[["dance"], "There is no command dance"],
	[["start", "--config", "/nowhere/config.json"], "/nowhere/config.json"],
])("wrong usage is told in a sentence: %j", async (words, sentence) => {
	const { code, said } = await cli(...words);
	expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(sentence) });
	expect(said).not.toContain("    at ");
});

test("a bad config file names the key", async () => {
	const path = join(folder, "bad.json");
	writeFileSync(path, '{"http":{"port":"eighty"}}');
	const { code, said } = await cli("start", "--config", path);
	expect(code).toBe(2);
	expect(said).toContain("http.port");
});

test("an OSC port that is taken does not stop the show; it is told", async () => {
	const taken = createServer().listen(0, "127.0.0.1");
	await once(taken, "listening");
	const { port } = taken.address() as { port: number };
	try {
		await using daemon = await startDaemon(["--osc-port", String(port)]);
		expect((await daemon.ask<DaemonStatus>("/api/v1/status")).sessions).toHaveLength(1);
		expect(daemon.output()).toContain(`Port ${port} is in use`);
	} finally {
		taken.close();
	}
});
