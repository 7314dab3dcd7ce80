import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus, ProcessStatus } from "../../src/protocol/messages.ts";
import { lives, type RunningDaemon, startDaemon, until } from "./daemon.ts";

async function status(daemon: RunningDaemon): Promise<DaemonStatus> {
	return daemon.ask<DaemonStatus>("/api/v1/status");
}

async function running(daemon: RunningDaemon, name: string, not?: number): Promise<ProcessStatus & { pid: number }> {
	return until(async () => {
		const { processes } = await status(daemon);
		const found = processes.find((process) => process.name === name);
		return found?.state === "running" && found.pid !== undefined && found.pid !== not && { ...found, pid: found.pid };
	});
}

async function frame(daemon: RunningDaemon): Promise<number> {
	return (await status(daemon)).sessions[0]?.frame ?? 0;
}

describe("killed in the middle of a show", () => {
	let daemon: RunningDaemon;
	beforeAll(async () => {
		daemon = await startDaemon();
		await until(async () => (await frame(daemon)) > 10);
	});
	afterAll(() => daemon[Symbol.asyncDispose]());

	test("the session comes back with its parameters, and its frames go on counting", async () => {
		await daemon.ask("/api/v1/params/main/session/fade", { method: "PUT", json: { value: 1.25 } });
		const before = await running(daemon, "session:main");
		const shown = await frame(daemon);
		process.kill(before.pid, "SIGKILL");
		const after = await running(daemon, "session:main", before.pid);
		expect(after.restarts).toBe(before.restarts + 1);
		await until(async () => (await frame(daemon)) > shown);
		expect(await daemon.ask("/api/v1/params/main/session/fade")).toMatchObject({ value: 1.25 });
	});

	test("between its death and its return the picture is there", async () => {
		const { pid } = await running(daemon, "session:main");
		await daemon.ask("/api/v1/sessions/main/frame.png", { method: "HEAD" });
		process.kill(pid, "SIGKILL");
		const answer = await fetch(`${daemon.url}/api/v1/sessions/main/frame.png`, {
			headers: { authorization: `Bearer ${daemon.token}` },
		});
		expect(answer.status).toBe(200);
		await running(daemon, "session:main", pid);
	});

	test("the daemon itself is started again, into the same show, and leaves no child behind", async () => {
		await daemon.ask("/api/v1/params", {
			method: "PATCH",
			json: {
				values: { "/main/source/kind": "test-card", "/main/source/fit": "contain", "/main/source/mirror": true },
			},
		});
		await running(daemon, "source:main");
		await until(async () => (await daemon.saved()).includes('"/kind":"test-card"'));
		const before = daemon.processes();
		const { pid } = before.find(({ command }) => / daemon( |$)/.test(command)) as { pid: number };
		process.kill(pid, "SIGKILL");
		const again = await until(async () => {
			const now = await status(daemon).catch(() => undefined);
			return now && now.sessions[0]?.state === "running" && now;
		});
		expect(again.sessions[0]).toMatchObject({ name: "main", source: "test-card" });
		expect(await daemon.ask("/api/v1/params/main/source/mirror")).toMatchObject({ value: true });
		await until(() => !before.some(({ pid }) => lives(pid)));
	});

	test("stopped by its user, nothing of it is left", async () => {
		const all = daemon.processes().map(({ pid }) => pid);
		expect(all.length).toBeGreaterThan(1);
		await daemon[Symbol.asyncDispose]();
		expect(daemon.keeper.exitCode).toBe(0);
		expect(all.filter(lives)).toEqual([]);
	});
});
