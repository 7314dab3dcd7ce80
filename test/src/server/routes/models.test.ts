import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeOf, type Served, serve } from "../fake.ts";

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

const ask = async (method: string, path: string, json?: unknown) => {
	const response = await served.ask(`/api/v1${path}`, { method, ...(json === undefined ? {} : { json }) });
	return [response.status, await response.json()] as const;
};

describe("files of pipelines", () => {
	test("are listed for those that need some", async () => {
		const [status, { models }] = await ask("GET", "/models");
		expect(status).toBe(200);
		expect(models).toEqual([
			{
				pipeline: "cells",
				downloaded: false,
				files: [{ repo: "some/where", file: "weights.pt", state: "missing", needed: true, bytes: 1000 }],
			},
		]);
	});

	test("are fetched, watched and called off by Scope's names", async () => {
		expect(await ask("GET", "/models/status?pipeline_id=cells")).toEqual([200, { downloaded: false, progress: null }]);
		expect(await ask("POST", "/models/download", { pipeline_id: "cells" })).toMatchObject([
			200,
			{ message: "Model download started for cells" },
		]);
		expect(await ask("GET", "/models/status?pipeline_id=cells")).toEqual([
			200,
			{
				downloaded: false,
				progress: { is_downloading: true, percentage: 25, current_artifact: "some/where/weights.pt", error: null },
			},
		]);
		expect((await ask("POST", "/models/download", { pipeline_id: "cells" }))[0]).toBe(409);
		expect((await ask("DELETE", "/models/download?pipeline_id=cells"))[0]).toBe(200);
		expect((await ask("DELETE", "/models/download?pipeline_id=cells"))[0]).toBe(404);
	});

	test("of a pipeline that there is not are not found", async () => {
		const response = await served.ask("/api/v1/models/status?pipeline_id=nothing");
		expect([response.status, await codeOf(response)]).toEqual([404, "pipeline/unknown"]);
	});
});

describe("LoRA files", () => {
	test("are listed in Scope's shape", async () => {
		expect(await ask("GET", "/loras")).toMatchObject([
			200,
			{ lora_files: [{ name: "film-noir", size_mb: 12.34, folder: null, read_only: false }] },
		]);
	});

	test("are fetched from an address, or by where they are", async () => {
		await ask("POST", "/loras", { url: "https://civitai.com/models/123?modelVersionId=456" });
		await ask("POST", "/loras", {
			url: "https://huggingface.co/a/b/resolve/main/c.safetensors",
			filename: "d.safetensors",
		});
		await ask("POST", "/lora/download", { source: "huggingface", repo_id: "a/b", hf_filename: "c.safetensors" });
		expect(served.backend.calls).toMatchObject([
			["lora", { source: "civitai", url: "https://civitai.com/models/123?modelVersionId=456" }],
			["lora", { source: "url", filename: "d.safetensors" }],
			["lora", { source: "huggingface", repo_id: "a/b", hf_filename: "c.safetensors" }],
		]);
		expect((await ask("POST", "/lora/download", { source: "url", expected_sha256: "short" }))[0]).toBe(422);
	});

	test("are described and deleted", async () => {
		const said = { source: "civitai", model_id: "1" };
		expect(await ask("PUT", "/lora/film-noir/provenance", said)).toMatchObject([200, { provenance: said }]);
		expect((await ask("DELETE", "/loras/film-noir"))[0]).toBe(200);
		expect((await ask("DELETE", "/loras/nothing"))[0]).toBe(409);
	});
});
