import { definePipeline, definePlugin } from "mutoscope/sdk";
import { expect, test } from "vitest";
import * as z from "zod";
import { schemaOf } from "../../../src/contract/describe.ts";
import { Catalogue, joinSchemas } from "../../../src/daemon/catalogue.ts";
import { sourceKinds, sourceSchema } from "../../../src/daemon/parts.ts";
import { paramsOf } from "../../../src/params/schema.ts";

const pipeline = (id: string) =>
	definePipeline({
		id,
		title: id,
		description: id,
		source: "here",
		modes: ["text"],
		params: z.object({ speed: z.number().min(0).max(1).default(0.5) }),
		open: async () => ({ generate: () => ({ frames: [] }), [Symbol.asyncDispose]: async () => {} }),
	});

test("a plugin brings what it has, under its own module", () => {
	const catalogue = new Catalogue();
	catalogue.add(
		definePlugin({ id: "cells", title: "Cells", description: "", pipelines: [pipeline("life")] }),
		"file:///cells",
	);
	expect(catalogue.pipeline("life")).toMatchObject({ module: "file:///cells", plugin: "cells" });
	expect(catalogue.tapping()).toEqual([]);
});

test("two of a name are refused, and both are named", () => {
	const catalogue = new Catalogue();
	catalogue.add(pipeline("life"), "file:///a");
	expect(() => catalogue.add(pipeline("life"), "file:///b")).toThrow(
		expect.objectContaining({ code: "guest/invalid", message: expect.stringMatching(/file:\/\/\/b.*file:\/\/\/a/) }),
	);
});

test("what is not there has its own error", () => {
	expect(() => new Catalogue().pipeline("life")).toThrow(expect.objectContaining({ code: "pipeline/unknown" }));
	expect(() => new Catalogue().bridge("ndi")).toThrow(expect.objectContaining({ code: "bridge/unknown" }));
});

test("a source's own parameters stand beside the choice of its kind", () => {
	const kinds = sourceKinds(new Catalogue());
	expect(kinds.map(({ id }) => id)).toEqual(["none", "ring"]);
	const schema = sourceSchema(kinds, kinds[1] as (typeof kinds)[number]);
	expect(paramsOf(schema).map(({ address }) => address)).toEqual(["/kind", "/ring", "/fit", "/mirror", "/rotate"]);
});

test("joined schemas: the later of two properties wins", () => {
	const joined = joinSchemas(
		schemaOf(z.object({ a: z.boolean() })),
		schemaOf(z.object({ a: z.string(), b: z.boolean() })),
	);
	expect(paramsOf(joined).map(({ address, type }) => [address, type])).toEqual([
		["/a", "string"],
		["/b", "boolean"],
	]);
});
