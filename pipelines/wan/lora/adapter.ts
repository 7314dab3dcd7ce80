import { type WeightRef, Weights } from "mutoscope/inference";
import { MutoscopeError } from "mutoscope/sdk";
import { type LoraPart, readKey } from "./keys.ts";

/** The two factors laid over one linear layer: `W' = W + scale · factor · up · down`. */
interface LoraLayer {
	/** The layer as the checkpoint calls it, without `.weight`. */
	readonly module: string;
	/** [rank, inputs]. */
	readonly down: WeightRef;
	/** [outputs, rank]. */
	readonly up: WeightRef;
	readonly rank: number;
	/** α / rank. */
	readonly factor: number;
}

/** A whole difference to one tensor: `T' = T + scale · difference`. */
interface LoraDifference {
	/** The tensor as the checkpoint calls it: `blocks.0.ffn.2.bias`. */
	readonly tensor: string;
	readonly difference: WeightRef;
}

/** An adapter, read for one checkpoint: nothing but places of tensors. */
export interface Adapter {
	/** The file it came from. */
	readonly file: string;
	readonly layers: readonly LoraLayer[];
	/** Only merging can apply these. */
	readonly differences: readonly LoraDifference[];
	/** Keys that say nothing to this checkpoint. Worth a warning: Scope is silent. */
	readonly unmatched: readonly string[];
}

/** How an adapter is read. */
export interface AdapterOptions {
	/** α of layers for which the file has none; the rank if it is not given. */
	readonly alpha?: number;
	/** Passes over α where Scope does: in files whose keys are `diffusion_model.….lora_A`. */
	readonly compatIgnoreAlpha?: boolean;
}

/**
 * Reads an adapter of any of the formats that `readKey` knows.
 *
 * @param base the checkpoint that it is for: tells which modules there are, and their shapes.
 * @throws MutoscopeError `lora/file` if no key fits the checkpoint, if shapes do not, or if the adapter is one that also
 *   scales directions (DoRA); `weight/file` if the file cannot be read.
 */
export async function readAdapter(file: string, base: Weights, options: AdapterOptions = {}): Promise<Adapter> {
	const weights = await Weights.open(file, { entry: "generator_lora" });
	const parts = new Map<string, Partial<Record<LoraPart, WeightRef>>>();
	const unmatched: string[] = [];
	let ignoreAlpha = false;
	for (const name of weights.names) {
		const key = readKey(name);
		if (key?.part === "dora") throw refused(file, `${name} makes it a DoRA, which is not supported`);
		if (!key || !fits(base, key.module, key.part)) {
			unmatched.push(name);
			continue;
		}
		ignoreAlpha ||= options.compatIgnoreAlpha === true && /^diffusion_model\..*\.lora_A\b/.test(name);
		const known = parts.get(key.module) ?? {};
		if (known[key.part]) throw refused(file, `${name} is the second of its kind for ${key.module}`);
		parts.set(key.module, { ...known, [key.part]: weights.get(name) });
	}
	if (parts.size === 0) throw refused(file, "none of its keys fits the model");
	const layers: LoraLayer[] = [];
	const differences: LoraDifference[] = [];
	for (const [module, { down, up, alpha, diff, bias }] of parts) {
		if (down || up) {
			if (!down || !up) throw refused(file, `${module} has only one of its two factors`);
			const stored = alpha && !ignoreAlpha ? (await weights.read(alpha.name))[0] : undefined;
			layers.push(
				layerOf(file, base, module, { down, up, alpha: stored ?? (ignoreAlpha ? undefined : options.alpha) }),
			);
		}
		for (const [ending, difference] of [
			["weight", diff],
			["bias", bias],
		] as const) {
			if (difference)
				differences.push({ tensor: `${module}.${ending}`, difference: sized(file, base, module, ending, difference) });
		}
	}
	if (layers.length + differences.length === 0) throw refused(file, "none of its keys fits the model");
	return { file, layers, differences, unmatched };
}

/** Whether the checkpoint has what a part is for. */
function fits(base: Weights, module: string, part: LoraPart): boolean {
	if (part === "bias") return base.has(`${module}.bias`);
	if (!base.has(`${module}.weight`)) return false;
	return part === "diff" || base.get(`${module}.weight`).shape.length > 1;
}

function layerOf(
	file: string,
	base: Weights,
	module: string,
	{ down, up, alpha }: { down: WeightRef; up: WeightRef; alpha: number | undefined },
): LoraLayer {
	const { shape } = base.get(`${module}.weight`);
	const outputs = shape[0] as number;
	const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
	const rank = down.shape[0] ?? 0;
	const flat = (ref: WeightRef, rows: number, columns: number): WeightRef => {
		const size = ref.shape.reduce((product, length) => product * length, 1);
		if (ref.shape[0] !== rows || size !== rows * columns || rank === 0) {
			throw refused(file, `${ref.name} is [${ref.shape.join(", ")}], not [${rows}, ${columns}]`);
		}
		return { ...ref, shape: [rows, columns] };
	};
	return {
		module,
		down: flat(down, rank, inputs),
		up: flat(up, outputs, rank),
		rank,
		factor: alpha === undefined ? 1 : alpha / rank,
	};
}

function sized(file: string, base: Weights, module: string, ending: "weight" | "bias", ref: WeightRef): WeightRef {
	const { shape } = base.get(`${module}.${ending}`);
	if (shape.join() === ref.shape.join()) return ref;
	throw refused(file, `${ref.name} is [${ref.shape.join(", ")}], not [${shape.join(", ")}]`);
}

function refused(file: string, reason: string): MutoscopeError {
	return new MutoscopeError("lora/file", { file, reason });
}
