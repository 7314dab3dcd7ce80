import {
	AV_CODEC_FLAG_GLOBAL_HEADER,
	AV_LOG_QUIET,
	AV_PIX_FMT_RGBA,
	AV_PIX_FMT_YUV420P,
	FF_ENCODER_LIBX264,
	SWS_POINT,
} from "node-av/constants";
import {
	Log as AvLog,
	Codec,
	CodecContext,
	Dictionary,
	FFmpegError,
	FormatContext,
	Packet,
	Frame as Picture,
	Rational,
	SoftwareScaleContext,
} from "node-av/lib";
import { expect, test } from "vitest";
import { drawCard, readCard } from "../../../src/media/card.ts";
import { FramePool } from "../../../src/media/pool.ts";
import { RingReader } from "../../../src/media/ring.ts";
import { serveEndpoint } from "./endpoint.ts";
import { openMedia } from "./media.ts";
import { until } from "./stage.ts";

const SIZE = { width: 640, height: 360 };
const check = FFmpegError.throwIfError;

/** Sends test cards with FFmpeg's own WHIP client until `enough`. */
async function publish(url: string, enough: () => boolean): Promise<void> {
	AvLog.setLevel(AV_LOG_QUIET);
	using encoder = new CodecContext();
	const x264 = Codec.findEncoderByName(FF_ENCODER_LIBX264);
	encoder.allocContext3(x264);
	Object.assign(encoder, { ...SIZE, pixelFormat: AV_PIX_FMT_YUV420P, gopSize: 15, maxBFrames: 0, bitRate: 1_000_000n });
	encoder.timeBase = new Rational(1, 30);
	encoder.framerate = new Rational(30, 1);
	encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
	using options = Dictionary.fromObject({ preset: "ultrafast", tune: "zerolatency", profile: "baseline" });
	check(await encoder.open2(x264, options), "open");
	const format = new FormatContext();
	check(format.allocOutputContext2(null, "whip", url), "whip");
	const stream = format.newStream();
	check(encoder.parametersFromContext(stream.codecpar), "parameters");
	stream.timeBase = new Rational(1, 30);
	check(await format.writeHeader(null), "header");
	using source = new Picture();
	using picture = new Picture();
	for (const [one, pixels] of [
		[source, AV_PIX_FMT_RGBA],
		[picture, AV_PIX_FMT_YUV420P],
	] as const) {
		one.alloc();
		Object.assign(one, { ...SIZE, format: pixels });
		check(one.getBuffer(1), "buffer");
	}
	using scaler = new SoftwareScaleContext();
	scaler.getContext(SIZE.width, SIZE.height, AV_PIX_FMT_RGBA, SIZE.width, SIZE.height, AV_PIX_FMT_YUV420P, SWS_POINT);
	using card = new FramePool().take(SIZE);
	for (let index = 1; !enough(); index++) {
		drawCard(card, index, 1);
		source.data?.[0]?.set(card.data);
		check(await scaler.scaleFrame(picture, source), "scale");
		picture.pts = BigInt(index);
		check(await encoder.sendFrame(picture), "encode");
		using packet = new Packet();
		packet.alloc();
		check(await encoder.receivePacket(packet), "encode");
		packet.rescaleTs({ num: 1, den: 30 }, stream.timeBase);
		check(await format.interleavedWriteFrame(packet), "write");
		await new Promise((resolve) => setTimeout(resolve, 33));
	}
	check(await format.writeTrailer(), "trailer");
	await format.closeOutput();
	format.freeContext();
}

test("FFmpeg publishes by WHIP, and what it sends is the session's source", async () => {
	await using media = openMedia();
	using served = await serveEndpoint(media, "whip");
	using reader = RingReader.attach(media.input);
	const seen = new Set<number>();
	const look = () => {
		using frame = reader.latest();
		const card = frame && readCard(frame.data, frame.size);
		if (card) seen.add(card.index);
		return seen.size >= 20;
	};
	await publish(served.url, look);
	expect(media.said.filter(({ data }) => data.state === "connected")).toHaveLength(1);
	expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
	await until(
		() => media.said.at(-1)?.data.state,
		(state) => state === "closed",
	);
	expect(served.asked).toEqual(["POST", "DELETE"]);
});
