import { readFileSync } from "node:fs";
import fc from "fast-check";
import oscJs from "osc-js";
import { fromBuffer, toBuffer } from "osc-min";
import { describe, expect, test } from "vitest";
import { decode } from "../../../../src/control/osc/decode.ts";
import { encode } from "../../../../src/control/osc/encode.ts";
import { type OscPacket, type OscValue, timeTag, unixSeconds } from "../../../../src/control/osc/packet.ts";
import { bundle, MALFORMED, message } from "./malformed.ts";

/** Its types say it is an ES module; it is not. */
const OSC = oscJs as unknown as typeof oscJs.default;

interface Vector {
	readonly hex: string;
	readonly address?: string;
	readonly args?: readonly (readonly [string, unknown])[];
	readonly time?: string;
	readonly elements?: readonly (Vector | readonly [string, readonly (readonly [string, unknown])[]])[];
}

const VECTORS: Vector[] = JSON.parse(readFileSync(new URL("../../../golden/osc/liblo.json", import.meta.url), "utf8"));

function described(address: string, args: readonly (readonly [string, unknown])[]): OscPacket {
	const values = args.map(([type, value]): OscValue => {
		if (type === "b" || type === "m") return Buffer.from(value as number[]);
		return type === "h" || type === "t" ? BigInt(value as string) : (value as OscValue);
	});
	return message(address, args.map(([type]) => type).join(""), ...values);
}

function packetOf({ address, args = [], time = "1", elements = [] }: Vector): OscPacket {
	if (address !== undefined) return described(address, args);
	const inner = elements.map((one) => (Array.isArray(one) ? described(one[0], one[1]) : packetOf(one as Vector)));
	return bundle(inner, BigInt(time));
}

describe("what liblo writes", () => {
	test.each(VECTORS.map((vector) => [vector.address ?? `bundle ${vector.hex.slice(16, 48)}`, vector] as const))(
		"is read and written the same: %s",
		(_, vector) => {
			const raw = Buffer.from(vector.hex, "hex");
			expect(decode(raw)).toEqual(packetOf(vector));
			expect(Buffer.from(encode(packetOf(vector))).toString("hex")).toBe(vector.hex);
		},
	);

	test.each([4, 12, 5])("is read where it begins %i bytes into a larger buffer", (offset) => {
		for (const vector of VECTORS) {
			const raw = Buffer.from(vector.hex, "hex");
			const larger = new Uint8Array(offset + raw.length + 7).fill(0x41);
			larger.set(raw, offset);
			expect(decode(larger.subarray(offset, offset + raw.length))).toEqual(packetOf(vector));
		}
	});
});

describe("what nobody should send", () => {
	test.each(MALFORMED)("is malformed: %s", (_, raw) => {
		expect(decode(raw)).toEqual({ kind: "malformed", offset: expect.any(Number), reason: expect.any(String) });
	});

	test("comes in more than sixty families", () => {
		expect(new Set(MALFORMED.map(([name]) => name)).size).toBeGreaterThanOrEqual(60);
	});

	test("is never read past the end of the packet", () => {
		for (const [, raw] of MALFORMED) {
			const larger = Buffer.concat([raw, Buffer.alloc(256, "secret")]);
			expect(decode(larger.subarray(0, raw.length)).kind).toBe("malformed");
		}
	});

	test("says where it stopped making sense", () => {
		expect(decode(Buffer.from("/a\0\0,f\0\0", "latin1"))).toEqual({
			kind: "malformed",
			offset: 8,
			reason: "it ends within an argument",
		});
	});
});

describe("what the field sends", () => {
	test("a message without type tags has no arguments", () => {
		expect(decode(Buffer.from("/go\0"))).toEqual(message("/go"));
	});

	test("a text that is not UTF-8 has its bad bytes replaced", () => {
		expect(decode(Buffer.from("/s\0\0,s\0\0\xff\xfea\0", "latin1"))).toEqual(message("/s", "s", "\ufffd\ufffda"));
	});

	test("a NUL cannot be said and is left out", () => {
		expect(decode(encode(message("/s", "s", "a\0b")))).toEqual(message("/s", "s", "ab"));
	});
});

test("a text may fill a packet", () => {
	const long = message("/prompt", "si", "é".repeat(30_000), 7);
	expect(decode(encode(long))).toEqual(long);
});

describe("wrong types", () => {
	test.each<[string, OscValue[]]>([
		["f", ["text"]],
		["s", [1]],
		["T", [false]],
		["m", [Buffer.of(1)]],
		["ff", [1]],
		["f", [1, 2]],
		["[f", [[1]]],
		["q", [1]],
	])("%s with %j is a programmer's mistake", (types, args) => {
		expect(() => encode(message("/a", types, ...args))).toThrow(TypeError);
	});
});

