import type { Artifact, Size } from "mutoscope/sdk";
import type { TransformerSize } from "./artifacts.ts";
import type { ChunkShape } from "./chunking.ts";
import { pocket } from "./shipped.ts";
import type { VaeType } from "./vae/open.ts";

/** What a mode begins with. */
interface ModeDefaults {
	/** Pixels. */
	readonly width: number;
	readonly height: number;
	readonly steps: readonly number[];
	/** Chunks that a change of prompt takes. */
	readonly transition: number;
}

/** One pipeline of the family: what sets it apart from the others. */
export interface Variant {
	readonly id: "longlive" | "streamdiffusionv2" | "krea-realtime-video" | "reward-forcing" | "memflow" | "pocket";
	readonly title: string;
	readonly description: string;
	readonly source: string;
	readonly size: TransformerSize;
	/** The mode that it is at its best in comes first. */
	readonly modes: readonly ["text", "video"] | readonly ["video", "text"];
	readonly text: ModeDefaults;
	readonly video: ModeDefaults;
	readonly chunk: ChunkShape;
	/** Shift of the noise schedule. */
	readonly shift: number;
	/** Whether the last frames are written anew into the cache when the prompt changes. */
	readonly recaches: boolean;
	/** Whether a chunk's clean frames are written into the cache after its last step. */
	readonly cleans: boolean;
	/** Whether the cache is written anew from a few frames before each chunk, and the past counts less by `bias`. */
	readonly rebuilds: boolean;
	/** How much the past counts; the others have no such knob. */
	readonly bias?: number;
	/** What is to be seen at first. */
	readonly prompt: string;
	/** The words that it knows, where it knows so few that they can be offered. */
	readonly words?: Artifact;
	/** Frames a second at which its world moves. */
	readonly pace: number;
	/** Sizes of which one is chosen that this machine holds at its pace, the best first. */
	readonly sizes?: readonly Size[];
	/** Pixels that both sides of a picture are multiples of: those that a token stands for. */
	readonly sides: number;
	/** Autoencoders that it may have, its first choice first. */
	readonly vaes: readonly [VaeType, ...VaeType[]];
	/** Adapters that came with it: they stand on the panel, at 0, ready to be turned up. */
	readonly styles: readonly string[];
	/** Least and most that an adapter may count. */
	readonly scales: readonly [least: number, most: number];
	/** Whether adapters are merged, or laid over it, unless the hand says. */
	readonly merge: "permanent_merge" | "runtime_peft";
	/** Whether it begins anew when steps or adapters are turned, unless the hand says. */
	readonly manages: boolean;
	/** Whether its VACE is run as Daydream Scope's: timesteps in single precision, and keys of nothing up to whole blocks. */
	readonly guidedAsScope: boolean;
	/** How prompts travel. */
	readonly curve: "linear" | "slerp";
	/** Whether encoded latents are left as the encoder gives them. */
	readonly rawLatents: boolean;
	/** Whether the first chunk over a video counts one latent frame less than it has. */
	readonly overlaps: boolean;
	/** The transformer's weights, and the entry that they lie under in a `.pt` file. */
	readonly weights: Artifact;
	/** The adapter that it was trained with, to be merged. */
	readonly adapter?: Artifact;
}

const FOUR = [1000, 750, 500, 250];
const TWO = [1000, 750];
const TEXT: ModeDefaults = { width: 576, height: 320, steps: FOUR, transition: 0 };
const VIDEO: ModeDefaults = { width: 512, height: 512, steps: TWO, transition: 0 };
const SMALL: ModeDefaults = { width: 256, height: 256, steps: [1000, 500], transition: 0 };

const COMMON = {
	size: "1.3B",
	modes: ["text", "video"],
	text: TEXT,
	video: VIDEO,
	chunk: { latents: 3, firstLatents: 3 },
	shift: 5,
	recaches: false,
	cleans: true,
	rebuilds: false,
	prompt: "A quiet lake between mountains at sunrise, mist over the water, cinematic",
	pace: 16,
	sides: 16,
	vaes: ["wan", "lightvae", "tae", "lighttae"],
	styles: [],
	scales: [-10, 10],
	merge: "permanent_merge",
	manages: true,
	guidedAsScope: true,
	curve: "slerp",
	rawLatents: false,
	overlaps: false,
} as const;

