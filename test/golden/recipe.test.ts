import { expect, test } from "vitest";
import { fnv1a, generate } from "./recipe.ts";

test("the generator gives the numbers that the vectors were made with", () => {
	expect(fnv1a("input:ctxA")).toBe(233472903);
	expect([...generate("input:ctxA", 4)]).toEqual([
		-0.27370578050613403, 0.14424902200698853, 0.37081587314605713, -0.4246271252632141,
	]);
	expect([...generate("blocks.0.self_attn.q.weight", 3)]).toEqual([
		-0.22264599800109863, 0.4601149559020996, 0.1256716251373291,
	]);
});
