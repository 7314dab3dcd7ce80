/** Plays many broken versions of a file in a process of its own: `play-mutants.child.ts FILE COUNT SEED`. */
import { readFileSync, writeFileSync } from "node:fs";
import { MutoscopeError } from "mutoscope/sdk";
import { params } from "../../bridges/file/params.ts";
import { openPlayback } from "../../bridges/file/playback.ts";
import { contextOf, follow } from "./open.ts";

const [, , path = "", count, seedText] = process.argv;
const whole = readFileSync(path);
let seed = Number(seedText);
const random = (below: number) => {
	seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
	return Math.floor((seed / 2 ** 32) * below);
};

/** Some bytes changed, a piece cut out, doubled or zeroed, or a length made absurd. */
function mutant(): Buffer {
	const bytes = Buffer.from(whole);
	const at = random(bytes.length - 8);
	const length = 1 + random(Math.min(4000, bytes.length - at));
	switch (random(6)) {
		case 0:
			for (let n = 1 + random(60); n > 0; n--) bytes[random(bytes.length)] = random(256);
			return bytes;
		case 1:
			return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
		case 2:
			return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
		case 3:
			return bytes.fill(0, at, at + length);
		case 4:
			bytes.writeUInt32BE(0xffffffff - random(3) * 0x7fffffff, at);
			return bytes;
		default: {
			// The index is at the end, and where a mistake weighs most.
			for (let n = 1 + random(8); n > 0; n--) bytes[bytes.length - 1 - random(900)] = random(256);
			return bytes;
		}
	}
}

const seen = { played: 0, refused: 0 };
for (let i = 0; i < Number(count); i++) {
	writeFileSync(`${path}.mutant`, mutant());
	let time = 0;
	const clock = {
		now: () => time,
		async until(due: number) {
			time = Math.max(time, due);
		},
	};
	const signal = AbortSignal.timeout(60_000);
	try {
		const { context } = contextOf(params.parse({ path: `${path}.mutant`, position: i % 3 === 0 ? 0.5 : 0 }));
		const source = await openPlayback(context, signal, clock);
		try {
			await follow(source, () => undefined, 60);
			seen.played++;
		} finally {
			await source[Symbol.asyncDispose]();
		}
	} catch (error) {
		if (!(error instanceof MutoscopeError) || error.toJSON().code !== "source/unreadable") throw error;
		seen.refused++;
	}
}
process.stdout.write(JSON.stringify({ ...seen, rss: process.resourceUsage().maxRSS }));
