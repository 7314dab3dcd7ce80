import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus } from "../../../src/protocol/messages.ts";
import { type RunningDaemon, startDaemon, until } from "../../e2e/daemon.ts";
import { fresh, library, Peer } from "./stage.ts";

const sessions = [{ name: "main", pipeline: "cellular-automata" }];
const turn = (daemon: RunningDaemon, values: object) =>
	daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
const status = (daemon: RunningDaemon) => daemon.ask<DaemonStatus>("/api/v1/status");

async function main(daemon: RunningDaemon) {
	const [session] = (await status(daemon)).sessions;
	if (!session) throw new Error("no session");
	return session;
}

async function value(daemon: RunningDaemon, address: string): Promise<unknown> {
	const { values } = await daemon.ask<{ values: Record<string, unknown> }>(`/api/v1/params?path=${address}`);
	return values[address];
}

describe.skipIf(!library)("in a daemon (skipped where NDI's runtime is not installed)", () => {
	let daemon: RunningDaemon;
	beforeAll(async () => {
		daemon = await startDaemon([], { sessions, ndi: { library, ips: ["127.0.0.1"], adapters: ["127.0.0.1"] } });
	});
	afterAll(() => daemon[Symbol.asyncDispose]());

	test("a show is seen, lit and steered on the network, and a crash in the runtime costs it nothing", async () => {
		const name = fresh("show");
		await turn(daemon, { "/main/sink/ndi/name": name, "/main/sink/ndi/enabled": true, "/main/sink/ndi/remote": true });
		const called = await until(async () => {
			const { choices } = await daemon.ask<{ choices: string[] }>("/api/v1/sources/ndi");
			return choices.find((one) => one.endsWith(`(${name})`));
		});
		await using peer = new Peer("receive", called);
		await peer.picture();
		peer.tell({ tally: [true, false] });
		await until(async () => (await value(daemon, "/main/sink/ndi/program")) === true);
		expect(await value(daemon, "/main/sink/ndi/receivers")).toBe(1);

		const answer = async (id: string, address: string, text: string) => {
			peer.tell({ metadata: `<mutoscope id="${id}"><set address="${address}" value="${text}"/></mutoscope>` });
			return (await peer.until(({ metadata }) => metadata?.includes(`id="${id}"`) ?? false, true)).metadata;
		};
		expect(await answer("a", "/transport/paused", "true")).toContain('ok="true"');
		expect(await value(daemon, "/main/transport/paused")).toBe(true);
		expect(await answer("b", "/transport/paused", "false")).toContain('ok="true"');
		expect(await answer("c", "/sink/recording/path", "/tmp/x.mp4")).toContain('code="param/read-only"');
		expect(await answer("d", "/session/fps", "much")).toContain('code="param/invalid"');

		const { pid } = await until(async () => {
			const found = (await status(daemon)).processes.find((process) => process.name === "sink:main/ndi");
			return found?.pid !== undefined && { pid: found.pid };
		});
		const before = await main(daemon);
		process.kill(pid, "SIGSEGV");
		await until(async () => (await value(daemon, "/main/sink/ndi/program")) === false);
		await peer.picture();
		await until(async () => (await main(daemon)).frame > before.frame + 10);
		expect(await main(daemon)).toMatchObject({ state: "running", restarts: before.restarts });
		await until(async () => (await value(daemon, "/main/sink/ndi/receivers")) === 1);
		await turn(daemon, { "/main/sink/ndi/enabled": false });
		await until(async () => (await value(daemon, "/main/sink/ndi/receivers")) === 0);
	});
});

describe("without NDI's runtime", () => {
	let daemon: RunningDaemon;
	const reason = "NDI® is not available: there is no NDI library at /nowhere.";
	beforeAll(async () => {
		daemon = await startDaemon([], { sessions, ndi: { library: "/nowhere" } });
	});
	afterAll(() => daemon[Symbol.asyncDispose]());

	test("the lists say that it is not available, and why", async () => {
		const ndi = { id: "ndi", available: false, reason };
		for (const kind of ["sinks", "sources"]) {
			const list = await until(async () => {
				const all = (await daemon.ask<Record<string, { id: string; available: boolean }[]>>(`/api/v1/${kind}`))[kind];
				return all?.find(({ id, available }) => id === "ndi" && !available);
			});
			expect(list).toMatchObject(ndi);
		}
		await expect(daemon.ask("/api/v1/sources/ndi")).rejects.toThrow(/503 .*bridge\/unavailable/);
		await expect(daemon.ask("/api/v1/sources/nothing")).rejects.toThrow(/404 .*bridge\/unknown/);
		expect(await daemon.ask("/api/v1/sources/file")).toEqual({ choices: [] });
	});

	test("whoever switches it on is told, and the show goes on", async () => {
		await turn(daemon, { "/main/sink/ndi/enabled": true, "/main/source/kind": "ndi" });
		const { frame } = await main(daemon);
		await until(async () => (await main(daemon)).sinks.some((sink) => sink.id === "ndi" && sink.reason === reason));
		await until(async () => (await main(daemon)).reason?.includes(reason));
		await until(async () => (await main(daemon)).frame > frame + 10);
		expect(await main(daemon)).toMatchObject({ state: "running", restarts: 0 });
	});
});
