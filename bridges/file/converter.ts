import type { Frame, FrameOptions, Size } from "mutoscope/sdk";
import type { FilterContext, FilterGraph, Frame as Picture } from "node-av/lib";
import { hasAlpha } from "./formats.ts";
import type { Library } from "./open.ts";

/** Most pixels that go out; a larger picture is scaled down. */
const MAX_PIXELS = 3840 * 2160;

/** Most pixels of a picture whose high dynamic range is mapped: 30 ms of a core at this size. */
const MAX_HDR_PIXELS = 1920 * 1080;

/** A filter and its options. */
type Step = readonly [name: string, options?: string];

const RGBA: Step = ["format", "pix_fmts=rgba"];

interface Chain {
	readonly graph: FilterGraph;
	readonly entry: FilterContext;
	readonly exit: FilterContext;
}

/** Makes RGBA frames of whatever a decoder gives: turned as the file asks, in sRGB, pixels square, alpha kept. */
export class Converter implements Disposable {
	readonly #library: Library;
	readonly #frame: (size: Size, options: Omit<FrameOptions, "release">) => Frame;
	readonly #out: Picture;
	#chain: Chain | undefined;
	#for = "";
	#isPlain = false;

	constructor(library: Library, frame: (size: Size, options: Omit<FrameOptions, "release">) => Frame) {
		this.#library = library;
		this.#frame = frame;
		this.#out = new library.Frame();
		this.#out.alloc();
	}

