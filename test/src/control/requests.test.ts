import { describe, expect, test } from "vitest";
import { MutoscopeError } from "../../../src/base/errors.ts";
import type { Method } from "../../../src/control/context.ts";
import { encode } from "../../../src/control/osc/encode.ts";
import { message } from "./osc/malformed.ts";
import { ControlStage } from "./stage.ts";

const TICK = 1 / 60;

describe("set", () => {
	test("is acknowledged, and told in which frame it showed", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		stage.show(10);
		say({ op: "set", id: 7, values: { "/vace/scale": 1.2, "/palette": "ice" } });
		const rev = stage.store.revision;
		expect(told()).toEqual([{ op: "ack", id: 7, rev, clamped: {} }]);
		stage.show(11, rev - 1);
		expect(told()).toEqual([]);
		stage.show(12);
		expect(told()).toEqual([{ op: "applied", id: 7, rev, session: "main", frame: 12 }]);
		stage.show(13);
		expect(told()).toEqual([]);
	});

	test("that changes nothing shows already", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		stage.show(10);
		stage.store.mount("/daemon", { type: "object", properties: { x: { type: "number" } } });
		say({ op: "set", id: "a", values: { "/vace/scale": 1 } });
		expect(told().map(({ op }) => op)).toEqual(["ack", "applied"]);
	});

	test("that touches no session shows at once", () => {
		const stage = new ControlStage();
		stage.store.mount("/daemon", { type: "object", properties: { x: { type: "number" } } });
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 1, values: { "/daemon/x": 3 } });
		expect(told()).toContainEqual({ op: "applied", id: 1, rev: stage.store.revision, session: "", frame: -1 });
	});

	test("tells what was out of range: in the ack, or as a value without one", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 1, values: { "/vace/scale": 9 } });
		expect(told()[0]).toMatchObject({ op: "ack", clamped: { "/main/vace/scale": 2 } });
		say({ op: "set", values: { "/vace/scale": -9, "/hue": 7 } });
		stage.timing.pass(TICK);
		expect(told()).toMatchObject([{ op: "values", values: { "/main/vace/scale": 0 } }]);
	});

	test("is all or nothing", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 3, values: { "/vace/scale": 2, "/palette": "mud" } });
		expect(told()).toMatchObject([
			{ op: "error", id: 3, error: { code: "param/invalid", details: { address: "/palette" } } },
		]);
		expect(stage.store.get("/vace/scale")).toBe(1);
	});

	test("with a ramp travels, as ramp does", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "set", id: 1, values: { "/vace/scale": 2 }, ramp: { s: 2 } });
		say({ op: "ramp", id: 2, address: "/hue", to: 100, s: 2, curve: "smooth" });
		stage.timing.pass(1);
		stage.store.tick(stage.timing.now);
		stage.timing.pass(TICK);
		expect(told().at(-1)).toMatchObject({ op: "values", values: { "/main/vace/scale": 1.5, "/main/hue": 50 } });
	});

	test("with a ramp is told of when it begins to travel, and in which frame it arrived", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		stage.show(10);
		const rest = { op: "applied", id: 1, session: "main" };
		const shown = () => told().filter(({ op }) => op === "applied");
		say({ op: "set", id: 1, values: { "/vace/scale": 2, "/hue": 100 }, ramp: { s: 2 } });
		expect(shown()).toMatchObject([{ ...rest, frame: 10, travel: "begun" }]);
		stage.store.tick(stage.timing.now + 1);
		stage.show(40);
		expect(shown()).toEqual([]);
		stage.store.tick(stage.timing.now + 2);
		stage.show(69, stage.store.revision - 1);
		expect(shown()).toEqual([]);
		stage.show(70);
		expect(shown()).toEqual([{ ...rest, rev: stage.store.revision, frame: 70, travel: "arrived" }]);
		say({ op: "set", id: 1, values: { "/vace/scale": 2 }, ramp: { s: 2 } });
		expect(shown()).toMatchObject([{ travel: "begun" }, { travel: "arrived" }]);
	});

	test("with a ramp that another hand ends says so", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		stage.show(10);
		say(
			{ op: "ramp", id: 1, address: "/hue", to: 100, s: 2 },
			{ op: "ramp", id: 2, address: "/vace/scale", to: 2, s: 9 },
		);
		told();
		stage.store.set([["/hue", 20]], "osc");
		stage.store.unmount("/main");
		stage.show(11);
		expect(told()).toMatchObject([
			{ op: "applied", id: 1, travel: "ended" },
			{ op: "applied", id: 2, travel: "ended" },
		]);
		expect(stage.store.moving).toBe(false);
	});

	test("of a batch lands in one revision, in order", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		const before = stage.store.revision;
		say({
			op: "batch",
			id: 1,
			ops: [
				{ op: "set", values: { "/vace/scale": 0, "/cache/reset": null } },
				{ op: "ramp", address: "/vace/scale", to: 2, s: 4 },
			],
		});
		expect([stage.store.revision, told()[0]?.op]).toEqual([before + 1, "ack"]);
		stage.store.tick(stage.timing.now + 2);
		expect(stage.store.get("/vace/scale")).toBe(1);
		expect(stage.store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
	});

	test("with an id that was seen is answered again, not done again", () => {
		const stage = new ControlStage();
		const { say, told, enter } = stage.connect();
		enter();
		for (let i = 0; i < 3; i++) say({ op: "set", id: 5, values: { "/cache/reset": true } });
		stage.show(20);
		expect(stage.store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
		expect(told().map(({ op }) => op)).toEqual(["ack", "ack", "ack", "applied", "applied", "applied"]);
	});

	test("is not for viewers", () => {
		const stage = new ControlStage();
		const { say, told, enter, end } = stage.connect({ role: "viewer" });
		enter();
		say({ op: "set", id: 1, values: { "/vace/scale": 2 } }, { op: "ramp", id: 2, address: "/hue", to: 1, s: 0 });
		end.receive(encode(message("/vace/scale", "f", 2)));
		say({ op: "get", id: 3, addresses: ["/vace/scale"] });
		const heard = told();
		expect(heard.slice(0, 3)).toMatchObject(
			[1, 2, undefined].map(() => ({ op: "error", error: { code: "auth/forbidden" } })),
		);
		expect(heard[3]).toEqual({ op: "result", id: 3, value: { "/vace/scale": 1 } });
	});
});

