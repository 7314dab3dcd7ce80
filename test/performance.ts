/**
 * Makes the pictures of pocket that its guide shows: a contact sheet, and twenty seconds of a performance that the daemon
 * plays and records while the words are changed. In `docs/img/`.
 *
 * Run by hand: `node --conditions=mutoscope:source test/performance.ts`
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { StillEncoder } from "../bridges/still/encoder.ts";
import { Frame } from "../src/media/frame.ts";
import type { DaemonStatus } from "../src/protocol/messages.ts";
import type { Picture } from "./bench/pocket/measures/picture.ts";
import { PocketModel, SIZE } from "./bench/pocket/model.ts";
import { startDaemon, until } from "./e2e/daemon.ts";

const FOLDER = "docs/img";

/** Rows of the sheet: what is asked for. */
const SHEET = [
	"slow neon cyan tunnel zooming in on purple",
	"fast pink checkers moving left on black",
	"soft blue clouds drifting right on white",
	"yellow spiral spinning clockwise on blue",
	"ink black stripes moving up on orange",
	"red rings zooming in on black",
	"green kaleidoscope spinning on purple",
	"orange fire rising",
	"pixel white stars zooming in on blue",
	"purple cells pulsing on yellow",
];
/** Chunks that are played for a row, and each how many one is shown. A chunk is a sixth of a second. */
const CHUNKS = 32;
const EVERY = 4;
const SIDE = 160;

/** The performance: what is turned, and for how many seconds it is left so. */
const SCORE: readonly (readonly [seconds: number, values: Readonly<Record<string, unknown>>])[] = [
	[2.5, { "/main/prompt": "slow red rings zooming in on black" }],
	[2.5, { "/main/prompt": "fast red rings zooming in on black" }],
	[2.5, { "/main/prompt": "fast yellow rings zooming in on blue" }],
	[2.5, { "/main/prompt": "cyan spiral spinning clockwise on blue" }],
	[2.5, { "/main/prompt": "neon pink tunnel zooming in on purple" }],
	[2.5, { "/main/prompt": "fast white checkers moving left on black" }],
	[2.5, { "/main/prompt": "green kaleidoscope spinning clockwise on purple" }],
	[2.5, { "/main/prompt": "soft orange clouds drifting right on blue" }],
];

mkdirSync(FOLDER, { recursive: true });
await sheet();
await performance();

async function sheet(): Promise<void> {
	const columns = CHUNKS / EVERY;
	const size = { width: columns * SIDE, height: SHEET.length * SIDE };
	const whole = new Uint8Array(size.width * size.height * 4).fill(255);
	await using model = await PocketModel.open();
	for (const [row, text] of SHEET.entries()) {
		let at = 0;
		for await (const pictures of model.play([{ prompt: { text }, chunks: CHUNKS }], row)) {
			const column = at++ / EVERY;
			const picture = pictures.at(-1);
			if (picture && Number.isInteger(column)) place(whole, size.width, picture, column * SIDE, row * SIDE);
		}
	}
	using encoder = await StillEncoder.open(size, false, { format: "png", quality: 100 });
	writeFileSync(`${FOLDER}/pocket.png`, await encoder.encode(new Frame(size, whole)));
}

/** A picture at a place of a larger one, made as small as the sheet has them: each pixel the nearest. */
function place(whole: Uint8Array, width: number, picture: Picture, left: number, top: number): void {
	const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, picture.width * picture.height);
	const to = new Uint32Array(whole.buffer);
	for (let y = 0; y < SIDE - 4; y++) {
		for (let x = 0; x < SIDE - 4; x++) {
			const [row, column] = [y, x].map((n) => Math.floor(((n + 0.5) * picture.width) / (SIDE - 4))) as [number, number];
			to[(top + y) * width + left + x] = from[row * picture.width + column] as number;
		}
	}
}

async function performance(): Promise<void> {
	await using daemon = await startDaemon([], { sessions: [{ name: "main", pipeline: "pocket" }] });
	await until(async () => {
		const [main] = (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions;
		return main?.held && main.playing === "pocket" && main.madeFps > 0;
	});
	const turn = (values: Readonly<Record<string, unknown>>) =>
		daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	await turn({ "/main/width": SIZE.width, "/main/height": SIZE.height, "/main/sink/recording/quality": "fine" });
	await turn((SCORE[0] as (typeof SCORE)[number])[1]);
	await setTimeout(3000);
	const { recording } = await daemon.ask<{ recording: { id: string } }>("/api/v1/recordings/main/start", {
		method: "POST",
	});
	for (const [seconds, values] of SCORE) {
		await turn(values);
		await setTimeout(seconds * 1000);
	}
	await daemon.ask("/api/v1/recordings/main/stop", { method: "POST" });
	const answer = await fetch(`${daemon.url}/api/v1/recordings/${recording.id}`, {
		headers: { authorization: `Bearer ${daemon.token}` },
	});
	writeFileSync(`${FOLDER}/pocket.mp4`, Buffer.from(await answer.arrayBuffer()));
}