	/** The picture as a frame. Does not free the picture. */
	async convert(picture: Picture): Promise<Frame> {
		try {
			return await this.#convert(picture);
		} catch (error) {
			if (this.#isPlain) throw error;
			this.#isPlain = true; // its colours are of a kind that zimg does not know
			this.#for = "";
			return this.#convert(picture);
		}
	}

	async #convert(picture: Picture): Promise<Frame> {
		const { c, FFmpegError } = this.#library;
		const { entry, exit } = await this.#chainFor(picture);
		const out = this.#out;
		FFmpegError.throwIfError(entry.buffersrcAddFrameSync(picture, c.AV_BUFFERSRC_FLAG_KEEP_REF), "filter");
		out.unref();
		FFmpegError.throwIfError(await exit.buffersinkGetFrame(out), "filter");
		const { width, height } = out;
		const [pixels] = out.data ?? [];
		const [stride = 0] = out.linesize;
		if (!pixels) throw new TypeError("a picture without memory");
		const alpha = hasAlpha(this.#library.avGetPixFmtName(picture.format as never) ?? "");
		const frame = this.#frame({ width, height }, { alpha });
		if (stride === width * 4) {
			frame.data.set(pixels.subarray(0, frame.data.length));
		} else {
			for (let y = 0; y < height; y++) {
				frame.data.set(pixels.subarray(y * stride, y * stride + width * 4), y * width * 4);
			}
		}
		return frame;
	}

	[Symbol.dispose](): void {
		this.#chain?.graph.free();
		this.#chain = undefined;
		this.#out.free();
	}

	/** What a filter graph is made for may change at any picture. */
	async #chainFor(picture: Picture): Promise<Chain> {
		const { width, height, format, sampleAspectRatio: shape } = picture;
		const { colorSpace, colorRange, colorTrc, colorPrimaries } = picture;
		const turn = turnsOf(picture.getSideData(this.#library.c.AV_FRAME_DATA_DISPLAYMATRIX));
		const colours = [format, colorSpace, colorRange, colorTrc, colorPrimaries];
		const key = [width, height, shape.num, shape.den, ...colours, ...turn].join();
		if (this.#chain && key === this.#for) return this.#chain;
		this.#chain?.graph.free();
		this.#chain = undefined;
		this.#chain = await this.#build(picture, turn);
		this.#for = key;
		return this.#chain;
	}

	async #build(picture: Picture, turn: readonly Step[]): Promise<Chain> {
		const { Filter, FilterGraph, FFmpegError } = this.#library;
		const { width, height, format, colorSpace, colorRange } = picture;
		const graph = new FilterGraph();
		graph.alloc();
		try {
			const add = (name: string, args?: string) => {
				const filter = Filter.getByName(name);
				const context = filter && graph.createFilter(filter, `${name}${graph.nbFilters}`, args ?? null);
				if (!context) throw new Error(`FFmpeg has no filter ${name}`);
				return context;
			};
			const size = `video_size=${width}x${height}:pix_fmt=${format}:time_base=1/90000`;
			const entry = add("buffer", `${size}:colorspace=${colorSpace}:range=${colorRange}`);
			let end = entry;
			for (const [name, args] of [...this.#steps(picture), ...turn]) {
				const next = add(name, args);
				FFmpegError.throwIfError(end.link(0, next, 0), name);
				end = next;
			}
			const exit = add("buffersink");
			FFmpegError.throwIfError(end.link(0, exit, 0), "buffersink");
			FFmpegError.throwIfError(await graph.config(), "filter");
			return { graph, entry, exit };
		} catch (error) {
			graph.free();
			throw error;
		}
	}

	#steps(picture: Picture): Step[] {
		const { c } = this.#library;
		const { colorTrc, colorSpace, colorPrimaries } = picture;
		const isHdr = !this.#isPlain && (colorTrc === c.AVCOL_TRC_SMPTE2084 || colorTrc === c.AVCOL_TRC_ARIB_STD_B67);
		const { width, height } = shown(picture, isHdr ? MAX_HDR_PIXELS : MAX_PIXELS);
		const scale = `w=${width}:h=${height}:flags=bilinear`;
		if (isHdr) {
			const isSilent = colorPrimaries === c.AVCOL_PRI_UNSPECIFIED;
			const named: Step[] = isSilent ? [["setparams", "color_primaries=bt2020"]] : [];
			return [...named, ["scale", scale], ...TONE_MAPPING, RGBA];
		}
		// What says nothing is BT.709 from 720 lines on, as players have it; below, FFmpeg takes BT.601 by itself.
		const isSilent = colorSpace === c.AVCOL_SPC_UNSPECIFIED && picture.height >= 720;
		const isForced = this.#isPlain && colorSpace !== c.AVCOL_SPC_RGB;
		const named: Step[] = isSilent || isForced ? [["setparams", "colorspace=bt709"]] : [];
		return [...named, ["scale", `${scale}:out_range=pc`], RGBA];
	}
}

/** PQ or HLG to BT.709 as zimg and Hable's curve do it; 203 cd/m² is white (ITU-R BT.2408). */
const TONE_MAPPING: readonly Step[] = [
	["zscale", "t=linear:npl=203"],
	["format", "pix_fmts=gbrpf32le"],
	["zscale", "p=bt709"],
	["tonemap", "tonemap=hable:desat=0"],
	["zscale", "t=bt709:m=bt709:r=full"],
];

/** Size with square pixels, within a number of them. */
function shown({ width, height, sampleAspectRatio: { num, den } }: Picture, limit: number): Size {
	const shape = num > 0 && den > 0 && num / den > 0.1 && num / den < 10 ? num / den : 1;
	const scale = Math.min(1, Math.sqrt(limit / (width * shape * height)));
	return {
		width: Math.max(1, Math.floor(width * shape * scale + 1e-6)),
		height: Math.max(1, Math.floor(height * scale + 1e-6)),
	};
}

/** The filters that do what a display matrix asks, as `ffmpeg` itself reads it (fftools/ffmpeg_filter.c). */
function turnsOf(side: Buffer | null): Step[] {
	if (!side || side.length < 36) return [];
	const at = (i: number) => side.readInt32LE(4 * i);
	const angle = (Math.atan2(at(1), at(0)) * 180) / Math.PI;
	const quarter = Math.round(((angle + 360) % 360) / 90) % 4;
	if (quarter === 1) return [["transpose", `dir=${at(3) > 0 ? "cclock_flip" : "clock"}`]];
	if (quarter === 3) return [["transpose", `dir=${at(3) < 0 ? "clock_flip" : "cclock"}`]];
	const flips: Step[] = quarter === 2 && at(0) < 0 ? [["hflip"]] : [];
	return at(4) < 0 ? [...flips, ["vflip"]] : flips;
}
