import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import { causeOf, type Sources } from "./remote.ts";

/** Bytes of an answer that are read at most. */
const MOST = 1 << 20;

const version = z.object({
	id: z.number(),
	modelId: z.number().optional(),
	files: z
		.array(
			z.object({
				name: z.string(),
				downloadUrl: z.string().optional(),
				primary: z.boolean().optional(),
				hashes: z.object({ SHA256: z.string().optional() }).optional(),
			}),
		)
		.max(100),
});
const model = z.object({ modelVersions: z.array(version).max(1000) });

/** Which file of CivitAI is meant: a version, or the newest one of a model. */
export interface CivitaiWish {
	readonly modelId?: string | undefined;
	readonly versionId?: string | undefined;
}

/**
 * A LoRA of CivitAI as a file to be fetched, with the hash that the site states.
 *
 * API: developer.civitai.com, "Get a model version" and "Get a model". Throws `artifact/…`.
 */
export async function civitaiFile(wish: CivitaiWish, sources: Sources, signal: AbortSignal): Promise<Artifact> {
	const { origin } = new URL(sources.civitai);
	const named = wish.versionId === undefined ? `models/${id(wish.modelId)}` : `model-versions/${id(wish.versionId)}`;
	const about = { repo: "civitai", file: named };
	const answer = await askFor(`${origin}/api/v1/${named}`, about, sources, signal);
	const listed = wish.versionId === undefined ? model.safeParse(answer).data?.modelVersions : [answer];
	const found = version.safeParse(listed?.[0]).data;
	const weights = found?.files.filter(({ name }) => name.endsWith(".safetensors")) ?? [];
	const file = weights.find(({ primary }) => primary) ?? weights[0];
	if (!found || !file) {
		throw new MutoscopeError("artifact/invalid", { ...about, reason: "the site names no .safetensors file of it" });
	}
	const sha256 = file.hashes?.SHA256?.toLowerCase();
	return {
		repo: "lora",
		file: file.name,
		url: `${origin}/api/download/models/${found.id}`,
		...(sha256 === undefined ? {} : { sha256 }),
	};
}

function id(text: string | undefined): string {
	if (text !== undefined && /^\d{1,12}$/.test(text)) return text;
	throw new MutoscopeError("artifact/invalid", { repo: "civitai", file: text ?? "", reason: "it takes a number" });
}

async function askFor(url: string, about: { repo: string; file: string }, sources: Sources, signal: AbortSignal) {
	const { host, hostname } = new URL(url);
	const token = sources.tokens[hostname];
	const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
	const within = AbortSignal.any([signal, AbortSignal.timeout(sources.patience * 1000)]);
	try {
		const response = await fetch(url, { headers, signal: within });
		if (response.status === 404) throw new MutoscopeError("artifact/unknown", { ...about, host });
		if (response.status === 401 || response.status === 403) {
			throw new MutoscopeError("artifact/forbidden", { ...about, host });
		}
		if (!response.ok) throw new Error(`${host} answered ${response.status}`);
		return JSON.parse(await bounded(response)) as unknown;
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof MutoscopeError) throw error;
		throw new MutoscopeError("artifact/unreachable", { ...about, reason: causeOf(error) }, { cause: error });
	}
}

async function bounded(response: Response): Promise<string> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of response.body ?? []) {
		length += chunk.length;
		if (length > MOST) throw new Error(`its answer is longer than ${MOST} bytes`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}
