import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generator, stage } from "./stage.ts";

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
