import {
	FF_DECODER_H264,
	FF_DECODER_LIBDAV1D,
	FF_DECODER_VP8,
	FF_DECODER_VP9,
	FF_ENCODER_LIBSVTAV1,
	FF_ENCODER_LIBVPX_VP8,
	FF_ENCODER_LIBVPX_VP9,
	FF_ENCODER_LIBX264,
	type FFVideoDecoder,
	type FFVideoEncoder,
} from "node-av/constants";
import type { Codec } from "./packetise.ts";

/** How a codec is encoded and decoded here. */
export interface CodecUse {
	readonly encoder: FFVideoEncoder;
	readonly decoder: FFVideoDecoder;
	readonly options: Readonly<Record<string, string>>;
	/** How much of a second the encoder may spend ahead on one frame: key frames stay small enough for a narrow link. */
	readonly buffer: number;
	/** libvpx holds its bitrate only if told that it may not fall either. */
	readonly constant: boolean;
	/** Whether a running encoder takes another bitrate. */
	readonly retunes: boolean;
}

/** libvpx in real time, at its fastest. */
const LIBVPX = {
	deadline: "realtime",
	"cpu-used": "8",
	"lag-in-frames": "0",
	"error-resilient": "default",
	"max-intra-rate": "300",
};

/**
 * x264 ultrafast, zero latency, constrained baseline; libvpx and SVT-AV1 real time at their fastest. One thread each, since two
 * cost more in sum and libvpx's wait for each other by spinning.
 */
export const CODECS: Readonly<Record<Codec, CodecUse>> = {
	h264: {
		encoder: FF_ENCODER_LIBX264,
		decoder: FF_DECODER_H264,
		options: { preset: "ultrafast", tune: "zerolatency", profile: "baseline", "forced-idr": "1" },
		buffer: 0.4,
		constant: false,
		retunes: true,
	},
	vp8: {
		encoder: FF_ENCODER_LIBVPX_VP8,
		decoder: FF_DECODER_VP8,
		options: LIBVPX,
		buffer: 0.6,
		constant: true,
		retunes: false,
	},
	vp9: {
		encoder: FF_ENCODER_LIBVPX_VP9,
		decoder: FF_DECODER_VP9,
		options: {
			...LIBVPX,
			"auto-alt-ref": "0",
			"aq-mode": "3",
		},
		buffer: 0.6,
		constant: true,
		retunes: false,
	},
	av1: {
		encoder: FF_ENCODER_LIBSVTAV1,
		decoder: FF_DECODER_LIBDAV1D,
		options: { preset: "12", "svtav1-params": "rtc=1:pred-struct=1:rc=2:lp=1" },
		buffer: 0.6,
		constant: false,
		retunes: false,
	},
};
