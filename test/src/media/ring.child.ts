import { MutoscopeError } from "../../../src/base/errors.ts";
import { Ring, RingReader, RingWriter } from "../../../src/media/ring.ts";
import { isWhole, patternFrame } from "./pattern.ts";

/** What the processes of the ring's tests say. */
export type ChildSays =
	| { readonly at: "ready" }
	| { readonly at: "refused"; readonly code: string }
	| { readonly at: "read"; readonly frames: number; readonly torn: number; readonly backwards: number };

const [role, name = "", count = "0"] = process.argv.slice(2);
const say = (message: ChildSays) => process.send?.(message);

/** Owns a ring until it is killed. */
function own(): void {
	Ring.create(name);
	say({ at: "ready" });
	setInterval(() => undefined, 1000);
}

/** Writes frames of all sizes as fast as it can, until it is killed or another writer comes. */
async function write(): Promise<void> {
	const writer = RingWriter.attach(name);
	say({ at: "ready" });
	try {
		for (let index = 1; ; index++) {
			const frame = patternFrame({ width: 64 + ((index * 37) % 700), height: 16 + ((index * 53) % 400) }, index);
			writer.write(frame);
			if (index % 16 === 0) await new Promise(setImmediate);
		}
	} catch (error) {
		say({ at: "refused", code: error instanceof MutoscopeError ? error.code : String(error) });
		process.disconnect();
	}
}

/** Reads so many frames and says how they were. */
async function read(): Promise<void> {
	using reader = RingReader.attach(name);
	say({ at: "ready" });
	let torn = 0;
	let backwards = 0;
	let frames = 0;
	for (let last = 0; frames < Number(count); frames++) {
		using frame = await reader.next();
		if (!frame) break;
		if (!isWhole(frame)) torn++;
		if (frame.sequence <= last) backwards++;
		last = frame.sequence;
	}
	say({ at: "read", frames, torn, backwards });
	process.disconnect();
}

if (role === "own") own();
else if (role === "write") void write();
else if (role === "read") void read();