describe("call", () => {
	const method = (run: Method["run"], role: Method["role"] = "operator"): Method => ({ role, run });

	test("runs a method as its caller, and answers", async () => {
		const stage = new ControlStage();
		stage.methods["preset.save"] = method((params, { role, origin }) => ({ params, role, known: origin.length > 0 }));
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "call", id: 1, method: "preset.save", params: { name: "dusk" } });
		await expect
			.poll(told)
			.toEqual([{ op: "result", id: 1, value: { params: { name: "dusk" }, role: "operator", known: true } }]);
	});

	test("tells why it failed, and nothing of what is inside", async () => {
		const stage = new ControlStage();
		stage.methods.known = method(() => {
			throw new MutoscopeError("preset/unknown", { preset: "x" });
		});
		stage.methods.unknown = method(() => {
			throw new Error("the password is hunter2");
		});
		const { say, told, enter } = stage.connect();
		enter();
		say({ op: "call", id: 1, method: "known" }, { op: "call", id: 2, method: "unknown" });
		const heard: unknown[] = [];
		await expect.poll(() => heard.push(...told()) && heard.length).toBe(2);
		expect(heard).toMatchObject([
			{ op: "error", id: 1, error: { code: "preset/unknown" } },
			{ op: "error", id: 2, error: { code: "server/internal" } },
		]);
		expect(JSON.stringify(heard)).not.toContain("hunter2");
		expect(stage.lines).toEqual(["A method failed"]);
	});

	test("is refused where there is none, where the role does not do, and when 32 run", () => {
		const stage = new ControlStage();
		stage.methods["daemon.stop"] = method(() => null, "admin");
		stage.methods.slow = method(() => new Promise(() => {}));
		const { say, told, enter } = stage.connect();
		enter();
		for (const [id, name] of ["nothing", "toString", "__proto__", "daemon.stop"].entries())
			say({ op: "call", id, method: name });
		expect(told().map((message) => message.op === "error" && message.error.code)).toEqual([
			"request/not-found",
			"request/not-found",
			"request/not-found",
			"auth/forbidden",
		]);
		for (let id = 10; id < 43; id++) say({ op: "call", id, method: "slow" });
		expect(told()).toMatchObject([{ op: "error", id: 42, error: { code: "request/too-many" } }]);
	});

	test("is aborted when the client goes, and done once for one id", async () => {
		const stage = new ControlStage();
		let runs = 0;
		let aborted: AbortSignal | undefined;
		stage.methods.slow = method((_, { signal }) => {
			runs++;
			aborted = signal;
			return new Promise(() => {});
		});
		const { say, end, enter } = stage.connect();
		enter();
		say({ op: "call", id: 1, method: "slow" }, { op: "call", id: 1, method: "slow" });
		end.closed();
		expect([runs, aborted?.aborted]).toEqual([1, true]);
	});
});
