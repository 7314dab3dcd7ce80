import * as z from "zod";
import { type LoraFile, provenance } from "../../protocol/lora.ts";
import type { Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";

const lora = z
	.object({
		name: z.string(),
		path: z.string(),
		size_mb: z.number(),
		folder: z.string().nullable(),
		sha256: z.string(),
		provenance,
		read_only: z.boolean(),
	})
	.meta({ id: "Lora" });
const byName = z.object({ name: z.string().min(1).max(255) });
const text = z.string().min(1).max(2000);

/** LoRA files; Daydream Scope's names and shapes. */
export function loraRoutes({ loras }: Backend): Route[] {
	const shared = { tag: "LoRA", scope: true } as const;
	return [
		route({
			...shared,
			method: "get",
			role: "viewer",
			path: "/api/v1/loras",
			summary: "All LoRA files",
			answers: { 200: { description: "By name.", schema: z.object({ lora_files: z.array(lora) }) } },
			handle: async () => ({ lora_files: (await loras.list()).map(scopeLora) }),
		}),
		route({
			...shared,
			method: "post",
			role: "admin",
			path: "/api/v1/loras",
			summary: "Fetch a LoRA from its address",
			description: "From the hub, its configured mirrors and CivitAI only.",
			body: z.object({ url: z.url().max(2000), filename: z.string().min(1).max(255).optional() }),
			answers: { 200: { description: "It is there.", schema: z.object({ message: z.string(), file: lora }) } },
			handle: async ({ body: { url, filename }, signal }) => {
				const source = /(^|[/.])civitai\.com\//.test(url) ? "civitai" : "url";
				const file = scopeLora(await loras.fetch({ source, url, filename }, signal));
				return { message: `Installed ${file.name}`, file };
			},
		}),
		route({
			...shared,
			method: "post",
			role: "admin",
			path: "/api/v1/lora/download",
			summary: "Fetch a LoRA by where it is from",
			body: z.object({
				source: z.enum(["huggingface", "civitai", "url"]),
				repo_id: text.optional(),
				hf_filename: text.optional(),
				model_id: text.optional(),
				version_id: text.optional(),
				url: z.url().max(2000).optional(),
				subfolder: z.string().max(200).optional(),
				expected_sha256: z
					.string()
					.regex(/^[0-9a-fA-F]{64}$/)
					.optional(),
			}),
			answers: {
				200: {
					description: "It is there.",
					schema: z.object({ filename: z.string(), path: z.string(), sha256: z.string(), size_bytes: z.int() }),
				},
			},
			handle: async ({ body, signal }) => {
				const { path, sha256, bytes } = await loras.fetch(body, signal);
				return { filename: path.split(/[\\/]/).at(-1) ?? "", path, sha256, size_bytes: bytes };
			},
		}),
		route({
			...shared,
			method: "put",
			role: "operator",
			path: "/api/v1/lora/{name}/provenance",
			summary: "Say where a LoRA came from",
			params: byName,
			body: provenance,
			answers: { 200: { description: "As it is kept.", schema: lora } },
			handle: async ({ params, body }) => scopeLora(await loras.describe(params.name, body)),
		}),
		route({
			...shared,
			method: "delete",
			role: "admin",
			path: "/api/v1/loras/{name}",
			summary: "Delete a LoRA file",
			params: byName,
			answers: { 200: { description: "It is gone.", schema: z.object({ success: z.boolean(), message: z.string() }) } },
			handle: async ({ params }) => {
				await loras.remove(params.name);
				return { success: true, message: `Deleted ${params.name}` };
			},
		}),
	];
}

function scopeLora({
	name,
	path,
	bytes,
	folder,
	sha256,
	provenance,
	readOnly = false,
}: LoraFile): z.output<typeof lora> {
	const size_mb = Math.round(bytes / 1e4) / 100;
	return { name, path, size_mb, folder: folder || null, sha256, provenance, read_only: readOnly };
}
