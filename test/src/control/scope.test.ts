import { describe, expect, test } from "vitest";
import { type ScopeParameters, scopeChanges } from "../../../src/control/scope.ts";

const ours = new Set([
	"/main/prompt/1/text",
	"/main/prompt/1/weight",
	"/main/prompt/2/text",
	"/main/prompt/2/weight",
	"/main/prompt/transition/steps",
	"/main/noise/scale",
	"/main/cache/reset",
	"/main/lora/film-noir/scale",
	"/main/vace/reference",
	"/main/sink/spout/enabled",
	"/main/sink/spout/name",
	"/main/source/kind",
	"/main/density",
	"/main/birthRate",
]);

const read = (parameters: ScopeParameters) => {
	const { changes, ignored } = scopeChanges(parameters, "/main", (address) => ours.has(address));
	return [Object.fromEntries(changes.map(([address, value]) => [address.slice("/main".length), value])), ignored];
};

describe("what a Scope client sends", () => {
	test.each<[ScopeParameters, object, string[]]>([
		[{ noise_scale: 0.7 }, { "/noise/scale": 0.7 }, []],
		[{ reset_cache: true }, { "/cache/reset": true }, []],
		[{ density: 3, birth_rate: 4 }, { "/density": 3, "/birthRate": 4 }, []],
		[{ prompts: "fog" }, { "/prompt/1/text": "fog", "/prompt/1/weight": 1, "/prompt/2/weight": 0 }, []],
		[
			{
				prompts: [
					{ text: "a", weight: 100 },
					{ text: "b", weight: 25 },
				],
			},
			{ "/prompt/1/text": "a", "/prompt/1/weight": 1, "/prompt/2/text": "b", "/prompt/2/weight": 0.25 },
			[],
		],
		[
			{ prompts: [{ text: "a", weight: 0.5 }] },
			{ "/prompt/1/text": "a", "/prompt/1/weight": 0.5, "/prompt/2/weight": 0 },
			[],
		],
		[
			{
				transition: {
					target_prompts: [{ text: "c", weight: 1 }],
					num_steps: 4,
					temporal_interpolation_method: "slerp",
				},
			},
			{ "/prompt/transition/steps": 4, "/prompt/1/text": "c", "/prompt/1/weight": 1, "/prompt/2/weight": 0 },
			[],
		],
		[
			{ lora_scales: [{ path: "/models/lora/film-noir.safetensors", scale: 0.8 }] },
			{ "/lora/film-noir/scale": 0.8 },
			[],
		],
		[{ lora_scales: [{ path: "C:\\lora\\other.safetensors", scale: 0.8 }] }, {}, ["lora_scales"]],
		[{ vace_ref_images: ["asset-1", "asset-2"] }, { "/vace/reference": "asset-1" }, []],
		[
			{ output_sinks: { spout: { enabled: true, name: "out" }, ndi: { enabled: true } } },
			{ "/sink/spout/enabled": true, "/sink/spout/name": "out" },
			[],
		],
		[
			{ spout_sender: { enabled: true, name: "out" }, spout_receiver: { enabled: true, name: "in" } },
			{ "/sink/spout/enabled": true, "/sink/spout/name": "out", "/source/kind": "spout" },
			[],
		],
		[{ input_source: { enabled: true, source_type: "video_file" } }, { "/source/kind": "file" }, []],
		[{ input_source: { enabled: false, source_type: "ndi" } }, { "/source/kind": "none" }, []],
		[{ vace_context_scale: 1, quantize_mode: "bar", graph: {} }, {}, ["vace_context_scale", "quantize_mode", "graph"]],
		[{ noise_scale: null, density: undefined }, {}, []],
		[
			{ prompts: 7, transition: 7, lora_scales: 7, output_sinks: 7, input_source: 7 },
			{ "/prompt/1/weight": 1, "/prompt/2/weight": 0 },
			["transition", "lora_scales", "output_sinks", "input_source"],
		],
		[{ constructor: 1, toString: 1 } as ScopeParameters, {}, ["constructor", "toString"]],
	])("%j", (parameters, changes, ignored) => {
		expect(read(parameters)).toEqual([changes, ignored]);
	});
});
