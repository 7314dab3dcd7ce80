import { expect, test } from "vitest";
import { readKey } from "../../../../pipelines/wan/lora/keys.ts";

test.each([
	["PEFT, plain", "blocks.0.self_attn.q.lora_A.weight", "blocks.0.self_attn.q", "down"],
	["PEFT, plain", "blocks.0.self_attn.q.lora_B.weight", "blocks.0.self_attn.q", "up"],
	["ai-toolkit", "diffusion_model.blocks.0.ffn.0.lora_A.weight", "blocks.0.ffn.0", "down"],
	["ai-toolkit", "diffusion_model.blocks.0.ffn.0.alpha", "blocks.0.ffn.0", "alpha"],
	["ComfyUI", "diffusion_model.blocks.29.cross_attn.o.lora_up.weight", "blocks.29.cross_attn.o", "up"],
	["kohya", "lora_unet_blocks_12_self_attn_q.lora_down.weight", "blocks.12.self_attn.q", "down"],
	["kohya", "lora_unet_blocks_0_ffn_2.alpha", "blocks.0.ffn.2", "alpha"],
	["kohya", "lora_unet_text_embedding_0.lora_up.weight", "text_embedding.0", "up"],
	["kohya", "lora_unet_time_embedding_2.lora_up.weight", "time_embedding.2", "up"],
	["kohya", "lora_unet_time_projection_1.lora_up.weight", "time_projection.1", "up"],
	["kohya", "lora_unet_head_head.lora_up.weight", "head.head", "up"],
	["musubi-tuner", "lora_unet__blocks_3_cross_attn_k.lora_down.weight", "blocks.3.cross_attn.k", "down"],
	["kohya over diffusers", "lora_unet_blocks_0_attn1_to_out_0.lora_down.weight", "blocks.0.self_attn.o", "down"],
	["LongLive", "base_model.model.blocks.0.self_attn.q.lora_A.default.weight", "blocks.0.self_attn.q", "down"],
	["LongLive", "base_model.model.model.blocks.0.ffn.0.lora_B.weight", "blocks.0.ffn.0", "up"],
	["diffusers", "transformer.blocks.0.attn1.to_q.lora_A.weight", "blocks.0.self_attn.q", "down"],
	["diffusers", "transformer.blocks.7.attn2.to_out.0.lora_B.weight", "blocks.7.cross_attn.o", "up"],
	["diffusers", "transformer.blocks.7.ffn.net.0.proj.lora_A.weight", "blocks.7.ffn.0", "down"],
	["diffusers", "transformer.blocks.7.ffn.net.2.lora_A.weight", "blocks.7.ffn.2", "down"],
	["diffusers", "transformer.condition_embedder.text_embedder.linear_2.lora_A.weight", "text_embedding.2", "down"],
	["diffusers", "transformer.condition_embedder.time_embedder.linear_1.lora_A.weight", "time_embedding.0", "down"],
	["diffusers", "transformer.condition_embedder.time_proj.lora_A.weight", "time_projection.1", "down"],
	["diffusers", "transformer.proj_out.lora_A.weight", "head.head", "down"],
	["without an ending", "blocks.0.self_attn.q.lora_A", "blocks.0.self_attn.q", "down"],
	["older ways", "blocks.0.self_attn.q_lora.up.weight", "blocks.0.self_attn.q", "up"],
	["older ways", "blocks.0.self_attn.q.lora.down.weight", "blocks.0.self_attn.q", "down"],
	["differences", "diffusion_model.blocks.0.norm3.diff", "blocks.0.norm3", "diff"],
	["differences", "diffusion_model.blocks.0.self_attn.norm_q.diff", "blocks.0.self_attn.norm_q", "diff"],
	["differences", "diffusion_model.head.head.diff_b", "head.head", "bias"],
	["DoRA", "blocks.0.self_attn.q.dora_scale", "blocks.0.self_attn.q", "dora"],
	["DoRA", "blocks.0.self_attn.q.lora_magnitude_vector.default.weight", "blocks.0.self_attn.q", "dora"],
] as const)("%s: %s is %s, %s", (_, key, module, part) => {
	expect(readKey(key)).toEqual({ module, part });
});

test.each(["blocks.0.self_attn.q.weight", "lora_te_text_model_0.hada_w1_a", "blocks.0.ffn.0.lokr_w1", ""])(
	"%j is no key of a low-rank adapter",
	(key) => {
		expect(readKey(key)).toBeUndefined();
	},
);
