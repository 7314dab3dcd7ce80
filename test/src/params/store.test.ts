import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { type Change, ParamStore } from "../../../src/params/store.ts";

const generator = z.object({
	prompt: z
		.array(z.object({ text: z.string().max(20).default(""), weight: z.number().min(0).max(2).default(1) }))
		.max(2)
		.default([{ text: "a lake", weight: 1 }])
		.meta({ itself: "text" }),
	vace: z.object({ scale: z.number().min(0).max(2).default(1), enabled: z.boolean().default(true) }).prefault({}),
	hue: z.number().min(20).max(20_000).default(20).meta({ curve: "log" }),
	width: z.int().multipleOf(16).min(256).max(1280).default(832),
	steps: z.array(z.int().min(1).max(1000)).min(1).max(4).default([1000, 500]),
	palette: z.enum(["ink", "fire", "ice"]).default("ink"),
	reset: z.boolean().default(false).meta({ trigger: true }),
	age: z.number().default(0).meta({ readOnly: true }),
});

function stage(): ParamStore {
	const store = new ParamStore();
	store.mount("/main", jsonSchemaOf(generator));
	return store;
}

function code(run: () => unknown): unknown {
	try {
		run();
		return "nothing was thrown";
	} catch (error) {
		return (error as { code?: string }).code ?? error;
	}
}

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

describe("mount", () => {
	test("keeps the values whose address and type live on", () => {
		const store = stage();
		store.set(
			[
				["/vace/scale", 2],
				["/palette", "ice"],
				["/prompt", "night"],
			],
			"hand",
		);
		const other = z.object({
			vace: z.object({ scale: z.number().max(1.5).default(0) }),
			palette: z.enum(["mud", "sand"]).default("sand"),
			prompt: z.string().default("day"),
		});
		store.mount("/main", jsonSchemaOf(other));
		expect([store.get("/vace/scale"), store.get("/palette"), store.get("/prompt")]).toEqual([1.5, "sand", "day"]);
	});

	test("lays stored values over that, and leaves out what does not fit", () => {
		const store = stage();
		store.mount("/main", jsonSchemaOf(generator), { "/vace/scale": 0.5, "/palette": "mud", "/gone": 1 });
		expect([store.get("/vace/scale"), store.get("/palette")]).toEqual([0.5, "ink"]);
	});

	test("refuses an address that another part holds, and changes nothing", () => {
		const store = stage();
		const before = store.since(0);
		const clash = jsonSchemaOf(z.object({ "main/vace": z.object({ scale: z.number().default(0) }).meta({}) }));
		const taken = { ...clash, properties: { x: { type: "number", address: "vace/scale" } } };
		store.mount("/other", jsonSchemaOf(z.object({ a: z.number().default(1) })));
		expect(
			code(() => store.mount("", { type: "object", properties: { x: { type: "number", address: "main/palette" } } })),
		).toBe("param/clash");
		expect(
			code(() =>
				store.mount("/other", { type: "object", properties: { a: taken.properties.x, b: taken.properties.x } }),
			),
		).toBe("param/clash");
		expect(store.since(0)).toEqual({ ...before, "/other/a": 1 });
	});

	test("refuses what cannot stand at an address", () => {
		for (const key of ["a b", "a*", "a#", "é", "__proto__"]) {
			const properties = Object.fromEntries([[key, { type: "number" }]]);
			expect(code(() => new ParamStore().mount("/main", { type: "object", properties }))).toBe("guest/invalid");
		}
	});

	test("tells that the structure changed", () => {
		const store = stage();
		let told = 0;
		store.watchStructure(() => told++);
		store.mount("/other", jsonSchemaOf(z.object({ a: z.number().default(1) })));
		store.unmount("/other");
		store.unmount("/other");
		expect([told, store.structure]).toEqual([2, store.revision]);
	});
});

describe("addresses", () => {
	test("leaves out the home part only where nothing else stands there", () => {
		const store = stage();
		store.mount("/vace", jsonSchemaOf(z.object({ scale: z.number().default(7) })));
		expect(store.get("/vace/scale")).toBe(7);
		const leads = new Map([...store.addresses()].map(([address, { address: full }]) => [address, full]));
		expect(leads.get("/vace/scale")).toBe("/vace/scale");
		expect(leads.get("/prompt")).toBe("/main/prompt/1/text");
		expect(leads.get("/main/prompt")).toBe("/main/prompt/1/text");
		for (const [address, full] of leads) expect(store.find(address)?.address).toBe(full);
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

describe("laws", () => {
	const raw = fc.oneof(
		fc.double(),
		fc.string(),
		fc.boolean(),
		fc.constant(null),
		fc.bigInt(),
		fc.array(fc.double()),
		fc.object(),
	);
	const address = fc.constantFrom(
		"/vace/scale",
		"/vace/scale/norm",
		"/vace/scale/ramp",
		"/palette",
		"/steps",
		"/width",
		"/hue/norm",
		"/prompt",
		"/reset",
		"/x",
	);

	test("whatever is sent, a value stays one that the schema allows", () => {
		const store = stage();
		fc.assert(
			fc.property(fc.array(fc.tuple(address, raw), { maxLength: 4 }), (changes) => {
				try {
					store.set(changes, "fuzz");
				} catch (error) {
					expect((error as { code: string }).code).toMatch(/^param\//);
				}
				generator.parse(store.snapshot("/main").values);
			}),
			{ seed: 2, numRuns: 2000 },
		);
	});

	test("a value set through norm reads back as that norm, to 10⁻⁹", () => {
		fc.assert(
			fc.property(fc.constantFrom("/vace/scale", "/hue"), fc.double({ min: 0, max: 1, noNaN: true }), (at, norm) => {
				const store = stage();
				store.set([[`${at}/norm`, norm]], "hand");
				expect(store.get(`${at}/norm`)).toBeCloseTo(norm, 9);
			}),
			{ seed: 2 },
		);
	});
});
