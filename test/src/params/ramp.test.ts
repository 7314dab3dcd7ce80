import { describe, expect, test } from "vitest";
import { stage } from "./stage.ts";

describe("a ramp", () => {
	test("arrives exactly", () => {
		const store = stage();
		store.set([["/vace/scale/ramp", [1.7, 3, "smooth"]]], "hand", 100);
		expect(store.moving).toBe(true);
		for (const now of [100, 101, 102.3, 103]) store.tick(now);
		expect([store.get("/vace/scale"), store.moving]).toEqual([1.7, false]);
	});

	test("ends where a hand sets the parameter", () => {
		const store = stage();
		store.set([["/vace/scale/ramp", [2, 3]]], "hand", 0);
		store.set([["/vace/scale", 0.5]], "hand", 1);
		store.tick(2);
		expect([store.get("/vace/scale"), store.moving]).toEqual([0.5, false]);
	});

	test("sets out from a value of the same batch", () => {
		const store = stage();
		store.set(
			[
				["/vace/scale", 0],
				["/vace/scale/ramp", [2, 2]],
			],
			"hand",
			0,
		);
		store.tick(1);
		expect(store.get("/vace/scale")).toBe(1);
	});

	test("gives way to a later value of the same batch", () => {
		const store = stage();
		store.set(
			[
				["/vace/scale/ramp", [2, 2]],
				["/vace/scale", 0],
			],
			"hand",
			0,
		);
		expect([store.get("/vace/scale"), store.moving]).toEqual([0, false]);
	});

	test("ends when its parameter goes", () => {
		const store = stage();
		store.set([["/vace/scale/ramp", [2, 2]]], "hand", 0);
		store.unmount("/main");
		expect(store.moving).toBe(false);
		store.tick(1);
	});

	test("is seen by whoever asked for it", () => {
		const store = stage();
		const origins: string[] = [];
		store.watch(({ origin }) => origins.push(origin));
		store.set([["/vace/scale/ramp", [2, 2]]], "hand", 0);
		store.tick(1);
		expect(origins).toEqual(["ramp"]);
	});
});
