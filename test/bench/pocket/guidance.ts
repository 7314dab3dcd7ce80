import type { Emit } from "../emit.ts";
import { CONTROLS } from "./controls.ts";
import { drawn } from "./drawn.ts";
import { correlation, layoutOf } from "./measures/look.ts";
import { type Picture, small } from "./measures/picture.ts";
import { PocketModel, SIZE } from "./model.ts";
import { seedOf } from "./places.ts";
import type { Prompt, Prompts } from "./prompts.ts";

const SCALES = [0, 0.5, 1, 1.5, 2];
const CHUNKS = 6;
/** Chunks at the end of a stream that are looked at. */
const SEEN = 3;
const CHUNK = 4;

/** VACE: whether the picture comes nearer to a control video the more this counts, and not at all where it counts nothing. */
export async function guidance(emit: Emit, { varied, colours }: Prompts): Promise<void> {
	const controls = Object.entries(CONTROLS);
	await using model = await PocketModel.open({ vace: { enabled: true, input: true } });
	const means: number[] = [];
	let unguided: readonly Picture[] = [];
	for (const scale of SCALES) {
		let sum = 0;
		for (const [i, [, control]] of controls.entries()) {
			const prompt = varied[i % varied.length] as Prompt;
			const input = (frame: number) => drawn(SIZE, control(frame));
			const turned = { vace: { enabled: true, input: true, scale } };
			const pictures = await all(model, prompt, i, turned, input);
			if (scale === 0 && i === 0) unguided = pictures;
			const layouts = pictures.slice(-SEEN * CHUNK).map((picture, k) => {
				const frame = CHUNK * CHUNKS - SEEN * CHUNK + k;
				const made = layoutOf(small(picture), colours[prompt.figure] ?? [], colours[prompt.ground] ?? []);
				return correlation(made, layoutOf(small(input(frame)), [1, 1, 1], [0, 0, 0]));
			});
			sum += layouts.reduce((total, each) => total + each, 0) / layouts.length / controls.length;
		}
		means.push(sum);
		const conditions = `mean of ${controls.length} controls, ${CHUNKS} chunks, ${model.name}`;
		emit({
			name: `correlation with the control, VACE scale ${scale}`,
			value: sum,
			unit: "",
			better: "more",
			conditions,
		});
	}
	const rises = means.slice(1).map((mean, i) => mean - (means[i] as number));
	const conditions = `scales ${SCALES.join(", ")}, ${model.name}`;
	emit({
		name: "least rise of the correlation with VACE's scale",
		value: Math.min(...rises),
		unit: "",
		limit: 0,
		better: "more",
		conditions,
	});

	await using plain = await PocketModel.open({ vace: { enabled: false } });
	const without = await all(plain, varied[0] as Prompt, 0);
	const value = differing(unguided, without);
	emit({ name: "VACE scale 0 against no VACE", value, unit: "bytes", limit: 0, conditions: `${CHUNKS} chunks` });
}

async function all(
	model: PocketModel,
	prompt: Prompt,
	stream: number,
	...how: [turned?: Readonly<Record<string, unknown>>, input?: (frame: number) => Picture]
): Promise<Picture[]> {
	const pictures: Picture[] = [];
	for await (const chunk of model.play([{ prompt, chunks: CHUNKS }], seedOf(stream), ...how)) pictures.push(...chunk);
	return pictures;
}

/** How many bytes of pictures differ; all of those that one side has more of. */
export function differing(one: readonly Picture[], other: readonly Picture[]): number {
	const [a, b] = [one, other].map((pictures) => Buffer.concat(pictures.map(({ data }) => data))) as [Buffer, Buffer];
	let count = Math.abs(a.length - b.length);
	for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) count++;
	return count;
}
