import { type Picture, type Small, small } from "./measures/picture.ts";
import type { Prompt } from "./prompts.ts";

/** A prompt, and for how many chunks. */
export interface Part {
	readonly prompt: Prompt;
	readonly chunks: number;
}

/** Who shows what prompts ask for: the model, or the world that it was trained on, as the measure of the measures. */
export interface Player extends AsyncDisposable {
	/** For the conditions of figures. */
	readonly name: string;
	/** A stream from its beginning, prompt after prompt, a chunk at a time; a stream's first chunk is one picture. */
	play(parts: readonly Part[], seed: number): AsyncIterable<readonly Picture[]>;
}

/** All pictures of a short stream, small. */
export async function film(player: Player, parts: readonly Part[], seed: number): Promise<Small[]> {
	const pictures: Small[] = [];
	for await (const chunk of player.play(parts, seed)) pictures.push(...chunk.map(small));
	return pictures;
}
