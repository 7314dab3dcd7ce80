import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { inheritRing } from "../../../src/daemon/heirloom.ts";
import { RingReader } from "../../../src/media/ring.ts";

const name = `heirloom-${process.pid}`;

test("a ring begins with the last picture of the dead daemon's", async () => {
	const owner = fork(new URL("heirloom.child.ts", import.meta.url).pathname, [name], {
		execArgv: ["--conditions=mutoscope:source"],
	});
	await once(owner, "message");
	owner.kill("SIGKILL");
	await once(owner, "exit");
	using ring = inheritRing(name);
	using reader = RingReader.attach(ring.name);
	using frame = reader.latest();
	expect(frame?.size).toEqual({ width: 2, height: 1 });
	expect([...(frame?.data ?? [])]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

test("a first ring is empty", () => {
	using ring = inheritRing(`${name}-first`);
	using reader = RingReader.attach(ring.name);
	expect(reader.latest()).toBeUndefined();
});

test("a living daemon's ring is not inherited", () => {
	using _ring = inheritRing(name);
	expect(() => inheritRing(name)).toThrow(expect.objectContaining({ code: "ring/exists" }));
});
