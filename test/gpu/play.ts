import { Engine, type ProviderId } from "mutoscope/inference";
import { type Artifact, Frame, type Log, type PipelineContext, type Size } from "mutoscope/sdk";
import { framesWanted } from "../../pipelines/wan/chunking.ts";
import { openModels, type WanModels } from "../../pipelines/wan/models.ts";
import { paramsOf, type WanValues } from "../../pipelines/wan/params.ts";
import { WanStream } from "../../pipelines/wan/stream.ts";
import type { Variant } from "../../pipelines/wan/variants.ts";
import { Clock } from "./clock.ts";
import type { Played } from "./line.ts";
import { deviceMemory } from "./machine.ts";
import { PROMPT } from "./models.ts";

/** What is to be played. */
export interface Asked {
	readonly pipeline: string;
	readonly size: Size;
	readonly provider: ProviderId;
	readonly library?: string;
	/** Chunks that are measured, after those that fill the cache. */
	readonly chunks: number;
}

interface Stand extends Asked {
	readonly cache: string;
	readonly file: (artifact: Artifact) => string;
}

/** Chunks before the measured ones: the largest window is 12 frames, of which a chunk writes one to three. */
const FILLING = { 3: 4, 1: 7 } as Readonly<Record<number, number>>;

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

/** Plays a pipeline as a session would, text mode first, then over a video. Yields what was measured of each. */
export async function* played(variant: Variant, stand: Stand): AsyncIterable<Played> {
	const { size, provider, library } = stand;
	const { adapter: _, ...bare } = variant;
	const before = deviceMemory();
	const compute = { provider, ...(library === undefined ? {} : { library }) };
	const values = (mode: "text" | "video"): WanValues => {
		const { steps } = variant[mode];
		return paramsOf(variant).parse({ ...size, mode, denoise: { steps: [...steps] }, vace: { enabled: false } });
	};
	const context: PipelineContext<WanValues> = {
		params: values("text"),
		frame: (size, options) => new Frame(size, new Uint8Array(4 * size.width * size.height), options),
		compute,
		file: stand.file,
		picture: () => Promise.reject(new TypeError("no pictures are asked for")),
		cache: stand.cache,
		progress: () => {},
		log: silent,
	};
	const common = { kind: "pipeline", pipeline: variant.id, size: `${size.width}x${size.height}` } as const;
	const { signal } = new AbortController();
	const by = await named(compute);
	await using models = await openModels(bare, context, signal);
	const clock = timed(models);
	for (const mode of ["text", "video"] as const) {
		const params = values(mode);
		const line = { ...common, by, mode, steps: params.denoise.steps.length };
		try {
			using stream = new WanStream(bare, models, context);
			const fps = await run(stream, params, stand, clock, framesWanted(variant.chunk));
			await models.encoder.encode([PROMPT]);
			const device = deviceMemory();
			yield {
				...line,
				fps,
				stages: clock.stages(stand.chunks),
				...(device !== undefined && before !== undefined ? { device: device - before } : {}),
				host: Math.round(process.memoryUsage.rss() / 2 ** 20),
			};
		} catch (error) {
			yield { ...line, failed: error instanceof Error ? error.message.slice(0, 400) : String(error) };
		}
	}
}

/** Frames a second over the measured chunks. */
async function run(
	stream: WanStream,
	values: WanValues,
	{ size, chunks }: Asked,
	clock: Clock,
	length: number,
): Promise<number> {
	const { signal } = new AbortController();
	const video = values.mode === "video";
	const chunk = async (): Promise<number> => {
		const given = video ? Array.from({ length }, (_, i) => moving(size, i)) : [];
		const frames = await clock.measure("chunk", () => stream.next(given, values, signal));
		for (const frame of [...given, ...frames]) frame.close();
		return frames.length;
	};
	const filling = FILLING[length / 4] ?? FILLING[3] ?? 0;
	for (let i = 0; i < filling; i++) await chunk();
	clock.clear();
	let frames = 0;
	for (let i = 0; i < chunks; i++) frames += await chunk();
	return (1000 * frames) / clock.total("chunk");
}

/** Tells a clock of every stage. */
function timed({ dit, vae, encoder }: WanModels): Clock {
	const clock = new Clock();
	const forward = dit.forward.bind(dit);
	dit.forward = (inputs) => {
		const stage = inputs.pass?.kind === "clean" ? "clean" : "denoise";
		return clock.measure(stage, () => forward(inputs));
	};
	const [encode, decode, read] = [vae.encode.bind(vae), vae.decode.bind(vae), encoder.encode.bind(encoder)];
	vae.encode = (pixels, options) => clock.measure("encode", () => encode(pixels, options));
	vae.decode = (latents, signal) => clock.measure("decode", () => decode(latents, signal));
	encoder.encode = (prompts, signal) => clock.measure("text", () => read(prompts, signal));
	return clock;
}

/** A picture of stripes that move with `i`. */
function moving(size: Size, i: number): Frame {
	const data = new Uint8Array(4 * size.width * size.height);
	for (let at = 0; at < data.length; at++) data[at] = at % 4 === 3 ? 255 : (at * 3 + 40 * i) & 255;
	return new Frame(size, data);
}

async function named(compute: { readonly provider: ProviderId; readonly library?: string }): Promise<string> {
	await using engine = await Engine.open(compute);
	const { id, dtype, attention } = engine.provider;
	return `ONNX Runtime ${id}, ${dtype}, ${attention} attention`;
}
