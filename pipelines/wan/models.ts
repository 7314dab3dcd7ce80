import { Engine, Weights } from "mutoscope/inference";
import type { Artifact, PipelineContext } from "mutoscope/sdk";
import { filesOf } from "./artifacts.ts";
import { readConfig } from "./dit/config-file.ts";
import { Dit } from "./dit/dit.ts";
import { keptWithFewBits } from "./dit/few-bits.ts";
import { readAdapter } from "./lora/adapter.ts";
import { merged } from "./lora/merge.ts";
import { wantedLoras } from "./lora/slots.ts";
import { type LoraParts, mergeLoras } from "./loras.ts";
import { makingOf } from "./making.ts";
import type { WanValues } from "./params.ts";
import { PromptEncoder } from "./text/prompt-encoder.ts";
import type { VaceLayers } from "./vace/branch.ts";
import { openVae } from "./vae/open.ts";
import type { Vae } from "./vae/vae.ts";
import type { Variant } from "./variants.ts";

/** Everything that a pipeline of the family runs on. */
export interface WanModels extends AsyncDisposable {
	readonly dit: Dit;
	readonly vae: Vae;
	readonly encoder: PromptEncoder;
	/** Width of a text embedding. */
	readonly textDim: number;
	/** The transformer's weights, for adapters that are laid over it. */
	readonly base: Weights;
	/** Whether pictures and video can guide. */
	readonly guided: boolean;
}

/** Loads a pipeline's models, and says how far it has got, in Scope's words. */
export async function openModels(
	variant: Variant,
	context: PipelineContext<WanValues>,
	signal: AbortSignal,
): Promise<WanModels> {
	const { params, compute, file, progress, cache, log } = context;
	const files = filesOf(variant);
	const size = { width: params.width, height: params.height };
	await using stack = new AsyncDisposableStack();
	const own = <T extends AsyncDisposable>(thing: T): T => stack.use(thing);
	progress({ stage: "Initializing pipeline…", fraction: 0 });
	const engine = own(await Engine.open(compute));
	signal.throwIfAborted();

	progress({ stage: "Loading diffusion model…", fraction: 0.05 });
	const config = await readConfig(file(files.config));
	const checkpoint = await Weights.open(file(variant.weights), {
		entry: "generator",
		strip: ["model.", "_fsdp_wrapped_module."],
	});
	const folder = `${cache}/merged`;
	const merging = (from: number) => ({
		engine,
		folder,
		progress: (share: number) => progress({ stage: "Merging LoRA adapters…", fraction: from + 0.2 * share }),
	});
	const trained = variant.adapter
		? await merged(
				checkpoint,
				[{ adapter: await readAdapter(file(variant.adapter), checkpoint), scale: 1 }],
				merging(0.1),
				signal,
			)
		: checkpoint;
	const loras: LoraParts = { file, shipped: files.loras, base: trained, log };
	const isLive = params.merge === "runtime_peft";
	const whole = isLive ? trained : await mergeLoras(params.lora, loras, merging(0.3), signal);
	const rounded = params.quantization === "int8" && engine.provider.id === "cpu";
	const weights = rounded ? await keptWithFewBits(whole, `${cache}/int8`, { form: "columns" }) : whole;
	const vace = params.vace.enabled ? await Weights.open(file(files.vace)) : undefined;
	const dit = own(
		new Dit(engine, {
			config,
			weights,
			size: { rows: params.height / 8, columns: params.width / 8 },
			policy: makingOf(variant, config.window).policy,
			lora: isLive,
			...(vace && { vace: { weights: vace, layers: layersOf(vace, config.layers) } }),
			...(!variant.guidedAsScope && { precision: "double" as const, padded: false }),
			shortens: config.textLength >= LONG_TEXT,
			model: { prepack: engine.provider.id !== "cpu" || config.dim <= PREPACKED },
		}),
	);
	await dit.warm(wantedLoras(params.lora).length > 0);
	signal.throwIfAborted();

	progress({ stage: "Loading text encoder…", fraction: 0.6 });
	const encoder = own(
		await PromptEncoder.open(engine, {
			tokenizer: file(files.tokenizer),
			weights: file(files.text),
			length: config.textLength,
		}),
	);
	await encoder.load();
	signal.throwIfAborted();

	progress({ stage: "Loading VAE…", fraction: 0.8 });
	const type = params.vae?.type ?? variant.vaes[0];
	const vae = own(
		await openVae(engine, {
			type,
			weights: file(files.vaes[type] as Artifact),
			size,
			normalise: !variant.rawLatents,
			separateStreams: params.vace.sharedStream === false,
		}),
	);
	await vae.load({ encoder: params.mode === "video" || params.vace.enabled });
	signal.throwIfAborted();
	progress({ stage: "Warming up model…", fraction: 0.9 });
	const owned = stack.move();
	return {
		dit,
		vae,
		encoder,
		textDim: config.textDim,
		base: trained,
		guided: vace !== undefined,
		[Symbol.asyncDispose]: () => owned.disposeAsync(),
	};
}

/** Tokens of a text from which on its padding is worth being taken together. */
const LONG_TEXT = 128;

/** Widest transformer whose weights are laid out anew for the CPU: beyond it the copy takes gigabytes. */
const PREPACKED = 768;

/** The blocks that VACE's hints follow: spread evenly over the transformer's. */
export function layersOf(vace: Weights, layers: number): VaceLayers {
	const blocks = new Set(vace.names.flatMap((name) => /^vace_blocks\.(\d+)\./.exec(name)?.[1] ?? []));
	const every = Math.max(1, Math.round(layers / Math.max(1, blocks.size)));
	return Array.from({ length: blocks.size }, (_, i) => i * every);
}
