import { Frame, type Log, type Pipeline } from "mutoscope/sdk";
import { wan } from "../../../pipelines/wan/index.ts";
import { defaultsOf, jsonSchemaOf, paramsOf, type Values, withValue } from "../../../src/params/schema.ts";
import type { TinyModels } from "./tiny-models.ts";

const SIZE = { width: 64, height: 32 };
const { signal } = new AbortController();

/** A pipeline that plays with tiny models. */
export interface Playing extends AsyncDisposable {
	readonly pipeline: Pipeline;
	readonly values: Values;
	/** Why streams began anew, the first aside. */
	readonly cuts: string[];
	/** What was warned of. */
	readonly warned: string[];
	/** How many frames a chunk made. `turned` is what the hand has set, `moved` what plugins made of it. */
	chunk(turned?: Turned, moved?: Turned, given?: readonly Frame[]): Promise<number>;
	/** The pixels of all frames of a chunk, one behind the other. */
	pixels(turned?: Turned, given?: readonly Frame[]): Promise<Buffer>;
}

/** Values by path: `denoise/steps`. */
export type Turned = Readonly<Record<string, unknown>>;

/** Opens a pipeline of the family. `first`: what differs from its defaults. */
export async function playOf(
	id: string,
	{ file, cache }: { readonly file: TinyModels["file"]; readonly cache: string },
	first: Turned = {},
): Promise<Playing> {
	const definition = wan.find((each) => each.id === id);
	if (!definition) throw new Error(`there is no ${id}`);
	const params = paramsOf(jsonSchemaOf(definition.params));
	const turn = (values: Values, turned: Turned) =>
		Object.entries(turned).reduce<Values>(
			(all, [path, value]) => withValue(all, path.split("/"), value as never),
			values,
		);
	const small = turn(defaultsOf(params), { ...SIZE, "denoise/steps": [1000, 500], "cache/endless": true });
	const values = turn(small, first);
	const cuts: string[] = [];
	const warned: string[] = [];
	const note = (_message: string, fields: object = {}) => {
		if ("reason" in fields) cuts.push(String(fields.reason));
	};
	const log: Log = {
		debug: note,
		info: () => {},
		warn: (message) => void warned.push(message),
		error: () => {},
		with: () => log,
	};
	const pipeline = await definition.open(
		{
			params: values,
			compute: {},
			frame: (size: typeof SIZE) => new Frame(size, new Uint8Array(4 * size.width * size.height)),
			file,
			picture: async () => plain(100),
			cache,
			progress: () => {},
			log,
		} as never,
		signal,
	);
	const made = async (turned: Turned, moved: Turned, given: readonly Frame[]): Promise<readonly Frame[]> => {
		const hand = turn(values, turned);
		const about = { chunk: 0, time: 0, elapsed: 0, hand };
		const { frames } = await pipeline.generate({ frames: given }, turn(hand, moved), about, signal);
		if (cuts[0] === "it was asked for") cuts.shift();
		return frames;
	};
	return {
		pipeline,
		values,
		cuts,
		warned,
		async chunk(turned = {}, moved = {}, given = []) {
			const frames = await made(turned, moved, given);
			for (const frame of frames) frame.close();
			return frames.length;
		},
		async pixels(turned = {}, given = []) {
			const frames = await made(turned, {}, given);
			const pixels = Buffer.concat(frames.map(({ data }) => data));
			for (const frame of frames) frame.close();
			return pixels;
		},
		[Symbol.asyncDispose]: () => pipeline[Symbol.asyncDispose](),
	};
}

/** A frame of one grey. */
export function plain(level: number, { width, height } = SIZE, alpha = 255): Frame {
	const data = new Uint8Array(4 * width * height).fill(level);
	for (let i = 3; i < data.length; i += 4) data[i] = alpha;
	return new Frame({ width, height }, data, { alpha: alpha < 255 });
}
