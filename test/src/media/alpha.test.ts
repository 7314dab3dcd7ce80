import { describe, expect, test } from "vitest";
import { unpremultiply } from "../../../src/media/alpha.ts";
import { arena } from "../../../src/media/simd/arena.ts";

/** Every colour value with every alpha. */
const all = Uint8Array.from({ length: 65_536 * 4 }, (_, at) => {
	const [value, alpha] = [(at >> 2) & 255, at >> 10];
	return [value, 255 - value, value ^ 0x55, alpha][at % 4] as number;
});

function premultiply(data: Uint8Array): Uint8Array {
	const work = arena();
	work.clear([data.length]);
	const at = work.put(data);
	work.kernels.premultiply(at, data.length / 16);
	return work.bytes(at, data.length).slice();
}

describe("premultiplied alpha", () => {
	test("is each colour times its alpha, rounded", () => {
		const expected = all.map((value, at) =>
			at % 4 === 3 ? value : Math.round((value * (all[at | 3] as number)) / 255),
		);
		expect(premultiply(all)).toEqual(expected);
	});

	test("taken back is within what was rounded away", () => {
		const data = premultiply(all);
		const before = data.slice();
		unpremultiply(data);
		for (let at = 0; at < data.length; at++) {
			const alpha = all[at | 3] as number;
			if (alpha === 0) expect(data[at]).toBe(0);
			else if (Math.abs((data[at] as number) - (all[at] as number)) > 127.5 / alpha + 0.5) expect.fail(`at ${at}`);
		}
		expect(premultiply(data)).toEqual(before);
	});
});
