import * as c from "node-av/constants";
import * as av from "node-av/lib";
import { Frame } from "../../../src/media/frame.ts";

const check = av.FFmpegError.throwIfError;

/** What is left of frames after an encoder at a bit rate, as WebRTC would set it up, and its decoder. */
export async function throughCodec(
	frames: readonly Frame[],
	codec: "libx264" | "libvpx",
	bitRate: number,
): Promise<Frame[]> {
	av.Log.setLevel(c.AV_LOG_FATAL);
	const [first] = frames;
	if (!first) return [];
	const { width, height } = first.size;
	const found = av.Codec.findEncoderByName(codec as never);
	const encoder = new av.CodecContext();
	encoder.allocContext3(found);
	Object.assign(encoder, { width, height, pixelFormat: c.AV_PIX_FMT_YUV420P, gopSize: 9999, maxBFrames: 0 });
	encoder.timeBase = new av.Rational(1, 30);
	encoder.bitRate = BigInt(bitRate);
	encoder.rcMaxRate = BigInt(bitRate);
	encoder.rcBufferSize = bitRate / 2;
	encoder.threadCount = 1;
	const options =
		codec === "libx264"
			? { preset: "ultrafast", tune: "zerolatency" }
			: { deadline: "realtime", "cpu-used": 8, "lag-in-frames": 0 };
	check(await encoder.open2(found, av.Dictionary.fromObject(options)));
	const decoder = new av.CodecContext();
	decoder.allocContext3(av.Codec.findDecoder(encoder.codecId));
	check(await decoder.open2());

	const scaler = new av.SoftwareScaleContext();
	scaler.allocContext();
	const packet = new av.Packet();
	packet.alloc();
	const decoded = new av.Frame();
	decoded.alloc();
	const seen: Frame[] = [];
	const source = blank(width, height, c.AV_PIX_FMT_RGBA);
	const planes = blank(width, height, c.AV_PIX_FMT_YUV420P);
	const target = blank(width, height, c.AV_PIX_FMT_RGBA);
	for (const [i, frame] of frames.entries()) {
		const [into] = source.data ?? [];
		const [stride = 0] = source.linesize;
		for (let y = 0; y < height; y++) into?.set(frame.data.subarray(4 * y * width, 4 * (y + 1) * width), y * stride);
		planes.makeWritable();
		check(await scaler.scaleFrame(planes, source));
		planes.pts = BigInt(i);
		check(await encoder.sendFrame(planes));
		while ((await encoder.receivePacket(packet)) >= 0) {
			check(await decoder.sendPacket(packet));
			while ((await decoder.receiveFrame(decoded)) >= 0) {
				check(await scaler.scaleFrame(target, decoded));
				const [from] = target.data ?? [];
				const [step = 0] = target.linesize;
				const pixels = new Uint8Array(width * height * 4);
				for (let y = 0; y < height; y++) {
					pixels.set(from?.subarray(y * step, y * step + 4 * width) ?? [], 4 * y * width);
				}
				seen.push(new Frame(frame.size, pixels));
			}
		}
	}
	for (const picture of [source, planes, target, decoded]) picture.free();
	packet.free();
	encoder.freeContext();
	decoder.freeContext();
	scaler.freeContext();
	return seen;
}

function blank(width: number, height: number, format: av.Frame["format"]): av.Frame {
	const frame = new av.Frame();
	frame.alloc();
	Object.assign(frame, { width, height, format });
	check(frame.getBuffer(0));
	return frame;
}
