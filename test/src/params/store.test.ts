import { describe, expect, test } from "vitest";
import * as z from "zod";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import type { Change } from "../../../src/params/store.ts";
import { code, generator, stage } from "./stage.ts";

describe("set", () => {
	test.each<[string, unknown, unknown]>([
		["/main/vace/scale", 1.5, 1.5],
		["/vace/scale", [1.5], 1.5],
		["/vace/scale", 9, 2],
		["/vace/scale", -1, 0],
		["/vace/scale", 1n, 1],
		["/vace/scale", true, 1],
		["/vace/enabled", 0, false],
		["/vace/enabled", 0.5, true],
		["/vace/scale/norm", 0.25, 0.5],
		["/vace/scale/norm", 7, 2],
		["/vace/enabled/norm", 0.2, false],
		["/palette", "ice", "ice"],
		["/palette", 1, "fire"],
		["/palette", 1.4, "fire"],
		["/palette/norm", 1, "ice"],
		["/prompt", "a fire", "a fire"],
		["/prompt/1/text", "a fire", "a fire"],
		["/width", 840, 848],
		["/width", 5000, 1280],
		["/steps", 700, [700]],
		["/steps", [900.4, 0], [900, 1]],
		["/hue/norm", 0.5, 20 * Math.sqrt(1000)],
	])("%s ← %o keeps %o", (address, raw, kept) => {
		const store = stage();
		store.set([[address, raw]], "hand");
		const value = store.get(address.replace(/\/norm$/, ""));
		if (typeof kept === "number") expect(value).toBeCloseTo(kept, 9);
		else expect(value).toEqual(kept);
	});

	test.each<[string, unknown, string]>([
		["/nothing", 1, "param/unknown"],
		["/palette/ramp", [1, 1], "param/unknown"],
		["/prompt/norm", 1, "param/unknown"],
		["/reset/norm", 1, "param/unknown"],
		["/age", 1, "param/read-only"],
		["/vace/scale", "loud", "param/invalid"],
		["/vace/scale", Number.NaN, "param/invalid"],
		["/vace/scale", null, "param/invalid"],
		["/vace/scale", [1, 2], "param/invalid"],
		["/vace/scale", {}, "param/invalid"],
		["/vace/scale/norm", Number.NaN, "param/invalid"],
		["/vace/enabled/norm", "yes", "param/invalid"],
		["/vace/scale/ramp", [1, -1], "param/invalid"],
		["/vace/scale/ramp", [1, 1, "spiral"], "param/invalid"],
		["/vace/scale/ramp", ["high", 1], "param/invalid"],
		["/palette", "mud", "param/invalid"],
		["/palette", 3, "param/invalid"],
		["/prompt", "more than twenty characters", "param/invalid"],
		["/steps", [], "param/invalid"],
		["/steps", [1, 2, 3, 4, 5], "param/invalid"],
		["/steps", [1, "x"], "param/invalid"],
		["/steps", [1n, {}], "param/invalid"],
	])("%s ← %o is refused with %s", (address, raw, refusal) => {
		const store = stage();
		expect(code(() => store.set([[address, raw]], "hand"))).toBe(refusal);
		expect(store.refusal(address, raw)?.code).toBe(refusal);
	});

	test("is all or nothing", () => {
		const store = stage();
		const before = store.snapshot("/main");
		expect(
			code(() =>
				store.set(
					[
						["/vace/scale", 2],
						["/reset", 1],
						["/palette", "mud"],
					],
					"hand",
				),
			),
		).toBe("param/invalid");
		expect(store.snapshot("/main")).toEqual(before);
	});

	test("tells what was out of range, and only that", () => {
		const { clamped } = stage().set(
			[
				["/vace/scale", 9],
				["/steps", [700, 2000]],
				["/prompt/1/weight", 2],
			],
			"hand",
		);
		expect(clamped).toEqual({ "/main/vace/scale": 2, "/main/steps": [700, 1000] });
	});

	test("forgets that an earlier one of the same batch was out of range", () => {
		expect(
			stage().set(
				[
					["/vace/scale", 9],
					["/vace/scale", 1.5],
				],
				"hand",
			).clamped,
		).toEqual({});
	});

	test("names the revision that holds the value, which is an earlier one when nothing had to change", () => {
		const store = stage();
		const { revision } = store.set([["/vace/scale", 2]], "hand");
		store.mount("/daemon", jsonSchemaOf(z.object({ name: z.string().default("") })));
		store.set([["/daemon/name", "x"]], "hand");
		const again = store.set([["/vace/scale", 2]], "hand");
		expect(again.revision).toBe(revision);
		expect(store.revision).toBeGreaterThan(revision);
		expect(again.parts).toEqual(new Map([["/main", revision]]));
	});
});

