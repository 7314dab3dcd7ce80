import { encode } from "../../../../src/control/osc/encode.ts";
import type { OscPacket, OscValue } from "../../../../src/control/osc/packet.ts";

/** A message of ours. */
export function message(address: string, types = "", ...args: OscValue[]): OscPacket {
	return { kind: "message", address, types, args };
}

/** A bundle of ours, for now unless said. */
export function bundle(elements: readonly OscPacket[], time = 1n): OscPacket {
	return { kind: "bundle", time, elements };
}

/** Bytes of text (`\0` is padding), of numbers as big-endian 32-bit integers, and of bytes as they are. */
function bytes(...parts: (string | number | Uint8Array)[]): Uint8Array {
	return Buffer.concat(
		parts.map((part) => {
			if (typeof part === "string") return Buffer.from(part, "latin1");
			if (typeof part !== "number") return Buffer.from(part);
			const buffer = Buffer.alloc(4);
			buffer.writeInt32BE(part | 0);
			return buffer;
		}),
	);
}

const HEAD = bytes("#bundle\0", 0, 1);
const GOOD = Buffer.from(encode(message("/a", "f", 1)));

function element(packet: Uint8Array, length = packet.length): Uint8Array {
	return bytes(length, packet);
}

function nested(depth: number): Uint8Array {
	let inner: Uint8Array = GOOD;
	for (let i = 0; i < depth; i++) inner = bytes(HEAD, element(inner));
	return inner;
}