const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((one) => one.replaceAll("\0", ""));
const leaf = fc.oneof(
	fc.tuple(fc.constant("f"), fc.float({ noNaN: true })),
	fc.tuple(fc.constant("d"), fc.double({ noNaN: true })),
	fc.tuple(fc.constant("i"), fc.integer()),
	fc.tuple(fc.constant("r"), fc.nat(0xffff_ffff)),
	fc.tuple(fc.constantFrom("s", "S"), text),
	fc.tuple(fc.constant("c"), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })),
	fc.tuple(fc.constant("h"), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
	fc.tuple(fc.constant("t"), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
	fc.tuple(
		fc.constant("b"),
		fc.uint8Array({ maxLength: 40 }).map((one) => Buffer.from(one)),
	),
	fc.tuple(
		fc.constant("m"),
		fc.uint8Array({ minLength: 4, maxLength: 4 }).map((one) => Buffer.from(one)),
	),
	fc.constantFrom<[string, OscValue]>(["T", true], ["F", false], ["N", null], ["I", true]),
);
const { argument } = fc.letrec<{ argument: [string, OscValue] }>((tie) => ({
	argument: fc.oneof(
		{ depthSize: "small", maxDepth: 4 },
		leaf as fc.Arbitrary<[string, OscValue]>,
		fc
			.array(tie("argument"), { maxLength: 4 })
			.map((items): [string, OscValue] => [
				`[${items.map(([type]) => type).join("")}]`,
				items.map(([, value]) => value),
			]),
	),
}));
const address = fc.string({ unit: "grapheme", maxLength: 30 }).map((one) => `/${one.replaceAll("\0", "")}`);
const anyMessage = fc
	.tuple(address, fc.array(argument, { maxLength: 6 }))
	.map(([at, args]) => message(at, args.map(([type]) => type).join(""), ...args.map(([, value]) => value)));
const { packet } = fc.letrec<{ packet: OscPacket }>((tie) => ({
	packet: fc.oneof(
		{ depthSize: "small", maxDepth: 5 },
		anyMessage,
		fc
			.tuple(fc.array(tie("packet"), { maxLength: 4 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
			.map(([elements, time]) => bundle(elements, time)),
	),
}));

describe("laws", () => {
	test("what is written is read back the same", () => {
		fc.assert(
			fc.property(packet, (one) => {
				expect(decode(encode(one))).toEqual(one);
			}),
			{ seed: 9, numRuns: 2000 },
		);
	});

	test("a time tag says the same time, to a microsecond", () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 2 ** 31, noNaN: true }), (seconds) => {
				expect(Math.abs(unixSeconds(timeTag(seconds)) - seconds)).toBeLessThan(1e-6);
			}),
			{ seed: 9 },
		);
	});

	test("osc-min reads what we write", () => {
		fc.assert(
			fc.property(
				anyMessage.filter(({ kind }) => kind === "message"),
				(one) => {
					const read = fromBuffer(encode(one));
					expect(read.oscType).toBe("message");
					if (read.oscType !== "message" || one.kind !== "message") return;
					expect(read.address).toBe(one.address);
					expect(plain(read.args)).toBe(one.types);
				},
			),
			{ seed: 9, numRuns: 1000 },
		);
	});

	test("we read what osc-min writes", () => {
		fc.assert(
			fc.property(
				address,
				fc.array(fc.oneof(fc.float({ noNaN: true }), text, fc.boolean(), fc.constant(null))),
				(at, args) => {
					const view = toBuffer({ address: at, args });
					const read = decode(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
					expect(read).toMatchObject({ kind: "message", address: at, args });
				},
			),
			{ seed: 9, numRuns: 1000 },
		);
	});
});

/** Type tags of what osc-min read. Its names for them, and ours. */
function plain(args: readonly unknown[]): string {
	const tags: Record<string, string> = {
		float: "f",
		double: "d",
		integer: "i",
		color: "r",
		string: "s",
		symbol: "S",
		character: "c",
		bigint: "h",
		timetag: "t",
		blob: "b",
		midi: "m",
		true: "T",
		false: "F",
		null: "N",
		bang: "I",
	};
	return args
		.map((arg) => {
			const { type, value } = arg as { type: string; value: unknown };
			return type === "array" ? `[${plain(value as unknown[])}]` : (tags[type] ?? type);
		})
		.join("");
}

describe("osc-js, a foreign peer", () => {
	test("reads our messages and bundles", () => {
		const one = new OSC.Message("");
		const raw = encode(message("/vace/scale", "fis", 0.5, 3, "hello"));
		one.unpack(new DataView(raw.buffer, raw.byteOffset, raw.length));
		expect([one.address, one.args]).toEqual(["/vace/scale", [0.5, 3, "hello"]]);
	});

	test("is read by us", () => {
		expect(decode(new OSC.Message("/vace/scale", 0.5, 3, "hello", true).pack())).toEqual(
			message("/vace/scale", "fisT", 0.5, 3, "hello", true),
		);
		const both = new OSC.Bundle([new OSC.Message("/a", 1), new OSC.Message("/b", "x")]);
		expect(decode(both.pack())).toMatchObject({
			kind: "bundle",
			elements: [message("/a", "i", 1), message("/b", "s", "x")],
		});
	});
});
