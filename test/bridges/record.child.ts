/** Records test cards to a file in a process of its own: `record.child.ts FILE FRAMES`; 0 frames go on for ever. */
import { drawCard, Frame } from "mutoscope/sdk";
import recording from "../../bridges/recording/index.ts";
import { params } from "../../bridges/recording/params.ts";
import { contextOf } from "./open.ts";

const [, , path, count] = process.argv;
const { signal } = new AbortController();
const sink = await recording.sink?.open(contextOf(params.parse({ path, quality: "fine" })).context, signal);
const frames = Number(count) || Number.POSITIVE_INFINITY;
try {
	for (let i = 0; i < frames; i++) {
		const size = { width: 640, height: 360 };
		const frame = new Frame(size, new Uint8Array(size.width * size.height * 4));
		drawCard(frame, i, i / 30);
		await sink?.write(Object.assign(frame, { shown: 1e9 + i / 30, sequence: i + 1 }));
		process.stdout.write(`${i}\n`);
	}
	await sink?.[Symbol.asyncDispose]();
} catch (error) {
	process.stdout.write(JSON.stringify(error));
	await sink?.[Symbol.asyncDispose]();
}
