/**
 * Writes liblo.json: packets as liblo 0.31 (LGPL, called, not copied) serialises them, with what each of them says.
 *
 * Run with `node test/golden/osc/make.ts` where liblo.so.7 is installed (Debian: liblo7).
 */
import { writeFileSync } from "node:fs";
import koffi from "koffi";

const liblo = koffi.load("liblo.so.7");
const timetag = koffi.struct("lo_timetag", { sec: "uint32", frac: "uint32" });
const newMessage = liblo.func("void *lo_message_new()");
const serialise = liblo.func("void *lo_message_serialise(void *m, str path, void *to, void *size)");
const lengthOf = liblo.func("size_t lo_message_length(void *m, str path)");
const newBlob = liblo.func("void *lo_blob_new(int32_t size, void *data)");
const newBundle = liblo.func("lo_bundle_new", "void *", [timetag]);
const addMessage = liblo.func("int lo_bundle_add_message(void *b, str path, void *m)");
const addBundle = liblo.func("int lo_bundle_add_bundle(void *b, void *n)");
const bundleLength = liblo.func("size_t lo_bundle_length(void *b)");
const serialiseBundle = liblo.func("void *lo_bundle_serialise(void *b, void *to, void *size)");

const add: Record<string, (message: unknown, value: never) => unknown> = {
	i: liblo.func("int lo_message_add_int32(void *m, int32_t a)"),
	f: liblo.func("int lo_message_add_float(void *m, float a)"),
	s: liblo.func("int lo_message_add_string(void *m, str a)"),
	S: liblo.func("int lo_message_add_symbol(void *m, str a)"),
	h: liblo.func("int lo_message_add_int64(void *m, int64_t a)"),
	d: liblo.func("int lo_message_add_double(void *m, double a)"),
	c: liblo.func("int lo_message_add_char(void *m, char a)"),
	T: liblo.func("int lo_message_add_true(void *m)"),
	F: liblo.func("int lo_message_add_false(void *m)"),
	N: liblo.func("int lo_message_add_nil(void *m)"),
	I: liblo.func("int lo_message_add_infinitum(void *m)"),
	b: liblo.func("int lo_message_add_blob(void *m, void *b)"),
	m: liblo.func("int lo_message_add_midi(void *m, void *a)"),
	t: liblo.func("lo_message_add_timetag", "int", ["void *", timetag]),
};

type Args = readonly (readonly [string, unknown])[];

function message(args: Args): unknown {
	const made = newMessage();
	for (const [type, value] of args) {
		const put = add[type] as (message: unknown, value?: unknown) => unknown;
		if (type === "b") put(made, newBlob((value as number[]).length, Uint8Array.from(value as number[])));
		else if (type === "m") put(made, Uint8Array.from(value as number[]));
		else if (type === "t") put(made, tag(BigInt(value as string)));
		else if (type === "h") put(made, BigInt(value as string));
		else if (type === "c") put(made, (value as string).charCodeAt(0));
		else if ("TFNI".includes(type)) put(made);
		else put(made, value);
	}
	return made;
}

function tag(value: bigint): { sec: number; frac: number } {
	return { sec: Number(value >> 32n), frac: Number(value & 0xffff_ffffn) };
}

function hex(length: number, write: (to: Uint8Array) => void): string {
	const bytes = new Uint8Array(Number(length));
	write(bytes);
	return Buffer.from(bytes).toString("hex");
}

const MESSAGES: readonly (readonly [string, Args])[] = [
	["/no/args", []],
	["/f", [["f", 0.5]]],
	["/i", [["i", -2]]],
	["/s", [["s", "hello"]]],
	["/s3", [["s", "abc"]]],
	["/s4", [["s", "abcd"]]],
	["/empty", [["s", ""]]],
	["/utf8", [["s", "café 日本 🔥"]]],
	["/S", [["S", "symbol"]]],
	["/h", [["h", "-9007199254740993"]]],
	["/d", [["d", Math.PI]]],
	["/c", [["c", "x"]]],
	["/t", [["t", "16909060806091422208"]]],
	["/b1", [["b", [1]]]],
	["/b4", [["b", [1, 2, 3, 4]]]],
	["/b5", [["b", [0, 255, 1, 254, 7]]]],
	["/m", [["m", [144, 60, 100, 0]]]],
	[
		"/TFNI",
		[
			["T", true],
			["F", false],
			["N", null],
			["I", true],
		],
	],
	[
		"/mixed/all",
		[
			["i", 1],
			["s", "two"],
			["f", 3],
			["b", [4]],
			["T", true],
			["h", "5"],
			["d", 6],
		],
	],
	["/prompt", [["s", "a quiet lake under two moons, long exposure, film grain, 35 mm, in the style of nobody at all"]]],
];

interface Bundle {
	time: string;
	elements: (readonly [string, Args] | Bundle)[];
}

const BUNDLES: readonly Bundle[] = [
	{ time: "1", elements: [] },
	{
		time: "1",
		elements: [
			["/a", [["f", 1]]],
			["/b", [["s", "x"]]],
		],
	},
	{ time: "16909060806091422208", elements: [["/blob", [["b", [1, 2, 3]]]]] },
	{
		time: "1",
		elements: [
			["/a", [["i", 1]]],
			{ time: "1", elements: [["/b", [["i", 2]]], { time: "1", elements: [["/c", []]] }] },
			["/d", [["i", 4]]],
		],
	},
];

function bundle({ time, elements }: Bundle): unknown {
	const made = newBundle(tag(BigInt(time)));
	for (const element of elements) {
		if ("time" in element) addBundle(made, bundle(element));
		else addMessage(made, element[0], message(element[1]));
	}
	return made;
}

const vectors = [
	...MESSAGES.map(([address, args]) => {
		const made = message(args);
		return { address, args, hex: hex(lengthOf(made, address), (to) => serialise(made, address, to, null)) };
	}),
	...BUNDLES.map((described) => {
		const made = bundle(described);
		return { ...described, hex: hex(bundleLength(made), (to) => serialiseBundle(made, to, null)) };
	}),
];
writeFileSync(
	new URL("liblo.json", import.meta.url),
	`[\n${vectors.map((vector) => JSON.stringify(vector)).join(",\n")}\n]\n`,
);
