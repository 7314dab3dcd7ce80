/**
 * FFmpeg demuxers that read one local file and nothing else. Those that follow references (`concat`, `hls`, `dash`, `sdp`,
 * `imf` …) are left out: a file must not make us open another, or an address on the network.
 */
export const FORMATS = [
	...["mov", "matroska", "webm", "avi", "flv", "mpegts", "mpeg", "mpegvideo", "ogg", "asf", "mxf", "nut", "ivf", "obu"],
	...["h264", "hevc", "vvc", "av1", "m4v", "mjpeg", "dv", "yuv4mpegpipe", "rm", "wtv", "dirac", "vc1", "swf", "gxf"],
	...["gif", "apng", "webp_anim", "jpegxl_anim", "image2", "png_pipe", "jpeg_pipe", "jpegls_pipe", "j2k_pipe"],
	...["webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe", "exr_pipe", "qoi_pipe", "psd_pipe", "dpx_pipe", "hdr_pipe"],
	...[
		"pam_pipe",
		"pbm_pipe",
		"pgm_pipe",
		"pgmyuv_pipe",
		"ppm_pipe",
		"pfm_pipe",
		"sgi_pipe",
		"sunrast_pipe",
		"pcx_pipe",
	],
	...["xbm_pipe", "xpm_pipe", "dds_pipe", "gem_pipe", "vbn_pipe", "cri_pipe", "photocd_pipe", "pictor_pipe"],
].join(",");

/** Whether pixels of an FFmpeg format (`yuva420p`, `pal8`) say how opaque they are. */
export function hasAlpha(format: string): boolean {
	return /^(yuva|gbrap|rgba|bgra|argb|abgr|ya\d|pal8|ayuv|vuya)/.test(format);
}