/** Every way we know in which a packet can be wrong. Each changes nothing. */
export const MALFORMED: readonly (readonly [string, Uint8Array])[] = [
	["nothing", bytes()],
	["one byte", bytes("/")],
	["three bytes", bytes("/a\0")],
	["length no multiple of 4", bytes("/abc\0")],
	["zeros", bytes(0, 0)],
	["an empty address", bytes("\0\0\0\0", ",f\0\0", 0)],
	["a rootless name, as Resolume sends", bytes("name\0\0\0\0", ",f\0\0", 0)],
	["a comma first", bytes(",f\0\0", 0)],
	["an address that does not end", bytes("/abc")],
	["an address that does not end, long", bytes("/".padEnd(4096, "a"))],
	["padding of the address not zero", bytes("/a\0x", ",f\0\0", 0)],
	["padding of the address not zero, later byte", bytes("/abcd\0\0x", ",f\0\0", 0)],
	["no comma", bytes("/a\0\0", "f\0\0\0", 0)],
	["type tags that do not end", bytes("/a\0\0", ",fff")],
	["padding of the type tags not zero", bytes("/a\0\0", ",f\0x", 0)],
	["an unknown type", bytes("/a\0\0", ",q\0\0", 0)],
	["a space as type", bytes("/a\0\0", ", \0\0", 0)],
	["a second comma as type", bytes("/a\0\0", ",,\0\0")],
	["a high byte as type", bytes("/a\0\0", ",\xff\0\0", 0)],
	["an int missing", bytes("/a\0\0", ",i\0\0")],
	["a float missing", bytes("/a\0\0", ",f\0\0")],
	["the second float missing", bytes("/a\0\0", ",ff\0", 0)],
	["a text missing", bytes("/a\0\0", ",s\0\0")],
	["a symbol missing", bytes("/a\0\0", ",S\0\0")],
	["a blob missing", bytes("/a\0\0", ",b\0\0")],
	["half an int64", bytes("/a\0\0", ",h\0\0", 0)],
	["half a double", bytes("/a\0\0", ",d\0\0", 0)],
	["half a time tag", bytes("/a\0\0", ",t\0\0", 0)],
	["a character missing", bytes("/a\0\0", ",c\0\0")],
	["a character beyond Unicode", bytes("/a\0\0", ",c\0\0", 0x110000)],
	["a character of -1", bytes("/a\0\0", ",c\0\0", -1)],
	["a colour missing", bytes("/a\0\0", ",r\0\0")],
	["MIDI missing", bytes("/a\0\0", ",m\0\0")],
	["arguments missing altogether", bytes("/a\0\0", ",iiiiii\0")],
	["a text that does not end", bytes("/a\0\0", ",s\0\0", "abcd")],
	["padding of a text not zero", bytes("/a\0\0", ",s\0\0", "a\0\0x")],
	["a blob longer than the packet", bytes("/a\0\0", ",b\0\0", 8, 0)],
	["a blob one byte longer", bytes("/a\0\0", ",b\0\0", 5, 0)],
	["a blob of length 2³¹−1", bytes("/a\0\0", ",b\0\0", 0x7fffffff, 0)],
	["a blob of length 2³¹−3", bytes("/a\0\0", ",b\0\0", 0x7ffffffd, 0)],
	["a blob of length −1", bytes("/a\0\0", ",b\0\0", -1, 0)],
	["a blob of length −4", bytes("/a\0\0", ",b\0\0", -4, 0)],
	["a blob of length −2³¹", bytes("/a\0\0", ",b\0\0", 0x80000000, 0)],
	["padding of a blob not zero", bytes("/a\0\0", ",b\0\0", 1, "a\0\0x")],
	["four bytes too many", bytes("/a\0\0", ",f\0\0", 0, 0)],
	["something after no arguments", bytes("/a\0\0", ",\0\0\0", 0)],
	["two messages without a bundle", bytes(GOOD, GOOD)],
	["a list that does not end", bytes("/a\0\0", ",[f\0", 0)],
	["a list that never began", bytes("/a\0\0", ",f]\0", 0)],
	["lists ended the wrong way", bytes("/a\0\0", ",]f[\0\0\0", 0)],
	["lists nine deep", bytes("/a\0\0", ",[[[[[[[[[]]]]]]]]]\0")],
	["lists 30,000 deep", bytes("/a\0\0", ",".concat("[".repeat(30_000), "]".repeat(30_000), "\0\0\0"))],
	["1025 arguments", bytes("/a\0\0", `,${"T".repeat(1025)}\0\0`)],
	["60,000 arguments", bytes("/a\0\0", `,${"T".repeat(60_000)}\0\0\0`)],
	["#bundlX", bytes("#bundlX\0", 0, 1)],
	["#bundle without its NUL", bytes("#bundlee", 0, 1)],
	["# alone", bytes("#\0\0\0")],
	["a bundle without a time", bytes("#bundle\0")],
	["a bundle with half a time", bytes("#bundle\0", 0)],
	["an element of length 0", bytes(HEAD, 0)],
	["an element of length 0 among others", bytes(HEAD, element(GOOD), 0, element(GOOD))],
	["an element of length −4", bytes(HEAD, -4, GOOD)],
	["an element of length −2³¹", bytes(HEAD, 0x80000000, GOOD)],
	["an element of length 2³¹−1", bytes(HEAD, 0x7fffffff, GOOD)],
	["an element four bytes too long", bytes(HEAD, element(GOOD, GOOD.length + 4))],
	["an element four bytes too short", bytes(HEAD, element(GOOD, GOOD.length - 4))],
	["an element of odd length", bytes(HEAD, 3, "/a\0\0")],
	["a length and nothing after it", bytes(HEAD, 12)],
	["a bad element after a good one", bytes(HEAD, element(GOOD), element(bytes("nope")))],
	["a bad element before a good one", bytes(HEAD, element(bytes("nope")), element(GOOD))],
	[
		"a bad element in a bundle within",
		bytes(HEAD, element(GOOD), element(bytes(HEAD, element(bytes("/a\0\0,f\0\0"))))),
	],
	["a bundle within without a time", bytes(HEAD, element(GOOD), element(bytes("#bundle\0")))],
	["bundles nine deep", nested(9)],
	["bundles 3,000 deep", nested(3000)],
	["1025 elements", bytes(HEAD, ...Array.from({ length: 1025 }, () => element(GOOD)))],
	[
		"1025 elements over two levels",
		bytes(
			HEAD,
			...Array.from({ length: 2 }, () => element(bytes(HEAD, ...Array.from({ length: 512 }, () => element(GOOD))))),
		),
	],
	["more than 64 kB", bytes("/".padEnd(65_539, "a"), "\0")],
	["an HTTP request", bytes("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")],
	["an HTTP request with a path first", bytes("/ HTTP/1.1\r\nHost: a\r\n\r\n\0".padEnd(28, "x"))],
	["JSON", bytes('{"op":"set"}')],
	["a length prefix, as on TCP", bytes(GOOD.length, GOOD)],
	["a SLIP frame", bytes(Buffer.of(0xc0), GOOD, Buffer.of(0xc0, 0, 0))],
];
