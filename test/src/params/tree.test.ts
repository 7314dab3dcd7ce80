import { describe, expect, test } from "vitest";
import * as z from "zod";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";
import { code, generator, stage } from "./stage.ts";

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

describe("list items that are called by a name", () => {
	const adapters = z.object({
		lora: z
			.array(z.object({ name: z.string().max(100).default(""), scale: z.number().min(-10).max(10).default(1) }))
			.max(3)
			.default([{ name: "film noir", scale: 0.5 }])
			.meta({ calledBy: "name" }),
	});

	test("are found by it, by their number, and by neither once the name is another", () => {
		const store = new ParamStore("/main");
		store.mount("/main", jsonSchemaOf(adapters));
		store.set([["/lora/film-noir/scale", 2]], "hand");
		expect([store.get("/main/lora/1/scale"), store.get("/lora/film-noir/scale")]).toEqual([2, 2]);
		store.set([["/lora/film-noir/scale/norm", 0.5]], "hand");
		expect(store.get("/lora/1/scale")).toBe(0);
		store.set([["/lora/2/name", "ink.v2"]], "hand");
		store.set([["/main/lora/ink.v2/scale", -3]], "hand");
		expect(store.get("/lora/2/scale")).toBe(-3);
		store.set([["/lora/1/name", ""]], "hand");
		expect(code(() => store.get("/lora/film-noir/scale"))).toBe("param/unknown");
		store.mount("/main", jsonSchemaOf(z.object({ other: z.number().default(0) })));
		expect(code(() => store.get("/lora/ink.v2/scale"))).toBe("param/unknown");
	});
});
