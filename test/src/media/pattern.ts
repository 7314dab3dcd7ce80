import type { Size } from "../../../src/base/geometry.ts";
import { Frame } from "../../../src/media/frame.ts";

/** A frame each of whose words is `count`, which is also its chunk: what is torn shows. */
export function patternFrame(size: Size, count: number): Frame {
	const data = new Uint8Array(size.width * size.height * 4);
	new Uint32Array(data.buffer).fill(count);
	return new Frame(size, data, { chunk: count, captured: count / 8, made: count / 4, revision: count * 2 });
}

/** Whether a frame is as `patternFrame` made it. */
export function isWhole({ data, chunk, captured, made, revision }: Frame): boolean {
	const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
	return (
		words.every((word) => word === chunk) && captured === chunk / 8 && made === chunk / 4 && revision === chunk * 2
	);
}
