import type { Emit } from "../emit.ts";
import { CONTROLS } from "./controls.ts";
import { drawn } from "./drawn.ts";
import { best, type Judge } from "./judge.ts";
import { along, axisOf } from "./measures/axis.ts";
import { isFigure, rolesOf } from "./measures/colours.ts";
import { correlation } from "./measures/look.ts";
import { type Small, small } from "./measures/picture.ts";
import { PocketModel, SIZE } from "./model.ts";
import { seedOf } from "./places.ts";
import type { Prompts } from "./prompts.ts";

const CHUNKS = 6;
const CHUNK = 4;
/** What comes in is drawn in colours that are nobody's. */
const WARM = [0.85, 0.7, 0.6];
const COLD = [0.2, 0.25, 0.4];

/** Video mode: little noise keeps what came in, much gives what the prompt says. */
export async function footage(emit: Emit, judge: Judge, { varied, colours }: Prompts): Promise<void> {
	await using model = await PocketModel.open({ mode: "video" });
	const controls = Object.values(CONTROLS);
	for (const scale of [0.3, 0.9]) {
		let alike = 0;
		const right = { pattern: 0, figure: 0 };
		for (const [i, prompt] of varied.entries()) {
			const control = controls[i % controls.length] as (typeof controls)[number];
			const input = (frame: number) => drawn(SIZE, control(frame), WARM, COLD);
			const turned = { mode: "video", noise: { scale, controller: false } };
			let last: Small | undefined;
			for await (const pictures of model.play([{ prompt, chunks: CHUNKS }], seedOf(i), turned, input)) {
				const picture = pictures.at(-1);
				if (picture) last = small(picture);
			}
			if (!last) continue;
			const came = small(input(CHUNK * CHUNKS - 1));
			// Colours may have changed, light for dark among them.
			alike += Math.abs(correlation(grey(last), grey(came))) / varied.length;
			if (best(await judge.look([last])) === prompt.pattern) right.pattern++;
			if (isFigure(rolesOf(last, prompt, colours), prompt, colours)) right.figure++;
		}
		const conditions = `${varied.length} prompts over layouts that are not of the world, ${CHUNKS} chunks, ${model.name}`;
		const name = `video at noise ${scale}`;
		const [keeps, follows] = scale < 0.5 ? [{ limit: 0.6 }, {}] : [{}, { limit: 80 }];
		const more = { better: "more", conditions } as const;
		emit({ name: `${name}: correlation with the input`, value: alike, unit: "", ...keeps, ...more });
		for (const part of ["pattern", "figure"] as const) {
			const value = (100 * right[part]) / varied.length;
			emit({ name: `${name}: ${part} as in the prompt`, value, unit: "%", ...follows, ...more });
		}
	}
}

function grey(picture: Small): Float32Array {
	return along(axisOf([picture]), picture);
}
