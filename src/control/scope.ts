/** Parameters as Daydream Scope names them: by key, not by address. */
export type ScopeParameters = Readonly<Record<string, unknown>>;

/** What a Scope client asked for, as addresses and values of ours. */
export interface ScopeChanges {
	readonly changes: readonly (readonly [string, unknown])[];
	/** Keys that lead nowhere. */
	readonly ignored: readonly string[];
}

/** One key → one address, the value as it is. Names as in Scope's `Parameters` and its OSC page. */
export const SCOPE_ADDRESSES: Readonly<Record<string, string>> = {
	prompt: "/prompt",
	prompt_interpolation_method: "/prompt/interpolation",
	interpolation_method: "/prompt/interpolation",
	transition_steps: "/prompt/transition/steps",
	temporal_interpolation_method: "/prompt/transition/curve",
	noise_scale: "/noise/scale",
	noise_controller: "/noise/controller",
	denoising_step_list: "/denoise/steps",
	manage_cache: "/cache/manage",
	reset_cache: "/cache/reset",
	kv_cache_attention_bias: "/cache/bias",
	vace_context_scale: "/vace/scale",
	vace_enabled: "/vace/enabled",
	vace_use_input_video: "/vace/input",
	first_frame_image: "/vace/first",
	last_frame_image: "/vace/last",
	base_seed: "/seed",
	input_mode: "/mode",
	vae_type: "/vae/type",
	lora_merge_mode: "/lora/merge",
	lora_merge_strategy: "/lora/merge",
	denoising_steps: "/denoise/steps",
	paused: "/transport/paused",
	recording: "/sink/recording/enabled",
};

type Entry = readonly [string, unknown];

/** Keys whose value is more than one of ours. */
const NESTED: Readonly<Record<string, (value: unknown) => Entry[]>> = {
	prompts,
	transition: (value) => {
		const { target_prompts, num_steps, temporal_interpolation_method } = dict(value);
		return [
			["/prompt/transition/steps", num_steps],
			["/prompt/transition/curve", temporal_interpolation_method],
			...prompts(target_prompts),
		];
	},
	lora_scales: (value) =>
		list(value).map((item) => {
			const { path, scale } = dict(item);
			return [`/lora/${nameOf(path)}/scale`, scale];
		}),
	loras: (value) => loras(value),
	vace_ref_images: (value) => [["/vace/reference", list(value)[0]]],
	output_sinks: (value) => Object.entries(dict(value)).flatMap(([id, settings]) => sink(id, settings)),
	input_source: (value) => {
		const { enabled, source_type } = dict(value);
		const kind = source_type === "video_file" ? "file" : source_type;
		return [["/source/kind", enabled === false ? "none" : kind]];
	},
	// Keys of its first releases.
	spout_sender: (value) => sink("spout", value),
	spout_receiver: (value) => [["/source/kind", dict(value).enabled === false ? "none" : "spout"]],
};

/**
 * Reads what a Scope client sends. A key of ours that is not there now, or that Scope has and we do not, is ignored.
 *
 * `at`: address of the session. `takes`: whether something can be sent to an address.
 */
export function scopeChanges(
	parameters: ScopeParameters,
	at: string,
	takes: (address: string) => boolean,
): ScopeChanges {
	const changes: Entry[] = [];
	const ignored: string[] = [];
	for (const [key, value] of Object.entries(parameters)) {
		if (value === undefined || value === null) continue;
		const found = entriesOf(key, value, (address) => takes(at + address))
			.filter(([address, kept]) => kept !== undefined && kept !== null && takes(at + address))
			.map(([address, kept]): Entry => [at + address, kept]);
		if (found.length === 0) ignored.push(key);
		changes.push(...found);
	}
	return { changes, ignored };
}

function entriesOf(key: string, value: unknown, takes: (address: string) => boolean): Entry[] {
	if (Object.hasOwn(NESTED, key)) return (NESTED[key] as (value: unknown) => Entry[])(value);
	if (Object.hasOwn(SCOPE_ADDRESSES, key)) return [[SCOPE_ADDRESSES[key] as string, value]];
	const camel = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
	return [[takes(`/${key}`) ? `/${key}` : `/${camel}`, value]];
}

function sink(id: string, settings: unknown): Entry[] {
	const { enabled, name } = dict(settings);
	return [
		[`/sink/${id}/enabled`, enabled],
		[`/sink/${id}/name`, name],
	];
}

/** Scope blends as many prompts as it is given, by weights of any size; here there are eight slots, and 1 is full. */
function prompts(value: unknown): Entry[] {
	if (value === undefined) return [];
	const given = list(value).map((item) => (typeof item === "string" ? { text: item } : dict(item)));
	const weights = given.map(({ weight }) => (typeof weight === "number" && weight >= 0 ? weight : 1));
	const full = Math.max(1, ...weights);
	return Array.from({ length: 8 }, (_, i): Entry[] => [
		[`/prompt/${i + 1}/text`, given[i]?.text],
		[`/prompt/${i + 1}/weight`, (weights[i] ?? 0) / full],
	]).flat();
}

/** The adapters to load: eight slots, of which those not named are emptied. */
function loras(value: unknown): Entry[] {
	const given = list(value).map(dict);
	return Array.from({ length: 8 }, (_, i): Entry[] => [
		[`/lora/${i + 1}/name`, given[i]?.path === undefined ? "" : nameOf(given[i].path)],
		[`/lora/${i + 1}/scale`, given[i]?.scale],
	]).flat();
}

/** `…/models/lora/film-noir.safetensors` is `film-noir`. */
function nameOf(path: unknown): string {
	const file = String(path).split(/[/\\]/).at(-1) ?? "";
	return file.replace(/\.\w+$/, "").replaceAll(/[^\w.-]/g, "-");
}

function dict(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value.slice(0, 64) : [value];
}
