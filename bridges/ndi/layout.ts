/**
 * Structures of the NDI SDK 6 on 64-bit machines: sizes, and where their fields are, in bytes (Processing.NDI.structs.h and the
 * headers of each part; MIT).
 *
 * @module
 */

/** NDIlib_source_t */
export const SOURCE = { bytes: 16, name: 0, url: 8 } as const;

/** NDIlib_send_create_t */
export const SEND = { bytes: 24, name: 0, groups: 8, clockVideo: 16, clockAudio: 17 } as const;

/** NDIlib_find_create_t */
export const FIND = { bytes: 24, showLocal: 0, groups: 8, extraIps: 16 } as const;

/** NDIlib_recv_create_v3_t; it begins with the source. */
export const RECEIVE = { bytes: 40, colour: 16, bandwidth: 20, fields: 24, name: 32 } as const;

/** NDIlib_video_frame_v2_t */
export const VIDEO = {
	bytes: 72,
	width: 0,
	height: 4,
	fourcc: 8,
	rateN: 12,
	rateD: 16,
	aspect: 20,
	format: 24,
	timecode: 32,
	data: 40,
	stride: 48,
	timestamp: 64,
} as const;

/** NDIlib_metadata_frame_t; a length of 0 is "up to the zero". */
export const METADATA = { bytes: 24, data: 16 } as const;

/** NDIlib_tally_t */
export const TALLY = { bytes: 2, program: 0, preview: 1 } as const;

/** NDIlib_FourCC_video_type_e: RGBA with straight alpha, and opaque. */
export const FOURCC = { RGBA: 0x41424752, RGBX: 0x58424752 } as const;

/** NDIlib_frame_format_type_e */
export const PROGRESSIVE = 1;

/** NDIlib_frame_type_e */
export const KIND = { video: 1, metadata: 3 } as const;

/** NDIlib_recv_color_format_e: RGBA where there is alpha, else RGBX. */
export const RGBX_RGBA = 2;

/** NDIlib_recv_bandwidth_e: everything in full. */
export const HIGHEST = 100;
