import * as z from "zod";
import type { Variant } from "./variants.ts";
import { wordsIn } from "./words.ts";

/** Adapters that can be laid over the model at a time. */
const LORA_SLOTS = 8;
/** Prompts that can be blended. */
const PROMPT_SLOTS = 8;

const fraction = z.number().min(0).max(1);
/** What has an effect only over a video that comes in. */
const inVideo = { "/mode": ["video"] };

/** A knob of those pipelines in which it has an effect. */
function where<K extends string, S extends z.ZodType>(has: boolean, knob: Readonly<Record<K, S>>) {
	return (has ? knob : {}) as Readonly<Record<K, z.ZodOptional<S>>>;
}

/**
 * The parameters of a pipeline of the family: names, ranges and defaults as Daydream Scope has them. Those that would have no
 * effect in one of them are not there.
 */
export function paramsOf(variant: Variant) {
	const [mode] = variant.modes;
	const { width, height, steps, transition } = variant[mode];
	return z.object({
		prompt: prompts(variant),
		interpolation: z.enum(["linear", "slerp"]).default("linear").meta({
			label: "Blend",
			description: "How several prompts are blended: as a sum, or along the sphere, one after another.",
			address: "prompt/interpolation",
			group: "Prompt",
		}),
		transition: z
			.object({
				steps: z.int().min(0).max(100).default(transition).meta({
					label: "Transition",
					description: "Chunks that it takes to travel to a new prompt; 0 and 1 change at once.",
					group: "Prompt",
				}),
				curve: z.enum(["linear", "slerp"]).default(variant.curve).meta({
					label: "Way",
					description: "How it travels: straight, or along the sphere.",
					group: "Prompt",
				}),
			})
			.prefault({})
			.meta({ address: "prompt/transition" }),
		mode: z.enum(variant.modes).default(mode).meta({
			label: "Mode",
			description: "Video out of nothing, or out of the video that comes in.",
		}),
		noise: z
			.object({
				scale: fraction.default(0.7).meta({
					label: "Noise",
					group: "Noise",
					description: "Over a video: how much of it is drowned in noise, and dreamt anew.",
					modulate: true,
					step: 0.01,
				}),
				controller: z.boolean().default(true).meta({
					label: "Follow motion",
					group: "Noise",
					description: "Over a video: less noise while it moves, more while it rests.",
				}),
			})
			.prefault({})
			.meta({ when: inVideo }),
		denoise: z
			.object({
				steps: z
					.array(z.int().min(0).max(1000))
					.min(1)
					.max(10)
					.default([...steps])
					.meta({
						label: "Steps",
						group: "Noise",
						description: "Timesteps from noise to picture. More look better and take longer.",
						modulate: true,
					}),
				...where(variant.shift !== 1, { warp }),
			})
			.prefault({}),
		pace: z.number().min(1).max(60).default(variant.pace).meta({
			label: "Pace",
			description: "Frames a second without video. It begins at the rate at which the model's world moves.",
			unit: "fps",
			step: 1,
		}),
		seed: z.int().min(0).max(2_147_483_647).default(42).meta({
			label: "Seed",
			description: "The same seed and the same values give the same pictures.",
		}),
		lora: loras(variant),
		merge: z.enum(["permanent_merge", "runtime_peft"]).default(variant.merge).meta({
			label: "LoRA mode",
			group: "LoRA",
			description: "Merged: full speed, scales stay as they were at opening. Runtime: scales are live, at some cost.",
			address: "lora/merge",
			apply: "reload",
		}),
		vace: vace(variant),
		cache: cache(variant),
		width: side("Width", width, variant),
		height: side("Height", height, variant),
		...where(variant.vaes.length > 1, { vae: vae(variant) }),
		quantization: z.enum(["none", "int8"]).default("none").meta({
			label: "Quantisation",
			group: "Model",
			description: "Linear layers in 8-bit integers where the processor is faster so. It costs a little detail.",
			apply: "reload",
		}),
	});
}

const warp = z.boolean().default(false).meta({
	label: "Warp",
	group: "Noise",
	description: "Reads the steps as places in the shifted schedule, as the authors do, and Scope does not.",
});

function prompts({ prompt, words }: Variant) {
	const suggestions = words && wordsIn(words);
	const slot = z.object({
		text: z.string().max(2000).default("").meta({
			label: "Prompt",
			description: "What is to be seen. A prompt without text counts for nothing.",
			group: "Prompt",
		}),
		weight: fraction.default(0).meta({
			label: "Weight",
			description: "How much it counts beside the others.",
			modulate: true,
			step: 0.01,
			group: "Prompt",
		}),
	});
	return z
		.array(slot)
		.max(PROMPT_SLOTS)
		.default([{ text: prompt, weight: 1 }])
		.meta({ itself: "text", widget: "prompts", label: "Prompts", ...(suggestions && { suggestions }) });
}

