import { expect, test } from "vitest";
import { readPickle } from "../../../../src/inference/weights/pickle.ts";
import { PickleError, type PickleHost } from "../../../../src/inference/weights/pickle-host.ts";

const host: PickleHost = {
	persistent: (id) => ({ id }),
	call: (name, args) => ({ name, args }),
};
const read = (text: string): unknown => readPickle(Buffer.from(text, "latin1"), host).value;

const plain = new Map<string, unknown>([
	["a", [1, -5, 0.5, null, 2n ** 70n, -200]],
	["b", [true, false, "\u00e9"]],
	["c", new Map([["d", []]])],
]);

// Written by CPython 3.11: pickle.dumps(value, protocol).
const written: readonly [string, string, unknown][] = [
	[
		"protocol 0",
		"(dp0\nVa\np1\n(lp2\nI1\naI-5\naF0.5\naNaL1180591620717411303424L\naI-200\nasVb\np3\n(I01\nI00\nVe\np4\ntp5\nsVc\np6\n(dp7\nVd\np8\n(tss.",
		new Map([...plain, ["b", [true, false, "e"]]]),
	],
	[
		"protocol 1",
		"}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01J\xfb\xff\xff\xffG?\xe0\x00\x00\x00\x00\x00\x00NL1180591620717411303424L\nJ8\xff\xff\xffeX\x01\x00\x00\x00bq\x03(I01\nI00\nX\x02\x00\x00\x00\xc3\xa9q\x04tq\x05X\x01\x00\x00\x00cq\x06}q\x07X\x01\x00\x00\x00dq\x08)su.",
		plain,
	],
	[
		"protocol 2",
		"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01J\xfb\xff\xff\xffG?\xe0\x00\x00\x00\x00\x00\x00N\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@J8\xff\xff\xffeX\x01\x00\x00\x00bq\x03\x88\x89X\x02\x00\x00\x00\xc3\xa9q\x04\x87q\x05X\x01\x00\x00\x00cq\x06}q\x07X\x01\x00\x00\x00dq\x08)su.",
		plain,
	],
	[
		"protocol 3",
		"\x80\x03}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01J\xfb\xff\xff\xffG?\xe0\x00\x00\x00\x00\x00\x00N\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@J8\xff\xff\xffeX\x01\x00\x00\x00bq\x03\x88\x89X\x02\x00\x00\x00\xc3\xa9q\x04\x87q\x05X\x01\x00\x00\x00cq\x06}q\x07X\x01\x00\x00\x00dq\x08)su.",
		plain,
	],
	[
		"protocol 4",
		"\x80\x04\x95G\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94(K\x01J\xfb\xff\xff\xffG?\xe0\x00\x00\x00\x00\x00\x00N\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@J8\xff\xff\xffe\x8c\x01b\x94\x88\x89\x8c\x02\xc3\xa9\x94\x87\x94\x8c\x01c\x94}\x94\x8c\x01d\x94)su.",
		plain,
	],
	[
		"protocol 5",
		"\x80\x05\x95G\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94(K\x01J\xfb\xff\xff\xffG?\xe0\x00\x00\x00\x00\x00\x00N\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00@J8\xff\xff\xffe\x8c\x01b\x94\x88\x89\x8c\x02\xc3\xa9\x94\x87\x94\x8c\x01c\x94}\x94\x8c\x01d\x94)su.",
		plain,
	],
	[
		"sets and bytes",
		"\x80\x05\x95 \x00\x00\x00\x00\x00\x00\x00]\x94(\x8f\x94(K\x01\x90(K\x02\x91\x94C\x02xy\x94\x96\x01\x00\x00\x00\x00\x00\x00\x00z\x94e.",
		[[1], [2], "xy", "z"],
	],
	[
		"more than fits one frame",
		"\x80\x04\x95?\x01\x00\x00\x00\x00\x00\x00]\x94(X,\x01\x00\x00xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\x94M\xe8\x03Jp\x11\x01\x00e.",
		["x".repeat(300), 1000, 70000],
	],
	["a call", "\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lstR.", { name: "os.system", args: ["ls"] }],
	["a call by names on the stack", "\x80\x04\x8c\x02os\x8c\x06system\x93)R.", { name: "os.system", args: [] }],
	["a new object", "\x80\x02ca\nB\n)\x81.", { name: "a.B", args: [] }],
	["something kept outside", "\x80\x02K\x05Q.", { id: 5 }],
	["attributes of a dictionary", "\x80\x02}}b.", new Map()],
	["a copy, and marks that are taken back", "\x80\x02K\x07(K\x08K\x091K\x070\x32\x86.", [7, 7]],
];

test.each(written)("reads %s", (_, text, value) => {
	expect(read(text)).toEqual(value);
});

const refused: readonly [string, string][] = [
	["nothing", ""],
	["no end", "\x80\x02N"],
	["a protocol to come", "\x80\x06N."],
	["an end with nothing on the stack", "."],
	["a text longer than the file", "X\xff\xff\xff\x7fa."],
	["a text longer than any file", "\x8d\xff\xff\xff\xff\xff\xff\xff\xffa."],
	["a mark that was never made", "K\x01t."],
	["a mark in place of a value", "K\x01(R."],
	["what was never kept", "h\x05."],
	["appending to a number", "K\x01K\x02a."],
	["keys of a list", "]K\x01K\x02s."],
	["a key without a value", "}(K\x01u."],
	["a call of a text", "X\x01\x00\x00\x00a)R."],
	["a call without a list", "ca\nb\nK\x01R."],
	["attributes of an object", "ca\nb\n)R}b."],
	["an extension", "\x82\x01."],
	["an instance of before", "(ios\nsystem\n."],
	["an object of before", "(cos\nsystem\no."],
	["a buffer from outside", "\x97."],
	["a number that is none", "Iabc\n."],
	["a number without end", `I${"9".repeat(1000)}\n.`],
	["a long number without end", "\x8b\xff\xff\xff\x7f."],
	["a name that is a number", "K\x01K\x02\x93."],
];

test.each(refused)("refuses %s", (_, text) => {
	expect(() => read(text)).toThrow(PickleError);
});

test("lists within lists without end are only lists", () => {
	expect(read(`N${"\x85".repeat(900_000)}.`)).toHaveLength(1);
});

test("refuses more objects than any weights need, before memory ends", () => {
	expect(() => read("}".repeat(1_100_000))).toThrow(/more objects/);
	expect(() => read("ca\nb\n".repeat(1_100_000))).toThrow(/more objects/);
	expect(() => read(`N${"\x94".repeat(1_100_000)}`)).toThrow(/more objects/);
	expect(() => read("N0".repeat(2_100_000))).toThrow(/come to an end/);
});
