import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readCard } from "../../../src/media/card.ts";
import { gstreamer } from "../../peers.ts";
import { serveEndpoint } from "./endpoint.ts";
import { openMedia } from "./media.ts";
import { Drawing, until } from "./stage.ts";

const python = gstreamer();
const player = fileURLToPath(new URL("whep-player.py", import.meta.url));
const SIZE = { width: 256, height: 256 }; // which any machine encodes in time, VP9 too
const BYTES = SIZE.width * SIZE.height * 4;

/** GStreamer, playing `url` until it is told that it is over. */
function play(codec: string, url: string) {
	const child = spawn(python ?? "", [player, codec, url], { stdio: ["ignore", "pipe", "pipe"] });
	const seen: (number | undefined)[] = [];
	let pending = Buffer.alloc(0);
	child.stdout.on("data", (chunk: Buffer) => {
		pending = Buffer.concat([pending, chunk]);
		for (; pending.length >= BYTES; pending = pending.subarray(BYTES)) seen.push(readCard(pending, SIZE)?.index);
	});
	let said = "";
	child.stderr.on("data", (chunk: Buffer) => {
		said += chunk;
	});
	return {
		/** Numbers of the cards it has shown. */
		seen,
		said: () => said,
		ended: once(child, "exit"),
		[Symbol.dispose]: () => void child.kill("SIGKILL"),
	};
}

describe.skipIf(!python)("GStreamer (skipped where its WebRTC is not installed)", () => {
	test.each(["h264", "vp8", "vp9"])("plays %s by WHEP, frame by frame, and hears us say goodbye", async (codec) => {
		await using media = openMedia();
		await using _ = new Drawing(media.output, SIZE, 30);
		using served = await serveEndpoint(media, "whep");
		using playing = play(codec, served.url);
		await until(playing.said, () => playing.seen.length >= 60 || playing.said() !== "");
		expect(playing.said()).toBe("");
		const read = playing.seen.filter((index) => index !== undefined);
		expect(read.length).toBeGreaterThan(50);
		expect(read).toEqual([...new Set(read)].sort((a, b) => a - b));
		media.end();
		await playing.ended;
		expect(playing.said()).toBe("goodbye\n");
	});
});
