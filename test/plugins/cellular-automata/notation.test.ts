import { expect, test } from "vitest";
import { parseRule } from "../../../plugins/cellular-automata/rules/notation.ts";
import { GENERATIONS, LIFE } from "../../../plugins/cellular-automata/rules/species.ts";

const bits = (...counts: number[]) => counts.reduce((sum, n) => sum | (1 << n), 0);

test.each([
	["B3/S23", { system: "generations", birth: bits(3), survival: bits(2, 3), states: 2 }],
	["b36/s23", { system: "generations", birth: bits(3, 6), survival: bits(2, 3), states: 2 }],
	["23/3", { system: "generations", birth: bits(3), survival: bits(2, 3), states: 2 }],
	["B2/S", { system: "generations", birth: bits(2), survival: 0, states: 2 }],
	["/2", { system: "generations", birth: bits(2), survival: 0, states: 2 }],
	["/2/3", { system: "generations", birth: bits(2), survival: 0, states: 3 }],
	["B2/S/C3", { system: "generations", birth: bits(2), survival: 0, states: 3 }],
	["B2/S345/4", { system: "generations", birth: bits(2), survival: bits(3, 4, 5), states: 4 }],
	["345/2/4", { system: "generations", birth: bits(2), survival: bits(3, 4, 5), states: 4 }],
	[" 345/2/4 ", { system: "generations", birth: bits(2), survival: bits(3, 4, 5), states: 4 }],
	["R2/T3/C5/NM", { system: "cyclic", range: 2, threshold: 3, states: 5, neighbourhood: "moore" }],
	["r1/t1/c14/nn", { system: "cyclic", range: 1, threshold: 1, states: 14, neighbourhood: "von-neumann" }],
	["W110", { system: "elementary", number: 110 }],
	["rule 30", { system: "elementary", number: 30 }],
])("%s is read", (text, rule) => {
	expect(parseRule(text)).toEqual(rule);
});

test.each([
	["", "should look like"],
	["life", "should look like"],
	["B3S23", "should look like"],
	["B3/S29", "should look like"],
	["B3/S23/", "should look like"],
	["3/S23", "should look like"],
	["B33/S23", "3 stands twice"],
	["B03/S23", "flash"],
	["B2/S/C1", "states"],
	["B2/S/C256", "states"],
	["W256", "number"],
	["R0/T1/C5/NM", "range"],
	["R2/T3/C255/NM", "states"],
	["R2/T3/C5/NX", "should look like"],
	["B3/S23; DROP TABLE", "should look like"],
	["B".repeat(100_000), "should look like"],
])("%.20s is refused, with the reason", (text, reason) => {
	expect(() => parseRule(text)).toThrow(reason);
});

test.each([...Object.entries(LIFE), ...Object.entries(GENERATIONS)])("%s has a rule that can be read", (_, rule) => {
	expect(parseRule(rule).system).toBe("generations");
});
