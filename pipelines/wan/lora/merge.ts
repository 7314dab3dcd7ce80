import { createHash } from "node:crypto";
import { access, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Engine, Graph, type Value, type WeightRef, Weights, writeSafetensors } from "mutoscope/inference";
import type { Adapter } from "./adapter.ts";
import { ensureRoom, placeOf } from "./shelf.ts";

/** An adapter and how strong it is. */
export interface ScaledAdapter {
	readonly adapter: Adapter;
	/** −10…10; 1 is as it was trained. */
	readonly scale: number;
}

/** How a merge is made. */
export interface MergeOptions {
	/** What computes it. */
	readonly engine: Engine;
	/** Where merged tensors are kept, to be found again: a folder of its own, made if it is not there. The oldest are let go. */
	readonly folder: string;
	/** Told the share that is done, 0…1. */
	readonly progress?: (share: number) => void;
}

/** Before the names of outputs, which may not be those of weights. */
const OUTPUT = "merged/";

/** What is added to one tensor. */
type Addend =
	| { readonly scale: number; readonly down: WeightRef; readonly up: WeightRef }
	| { readonly scale: number; readonly difference: WeightRef };

/**
 * A checkpoint with adapters added to it: `W' = W + Σ scale · factor · up · down`, in fp32, rounded to the type that W has
 * (bf16 for fp8). The original is not touched: the tensors that change are written to files of their own, one for each
 * block, and the others stay where they are. What was merged before with the same files and scales is found again.
 *
 * @returns the checkpoint as before, with its changed tensors in the new files.
 */
export async function merged(
	base: Weights,
	adapters: readonly ScaledAdapter[],
	{ engine, folder, progress }: MergeOptions,
	signal?: AbortSignal,
): Promise<Weights> {
	const addends = addendsOf(adapters);
	if (addends.size === 0) return base;
	const groups = grouped(addends.keys());
	const home = await placeOf(folder, await keyOf(base, adapters));
	const changed = new Map<string, WeightRef>();
	let done = 0;
	for (const [group, names] of groups) {
		signal?.throwIfAborted();
		const file = join(home, `${group}.safetensors`);
		if (!(await exists(file))) await writeGroup(file, { base, names, addends, engine });
		const written = await Weights.open(file);
		for (const name of names) changed.set(name, written.get(name, base.get(name).shape));
		progress?.(++done / groups.size);
	}
	return Weights.of(base.names.map((name) => changed.get(name) ?? base.get(name)));
}

function addendsOf(adapters: readonly ScaledAdapter[]): ReadonlyMap<string, readonly Addend[]> {
	const addends = new Map<string, Addend[]>();
	const add = (tensor: string, addend: Addend) => {
		const known = addends.get(tensor);
		if (known) known.push(addend);
		else addends.set(tensor, [addend]);
	};
	for (const { adapter, scale } of adapters) {
		if (scale === 0) continue;
		for (const { module, down, up, factor } of adapter.layers) {
			add(`${module}.weight`, { scale: scale * factor, down, up });
		}
		for (const { tensor, difference } of adapter.differences) add(tensor, { scale, difference });
	}
	return addends;
}

/** Tensors of a block are merged together: few enough for memory, and few enough files. */
function grouped(tensors: Iterable<string>): ReadonlyMap<string, readonly string[]> {
	const groups = new Map<string, string[]>();
	for (const tensor of tensors) {
		const group = /^blocks\.\d+/.exec(tensor)?.[0] ?? "others";
		groups.set(group, [...(groups.get(group) ?? []), tensor]);
	}
	return groups;
}

interface Group {
	readonly base: Weights;
	/** Of its tensors. */
	readonly names: readonly string[];
	readonly addends: ReadonlyMap<string, readonly Addend[]>;
	readonly engine: Engine;
}

async function writeGroup(file: string, { base, names, addends, engine }: Group): Promise<void> {
	const bytes = names.reduce((sum, name) => sum + base.get(name).length, 0);
	await ensureRoom(dirname(file), file, bytes);
	const g = new Graph("lora-merge");
	for (const name of names) {
		const ref = base.get(name);
		const dtype = ref.dtype === "float8e4m3fn" ? "bfloat16" : ref.dtype;
		const sum = (addends.get(name) ?? []).map((addend) => drawn(g, addend, ref.shape)).reduce((a, b) => g.add(a, b));
		const whole = g.add(g.weight(ref, { as: "float32" }), sum);
		g.output(`${OUTPUT}${name}`, dtype === "float32" ? whole : g.cast(whole, dtype));
	}
	// Nothing comes in, so all of it could be computed while it is loaded, and kept twice.
	await using model = await engine.model(g, { optimise: "none", prepack: false });
	const results = await model.run({});
	try {
		const tensors = Object.entries(results).map(([output, { dtype, dims, data }]) => {
			return [output.slice(OUTPUT.length), { dtype, shape: dims, data }] as const;
		});
		await writeSafetensors(file, Object.fromEntries(tensors));
	} finally {
		for (const tensor of Object.values(results)) tensor.dispose();
	}
}

function drawn(g: Graph, addend: Addend, shape: readonly number[]): Value {
	const wide = (ref: WeightRef) => g.weight(ref, { as: "float32" });
	const plain =
		"difference" in addend ? wide(addend.difference) : g.reshape(g.matmul(wide(addend.up), wide(addend.down)), shape);
	return g.mul(plain, g.scalar(addend.scale));
}

/** What a merge depends on: the files as they are now, what of them, and how strong. */
async function keyOf(base: Weights, adapters: readonly ScaledAdapter[]): Promise<string> {
	const files = [...new Set(base.names.map((name) => base.get(name).file))];
	const parts = adapters.map(({ adapter, scale }) => ({
		scale,
		file: adapter.file,
		layers: adapter.layers.map(({ module, factor }) => [module, factor]),
	}));
	const state = await Promise.all(
		[...files, ...adapters.map(({ adapter }) => adapter.file)].map(async (file) => {
			const { size, mtimeMs } = await stat(file);
			return [file, size, mtimeMs];
		}),
	);
	const text = JSON.stringify([1, state, parts, base.names.map((name) => base.get(name).dtype)]);
	return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

async function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}
