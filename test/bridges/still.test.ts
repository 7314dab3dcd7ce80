import { AV_PIX_FMT_RGBA, type AVPixelFormat, type FFDecoderCodec, SWS_POINT } from "node-av/constants";
import { Codec, CodecContext, FFmpegError, Packet, Frame as Picture, SoftwareScaleContext } from "node-av/lib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import still from "../../bridges/still/index.ts";
import { MutoscopeError } from "../../src/base/errors.ts";
import { drawCard, readCard } from "../../src/media/card.ts";
import { Frame } from "../../src/media/frame.ts";
import { Ring, RingReader, RingWriter } from "../../src/media/ring.ts";
import type { Service, Size } from "../../src/sdk.ts";

const SIZE = { width: 322, height: 242 };
const { signal } = new AbortController();
const log = { debug() {}, info() {}, warn() {}, error() {}, with: () => log };

let ring: Ring;
let writer: RingWriter;
let service: Service;

beforeEach(async () => {
	ring = Ring.create(`still-test-${process.pid}`);
	writer = RingWriter.attach(ring.name);
	const definition = still.service;
	if (!definition) throw new Error("it has no service");
	const context = {
		config: {},
		log,
		emit() {},
		async output(session: string) {
			if (session !== "main") throw new MutoscopeError("session/unknown", { session });
			return RingReader.attach(ring.name);
		},
		async input(session: string): Promise<never> {
			throw new MutoscopeError("session/unknown", { session });
		},
	};
	service = await definition.open(context, signal);
});
afterEach(async () => {
	await service[Symbol.asyncDispose]();
	writer.close();
	ring.close();
});

const ask = (input: Record<string, unknown>) =>
	service.call("still", { session: "main", ...input }, signal) as Promise<Uint8Array>;

function show(index: number, alpha = false, size: Size = SIZE): Uint8Array {
	using frame = new Frame(size, new Uint8Array(size.width * size.height * 4), { alpha });
	drawCard(frame, index, 1);
	if (alpha) frame.data[3] = 17;
	writer.write(frame);
	return frame.data.slice();
}

/** Decodes a file to RGBA. */
async function open(file: Uint8Array, name: string): Promise<{ size: Size; pixels: Uint8Array }> {
	using context = new CodecContext();
	using packet = new Packet();
	using picture = new Picture();
	using back = new Picture();
	using scaler = new SoftwareScaleContext();
	const decoder = Codec.findDecoderByName(name as FFDecoderCodec);
	context.allocContext3(decoder);
	packet.alloc();
	picture.alloc();
	FFmpegError.throwIfError(await context.open2(decoder), "open");
	packet.data = Buffer.from(file);
	FFmpegError.throwIfError(await context.sendPacket(packet), "send");
	FFmpegError.throwIfError(await context.receiveFrame(picture), "receive");
	const { width, height } = picture;
	back.alloc();
	Object.assign(back, { width, height, format: AV_PIX_FMT_RGBA });
	back.getBuffer(1);
	scaler.getContext(width, height, picture.format as AVPixelFormat, width, height, AV_PIX_FMT_RGBA, SWS_POINT);
	FFmpegError.throwIfError(await scaler.scaleFrame(back, picture), "scale");
	return { size: { width, height }, pixels: Uint8Array.from(back.toBuffer().subarray(0, width * height * 4)) };
}

describe("a still", () => {
	test.each([false, true])("as PNG is exact, with alpha: %s", async (alpha) => {
		const pixels = show(7, alpha);
		const file = await ask({ format: "png" });
		expect(Buffer.from(file.subarray(1, 4)).toString()).toBe("PNG");
		const read = await open(file, "png");
		expect(read.size).toEqual(SIZE);
		expect(Buffer.compare(read.pixels, pixels)).toBe(0);
	});

	test("as JPEG has the right colours, and is smaller for less quality", async () => {
		const pixels = show(8);
		const [good, poor] = [await ask({ format: "jpeg", quality: 95 }), await ask({ format: "jpeg", quality: 20 })];
		expect([...good.subarray(0, 2)]).toEqual([0xff, 0xd8]);
		expect(poor.length).toBeLessThan(good.length * 0.7);
		const read = await open(good, "mjpeg");
		expect(readCard(read.pixels, read.size)?.index).toBe(8);
		const mean = read.pixels.reduce((sum, value, i) => sum + Math.abs(value - (pixels[i] ?? 0)), 0) / pixels.length;
		expect(mean).toBeLessThan(3);
	});

	test("is as wide as wanted, with its shape", async () => {
		show(9, false, { width: 1280, height: 720 });
		const read = await open(await ask({ format: "jpeg", width: 320 }), "mjpeg");
		expect(read.size).toEqual({ width: 320, height: 180 });
	});

	test("is the newest frame, and made once for all who ask", async () => {
		show(1);
		const [one, two] = await Promise.all([ask({ format: "png" }), ask({ format: "png" })]);
		expect(two).toEqual(one);
		show(2);
		const read = await open(await ask({ format: "png" }), "png");
		expect(readCard(read.pixels, read.size)?.index).toBe(2);
	});

	test("waits a moment for the first frame", async () => {
		const asked = ask({ format: "png" });
		show(3);
		await expect(asked).resolves.toBeInstanceOf(Uint8Array);
	});

	test("of nothing is refused with a reason", async () => {
		await expect(ask({ format: "png" })).rejects.toMatchObject({ code: "session/not-ready" });
		await expect(ask({ format: "png", session: "other" })).rejects.toMatchObject({ code: "session/unknown" });
		await expect(ask({ format: "gif" })).rejects.toThrow();
	});
});