function loras({ styles, scales: [least, most] }: Variant) {
	const slot = z.object({
		name: z.string().max(200).default("").meta({
			label: "LoRA",
			description: "Name of a file in the LoRA folder, without its ending. Empty for none.",
			choicesFrom: "loras",
			group: "LoRA",
		}),
		scale: z.number().min(least).max(most).default(1).meta({
			label: "Scale",
			description: "How strongly it works; below 0 the other way round.",
			modulate: true,
			step: 0.01,
			group: "LoRA",
		}),
		enabled: z.boolean().default(true).meta({ label: "On", description: "Whether it works.", group: "LoRA" }),
	});
	const given = styles.map((name) => ({ name, scale: 0, enabled: true }));
	return z.array(slot).max(LORA_SLOTS).default(given).meta({ calledBy: "name" });
}

const sharedStream = z
	.boolean()
	.default(true)
	.meta({
		label: "One stream",
		group: "VACE",
		when: { "/vace/enabled": [true] },
		description: "Encodes video, kept part and changed part as one stream, as Scope does; off: each by itself.",
		apply: "reload",
	});

function vace({ vaes }: Variant) {
	const when = { "/vace/enabled": [true] };
	const picture = (label: string, description: string) =>
		z.string().max(1000).default("").meta({ label, description, group: "VACE", when, widget: "file" });
	return z
		.object({
			enabled: z.boolean().default(true).meta({
				label: "VACE",
				group: "VACE",
				description: "Loads the branch that lets pictures and video guide the model.",
				apply: "reload",
			}),
			scale: z.number().min(0).max(2).default(1).meta({
				label: "Guidance",
				group: "VACE",
				when,
				description: "How much references and control video count.",
				modulate: true,
				step: 0.01,
			}),
			input: z.boolean().default(false).meta({
				label: "Control by input",
				group: "VACE",
				when,
				description: "The video that comes in guides the pictures instead of lying under them.",
			}),
			mask: z.boolean().default(false).meta({
				label: "Mask by alpha",
				group: "VACE",
				when,
				description: "Only where the incoming video is opaque is the picture made anew.",
			}),
			reference: picture("Reference", "A picture of what is to be seen: a file of the daemon's machine."),
			first: picture("First frame", "A picture to begin the next chunk with; it is used once."),
			last: picture("Last frame", "A picture to end the next chunk with; it is used once."),
			// The tiny autoencoders' streams are always apart.
			...where(
				vaes.some((type) => type === "wan" || type === "lightvae"),
				{ sharedStream },
			),
		})
		.prefault({});
}

function cache({ bias, manages }: Variant) {
	const knobs = {
		manage: z.boolean().default(manages).meta({
			label: "Manage cache",
			description: "Begins anew when steps or LoRA scales change.",
		}),
		reset: z.boolean().default(false).meta({ label: "Reset", description: "Forgets the past.", trigger: true }),
		promptOverVideo: z.enum(["keep", "cut"]).default("keep").meta({
			label: "New prompt over video",
			description: "keep: the picture turns into the new one. cut: it begins anew, as in Scope.",
			when: inVideo,
		}),
		endless: z.boolean().default(true).meta({
			label: "Endless",
			description:
				"Positions in time are brought back before they run out. Off: the picture is cut after 1024, as in Scope.",
		}),
	};
	const fade = z
		.number()
		.min(0.01)
		.max(1)
		.default(bias ?? 1)
		.meta({ label: "Past", description: "How much the past counts.", modulate: true, step: 0.01 });
	return z.object({ ...knobs, ...where(bias !== undefined, { bias: fade }) }).prefault({});
}

function vae({ vaes }: Variant) {
	return z
		.object({
			type: z.enum(vaes).default(vaes[0]).meta({
				label: "Autoencoder",
				group: "Model",
				description: "wan is the best and slowest; lightvae nearly as good; tae and lighttae are fast.",
				apply: "reload",
			}),
		})
		.prefault({});
}

function side(label: string, pixels: number, { sides }: Variant) {
	return z
		.int()
		.min(sides)
		.max(2048)
		.multipleOf(sides)
		.default(pixels)
		.meta({ label, description: "Of the pictures that are made.", unit: "px", group: "Model", apply: "reload" });
}

/** Values of a pipeline of the family. */
export type WanValues = z.output<ReturnType<typeof paramsOf>>;