describe("a snapshot", () => {
	test("does not move", () => {
		const store = stage();
		const before = store.snapshot("/main");
		const copy = structuredClone(before);
		store.set(
			[
				["/prompt/2/text", "x"],
				["/vace/scale", 0],
				["/reset", 1],
			],
			"hand",
		);
		expect(before).toEqual(copy);
	});

	test("has the values nested as the schema is", () => {
		expect(stage().snapshot("/main").values).toMatchObject({
			prompt: [
				{ text: "a lake", weight: 1 },
				{ text: "", weight: 1 },
			],
			vace: { scale: 1, enabled: true },
		});
	});

	test("of nothing is refused", () => {
		expect(code(() => stage().snapshot("/nothing"))).toBe("param/unknown");
	});
});

describe("a trigger", () => {
	test.each([[null], [true], [1], [[]], [0.5]])("is fired by %j", (raw) => {
		const store = stage();
		store.set([["/reset", raw]], "hand");
		expect(store.snapshot("/main").fired).toEqual({ "/reset": 1 });
	});

	test.each([[false], [0], [0.49]])("is not fired by %j", (raw) => {
		const store = stage();
		const { revision } = store;
		store.set([["/reset", raw]], "hand");
		expect([store.snapshot("/main").fired, store.revision]).toEqual([{}, revision]);
	});

	test("keeps its count when the part is mounted anew, so that no firing looks like an old one", () => {
		const store = stage();
		store.set([["/reset", 1]], "hand");
		store.mount("/main", jsonSchemaOf(generator));
		store.set([["/reset", 1]], "hand");
		expect(store.snapshot("/main").fired).toEqual({ "/reset": 2 });
	});
});

describe("watch", () => {
	test("tells new values by full address, without those that stayed", () => {
		const store = stage();
		const changes: Change[] = [];
		const stop = store.watch((change) => changes.push(change));
		store.set(
			[
				["/vace/scale", 1],
				["/palette", "ice"],
				["/reset", 1],
			],
			"hand",
		);
		stop();
		store.set([["/vace/scale", 0]], "hand");
		const values = new Map([["/main/palette", "ice"]]);
		expect(changes).toEqual([{ revision: store.revision - 1, origin: "hand", values, fired: ["/main/reset"] }]);
	});

	test("hears changes in order, even those that a listener makes", () => {
		const store = stage();
		const heard: number[] = [];
		store.watch(({ values }) => {
			if (values.has("/main/palette")) store.set([["/vace/scale", 0]], "echo");
		});
		store.watch(({ revision }) => heard.push(revision));
		store.set([["/palette", "ice"]], "hand");
		expect(heard).toEqual([store.revision - 1, store.revision]);
	});
});

describe("since", () => {
	test("has what changed after a revision, and no triggers", () => {
		const store = stage();
		const { revision } = store;
		store.set(
			[
				["/vace/scale", 2],
				["/reset", 1],
			],
			"hand",
		);
		expect(store.since(revision)).toEqual({ "/main/vace/scale": 2 });
		expect(store.since(store.revision)).toEqual({});
		expect(Object.keys(store.since(0))).toHaveLength(store.list().length - 1);
	});
});
