import { scopeName } from "../control/scope-names.ts";
import { type JsonSchema, type Param, paramsOf } from "../params/schema.ts";
import type { ParamStore } from "../params/store.ts";
import type { PipelineOffer } from "./backend.ts";

/** A pipeline in the shape of Scope's `/pipelines/schemas`. */
export function scopeSchema(offer: PipelineOffer): Record<string, unknown> {
	const { id, title, description, modes, schema, plugin, usage, needsFiles } = offer;
	const params = paramsOf(schema);
	const has = (name: string) => Object.hasOwn((schema.properties ?? {}) as object, name);
	const given = (address: string) => params.find((param) => param.address === address);
	const video = modes.includes("video");
	return {
		id,
		name: title,
		description,
		version: "1.0.0",
		supported_modes: modes,
		default_mode: modes[0],
		mode_defaults: {},
		supports_prompts: has("prompt"),
		default_temporal_interpolation_method: given("/prompt/transition/curve")?.default ?? "slerp",
		default_temporal_interpolation_steps: given("/prompt/transition/steps")?.default ?? 0,
		default_spatial_interpolation_method: "linear",
		docs_url: null,
		estimated_vram_gb: null,
		requires_models: needsFiles,
		supports_lora: has("lora"),
		supports_vace: has("vace"),
		supports_cache_management: has("cache"),
		supports_kv_cache_bias: given("/cache/bias") !== undefined,
		supports_quantization: has("quantization"),
		min_dimension: given("/width")?.min ?? 1,
		recommended_quantization_vram_threshold: null,
		modified: false,
		produces_video: true,
		produces_audio: false,
		usage,
		inputs: video ? ["video"] : [],
		outputs: ["video"],
		config_schema: { type: "object", title, properties: fields(schema) },
		plugin_name: plugin ?? null,
	};
}

/** The adapters that lie over a session's model, in Scope's shape. */
export function scopeLoras(store: ParamStore, session: string): Record<string, unknown>[] {
	const at = (relative: string) => {
		const address = `/${session}/lora/${relative}`;
		return store.find(address) ? store.get(address) : undefined;
	};
	const merge_mode = at("merge") ?? null;
	const slots = Array.from({ length: 8 }, (_, i) => ({ path: at(`${i + 1}/name`), scale: at(`${i + 1}/scale`), i }));
	return slots
		.filter(({ path, i }) => typeof path === "string" && path !== "" && at(`${i + 1}/enabled`) !== false)
		.map(({ path, scale }) => ({ path, scale, merge_mode }));
}

function fields(schema: JsonSchema): Record<string, unknown> {
	const named = paramsOf(schema).flatMap((param) => {
		const name = scopeName(param.address);
		return name === undefined ? [] : [[name, param] as const];
	});
	return Object.fromEntries(named.map(([name, param], order) => [name, field(param, order)]));
}

const JSON_TYPES = { enum: "string", numbers: "array", trigger: "boolean" } as const;

function field(param: Param, order: number): Record<string, unknown> {
	const { type, min, max, choices, label, description, apply, modulate } = param;
	const bounds = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) };
	return {
		type: JSON_TYPES[type as keyof typeof JSON_TYPES] ?? type,
		title: label,
		default: param.default,
		...(description !== undefined && { description }),
		...(choices && { enum: choices }),
		...(type === "numbers" ? { items: { type: "number", ...bounds } } : bounds),
		ui: {
			order,
			label,
			category: "configuration",
			is_load_param: apply === "reload",
			...(modulate && { modulatable: true, modulatable_min: min ?? null, modulatable_max: max ?? null }),
		},
	};
}
