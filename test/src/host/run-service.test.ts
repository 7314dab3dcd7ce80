import { expect, test } from "vitest";
import type { CallOptions } from "../../../src/host/calls.ts";
import { Frame } from "../../../src/media/frame.ts";
import { RingWriter } from "../../../src/media/ring.ts";
import { GUESTS, ring, Watched } from "./company.ts";

function desk(config: Record<string, unknown> = {}): Watched {
	const task = () => ({ role: "service" as const, bridge: { module: GUESTS, id: "desk" }, config });
	const watched = new Watched({ name: "service:desk", task, snapshots: () => ({}) });
	watched.supervisor.start();
	return watched;
}

/** Asks, and waits as long as a busy machine takes to start the service. */
function ask({ supervisor }: Watched, method: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
	return supervisor.call(method, input, { seconds: 100, ...options });
}

test("a service answers with plain data, bytes included, also to who asked before it was there", async () => {
	await using watched = desk();
	const question = { offer: "v=0", bytes: new Uint8Array([1, 2, 3]) };
	expect(await ask(watched, "echo", question)).toEqual(question);
});

test("a service reads and writes the rings of sessions, and is told them again when it is restarted", async () => {
	await using watched = desk();
	using output = ring();
	const writer = RingWriter.attach(output.name);
	using shown = new Frame({ width: 1, height: 1 }, new Uint8Array([9, 8, 7, 255]));
	writer.write(shown);
	const call = () => ask(watched, "look", "main");
	await expect(call()).rejects.toMatchObject({ code: "session/unknown", details: { session: "main" } });
	watched.supervisor.rings({ main: output.name }, {});
	expect(await call()).toEqual(new Uint8Array([9, 8, 7, 255]));
	watched.kill();
	await watched.until(() => watched.supervisor.status().restarts === 1);
	expect(await call()).toEqual(new Uint8Array([9, 8, 7, 255]));
	await expect(ask(watched, "feed", "toString")).rejects.toMatchObject({ code: "session/unknown" });
	writer.close();
});

test("a call over which the service dies is refused, the next one waits for the new service", async () => {
	await using watched = desk();
	await expect(ask(watched, "crash", null)).rejects.toMatchObject({ code: "process/crashed" });
	expect(await ask(watched, "echo", "again")).toBe("again");
});

test("a call that takes too long, or that nobody waits for, ends", async () => {
	await using watched = desk();
	await watched.reaches("running");
	await expect(ask(watched, "wait", null, { seconds: 0.05 })).rejects.toMatchObject({
		code: "process/timeout",
		status: 504,
	});
	const abort = new AbortController();
	const asked = ask(watched, "wait", null, { signal: abort.signal });
	abort.abort(new Error("never mind"));
	await expect(asked).rejects.toThrow("never mind");
	await expect(ask(watched, "wait", null, { signal: abort.signal })).rejects.toThrow("never mind");
	expect(await ask(watched, "echo", 1)).toBe(1);
});

test("calls are refused once the supervisor is closed, also those that wait", async () => {
	const watched = desk();
	await watched.reaches("running");
	const asked = ask(watched, "wait", null);
	const refused = expect(asked).rejects.toMatchObject({ code: "process/crashed" });
	await watched[Symbol.asyncDispose]();
	await refused;
	await expect(ask(watched, "echo", 1)).rejects.toMatchObject({ code: "process/crashed" });
	expect(watched.lines.some((line) => line.includes("the desk was closed"))).toBe(true);
});

test("what a service has to say arrives", async () => {
	await using watched = desk();
	await ask(watched, "emit", { peers: 3 });
	await watched.until(() => watched.events.length > 0);
	expect(watched.events).toEqual([["said", { peers: 3 }]]);
});

test("a service that does not open is quarantined with its reason", async () => {
	await using watched = desk({ broken: true });
	const asked = ask(watched, "echo", 1);
	await expect(asked).rejects.toMatchObject({
		code: "process/quarantined",
		message: expect.stringContaining("the desk is broken"),
	});
});
