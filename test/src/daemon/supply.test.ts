import { expect, test } from "vitest";
import * as z from "zod";
import { turnedAt } from "../../../src/daemon/supply.ts";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";

const show = (name: string, pipeline: string) => ({ pipeline, at: (address: string) => `/${name}${address}` });

test("which files a pipeline needs is asked of where it plays, then of where it is a stage, those that are on first", () => {
	const store = new ParamStore();
	const size = z.object({ size: z.string().default("small") });
	const stage = z.object({ size: z.string().default("small"), enabled: z.boolean().default(false) });
	const [one, two] = [show("one", "dream"), show("two", "dream")];
	store.mount("/one", jsonSchemaOf(size));
	for (const at of ["/one/stage/flow", "/two/stage/flow"]) store.mount(at, jsonSchemaOf(stage));
	const asked = (pipeline: string) => turnedAt([one, two], store, pipeline, "/size");
	expect([asked("dream"), asked("flow"), asked("other")]).toEqual(["/one/size", "/one/stage/flow/size", undefined]);
	store.set([["/two/stage/flow/enabled", true]], "test");
	expect(asked("flow")).toBe("/two/stage/flow/size");
});
