import * as z from "zod";
import type { Moment } from "../../contract/hooks.ts";
import type { Frame } from "../../media/frame.ts";
import type { FramePool } from "../../media/pool.ts";
import type { Values } from "../../params/schema.ts";
import type { Snapshot } from "../../params/store.ts";

/** What a session asks of a plugin that runs apart: one call of a hook. */
export interface Asked {
	/** Its number; only grows, also over restarts of the session. */
	readonly call: number;
	readonly hook: ApartHook;
	readonly moment: Moment;
	/** How the plugin is turned at this moment, so that a frame shows what its revision says. */
	readonly turned: Snapshot;
	/** Of `frameIn` and `frameOut`: index of the picture in the ring `given`. */
	readonly picture?: number;
	/** Of `params`. */
	readonly values?: Values;
}

const hooks = z.enum(["params", "frameIn", "frameOut"]);
export type ApartHook = z.output<typeof hooks>;

/** What a plugin that runs apart answers, and says of its own accord when it begins or taps other hooks. */
export const replied = z.object({
	/** Which process of the plugin speaks. */
	life: z.number(),
	/** The call that was answered last; 0 if none was. */
	call: z.number(),
	/** The hooks that it taps now: of others it need not be asked. */
	hooks: z.array(hooks),
	/** Index in the ring `made` of the picture that replaces the given one; absent if nothing does. */
	picture: z.number().optional(),
	/** The values that replace the given ones. */
	values: z.record(z.string(), z.unknown()).optional(),
});
export type Replied = z.output<typeof replied>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A note as a frame, so that a ring can carry it: its length in bytes, then JSON in UTF-8. The caller closes it. */
export function noteFrame(note: Asked | Replied, pool: FramePool): Frame {
	const text = encoder.encode(JSON.stringify(note));
	// Few sizes, so that the pool has them.
	const words = 2 ** Math.ceil(Math.log2(64 + text.length / 4 + 1));
	const frame = pool.take({ width: words, height: 1 });
	new DataView(frame.data.buffer, frame.data.byteOffset).setUint32(0, text.length, true);
	frame.data.set(text, 4);
	return frame;
}

/** What a note says. Throws `SyntaxError`, `RangeError` if it is none. */
export function readNote({ data }: Frame): unknown {
	const length = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
	if (length > data.length - 4) throw new RangeError("the note is longer than its frame");
	return JSON.parse(decoder.decode(data.subarray(4, 4 + length)));
}
