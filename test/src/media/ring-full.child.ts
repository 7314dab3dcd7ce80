import { writeFileSync } from "node:fs";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { Ring, RingReader, RingWriter } from "../../../src/media/ring.ts";
import { patternFrame } from "./pattern.ts";

/** Run where /dev/shm holds one megabyte: prints what a ring does when it is full. */
const ring = Ring.create("full");
const writer = RingWriter.attach("full");
const reader = RingReader.attach("full");
const small = writer.write(patternFrame({ width: 100, height: 100 }, 1));
const code = codeOf(() => writer.write(patternFrame({ width: 1000, height: 1000 }, 2)));
const held = reader.latest()?.chunk;
const next = writer.write(patternFrame({ width: 100, height: 100 }, 3));
try {
	writeFileSync("/dev/shm/rest", Buffer.alloc(2 ** 20));
} catch {} // that was the purpose
const full = codeOf(() => Ring.create("another"));
process.stdout.write(JSON.stringify({ small, code, held, next, full }));
for (const end of [reader, writer, ring]) end.close();

function codeOf(act: () => unknown): string | undefined {
	try {
		act();
		return undefined;
	} catch (error) {
		return error instanceof MutoscopeError ? error.code : String(error);
	}
}