/**
 * The family. Measures and defaults as Daydream Scope has them, differences to the authors' own code included; those of Pocket,
 * which is our own, as it was trained.
 */
export const VARIANTS: readonly Variant[] = [
	{
		...COMMON,
		id: "longlive",
		title: "LongLive",
		description: "Endless video from prompts that may change at any moment. The best all-rounder of the small models.",
		source: "Yang et al. 2025, LongLive, arXiv 2509.22622; on Wan 2.1, arXiv 2503.20314",
		recaches: true,
		weights: { repo: "daydreamlive/LongLive-1.3B", file: "models/longlive_base.pt" },
		adapter: { repo: "daydreamlive/LongLive-1.3B", file: "models/lora.pt" },
	},
	{
		...COMMON,
		id: "streamdiffusionv2",
		title: "StreamDiffusion V2",
		description: "Video to video, four frames at a time: the shortest delay from camera to picture.",
		source: "Feng et al. 2025, StreamDiffusionV2, arXiv 2511.07399; on Wan 2.1, arXiv 2503.20314",
		modes: ["video", "text"],
		text: { ...TEXT, width: 512, height: 512, steps: TWO },
		video: { ...VIDEO, steps: [750, 250] },
		chunk: { latents: 1, firstLatents: 2 },
		shift: 8,
		rawLatents: true,
		weights: { repo: "daydreamlive/StreamDiffusionV2", file: "wan_causal_dmd_v2v/model.pt" },
	},
	{
		...COMMON,
		id: "krea-realtime-video",
		title: "Krea Realtime",
		description: "The 14-billion-parameter model in real time: the richest pictures, for the largest graphics cards.",
		source: "Krea 2025, krea-realtime-video-14b; on Self-Forcing, arXiv 2506.08009, and Wan 2.1, arXiv 2503.20314",
		size: "14B",
		text: { ...TEXT, transition: 4 },
		video: { ...VIDEO, width: 256, height: 256 },
		cleans: false,
		rebuilds: true,
		bias: 0.3,
		curve: "linear",
		weights: { repo: "daydreamlive/krea-realtime-video", file: "krea-realtime-video-14b.safetensors" },
	},
	{
		...COMMON,
		id: "reward-forcing",
		title: "Reward Forcing",
		description: "Lively motion: trained to be rewarded for it, with a memory of the beginning that slowly moves on.",
		source: "Lu et al. 2025, Reward Forcing, arXiv 2512.04678; on Wan 2.1, arXiv 2503.20314",
		overlaps: true,
		weights: { repo: "daydreamlive/Reward-Forcing-T2V-1.3B", file: "rewardforcing.pt" },
	},
	{
		...COMMON,
		id: "memflow",
		title: "MemFlow",
		description: "Long stories: keeps the moments that matter for the present prompt in a bank of memories.",
		source: "Ji et al. 2025, MemFlow, arXiv 2512.14699; on Wan 2.1, arXiv 2503.20314",
		recaches: true,
		weights: { repo: "daydreamlive/MemFlow", file: "base.pt" },
		adapter: { repo: "daydreamlive/MemFlow", file: "lora.pt" },
	},
	{
		...COMMON,
		id: "pocket",
		title: "Pocket",
		description: "Moving patterns from words, on any processor: small enough to lie in the box, and there at once.",
		source:
			"trained here on pictures made by formulas; on Wan 2.1, arXiv 2503.20314, and Self-Forcing, arXiv 2506.08009",
		size: "7M",
		text: SMALL,
		video: SMALL,
		chunk: { latents: 1, firstLatents: 1, whole: true },
		shift: 1,
		prompt: "slow neon cyan tunnel zooming in on purple",
		words: pocket("words.json"),
		pace: 24,
		sizes: [256, 224, 192, 160, 128].map((side) => ({ width: side, height: side })),
		sides: 32,
		vaes: ["tae"],
		styles: ["sunset", "lamps", "reeds"].map((name) => `pocket/${name}`),
		scales: [-1, 2],
		merge: "runtime_peft",
		manages: false,
		guidedAsScope: false,
		weights: pocket("transformer.safetensors"),
	},
];
