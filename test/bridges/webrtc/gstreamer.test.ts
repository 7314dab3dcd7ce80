import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { RealTime } from "../../../bridges/webrtc/real-time.ts";
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

beforeAll(() => {
	vi.spyOn(RealTime.prototype, "holds").mockResolvedValue(true); // also on a machine that is busy just now
});

describe.skipIf(!python)("GStreamer (skipped where its WebRTC is not installed)", () => {
	test.each(["h264", "vp8", "vp9"])("plays %s by WHEP, frame by frame, and hears us say goodbye", async (codec) => {
		await using media = openMedia();
		await using _ = new Drawing(media.output, SIZE, 15);
		using served = await serveEndpoint(media, "whep");
		using playing = play(codec, served.url);
		const read = () => playing.seen.filter((index) => index !== undefined);
		await until(playing.said, () => new Set(read()).size > 50 || playing.said() !== "");
		expect(playing.said()).toBe("");
		expect(read()).toEqual(read().toSorted((a, b) => a - b));
		media.end();
		await playing.ended;
		expect(playing.said()).toBe("goodbye\n");
	});
});
