import { describe, expect, test } from "vitest";
import * as z from "zod";
import { jsonSchemaOf, paramsOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";
import { paramInfoOf } from "../../../src/protocol/info.ts";
import { code } from "./stage.ts";

const number = z.number().min(0).max(1).default(0);
const mode = z.enum(["text", "video"]).default("text");

describe("what a parameter depends on", () => {
	const whens = (shape: z.ZodRawShape) =>
		Object.fromEntries(paramsOf(jsonSchemaOf(z.object(shape))).map(({ address, when }) => [address, when]));

	test("is what it says, and what all that it lies in say", () => {
		const controller = z
			.boolean()
			.default(true)
			.meta({ when: { "/on": [true] } });
		const noise = z.object({ scale: number, controller }).prefault({});
		const slots = z.array(z.object({ text: z.string().default("") })).max(1);
		const inVideo = { "/mode": ["video"] };
		expect(
			whens({
				mode,
				on: z.boolean().default(true),
				noise: noise.meta({ when: inVideo }),
				slots: slots.meta({ when: inVideo }),
			}),
		).toEqual({
			"/mode": undefined,
			"/on": undefined,
			"/noise/scale": inVideo,
			"/noise/controller": { ...inVideo, "/on": [true] },
			"/slots/1/text": inVideo,
		});
	});

	test.each([
		["a parameter that is not there", { "/gone": [1] }],
		["a word that is not among the choices", { "/mode": ["sound"] }],
	])("is refused when it is %s", (_, when) => {
		expect(code(() => whens({ mode, it: number.meta({ when }) }))).toBe("guest/invalid");
	});

	test("is told to clients by full address; setting it stays possible, and its value stays", () => {
		const store = new ParamStore();
		store.mount("/two", jsonSchemaOf(z.object({ mode, noise: number.meta({ when: { "/mode": ["video"] } }) })));
		const [, info] = store.list().map(paramInfoOf);
		expect(info).toMatchObject({ address: "/two/noise", when: { "/two/mode": ["video"] } });
		store.set([["/two/noise", 0.5]], "osc");
		store.set([["/two/mode", "video"]], "osc");
		expect(store.get("/two/noise")).toBe(0.5);
	});
});
