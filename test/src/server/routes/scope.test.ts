import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Served, serve } from "../fake.ts";

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

const get = async (path: string) => {
	const response = await served.ask(`/api/v1${path}`);
	return [response.status, await response.json()] as const;
};
const post = async (path: string, json: unknown) => {
	const response = await served.ask(`/api/v1${path}`, { method: "POST", json });
	return [response.status, await response.json()] as const;
};

describe("pipelines", () => {
	test("have Scope's schema, with a ui object for each property", async () => {
		const [, body] = await get("/pipelines/schemas");
		const { pipelines } = body as { pipelines: Record<string, unknown> };
		expect(Object.keys(pipelines)).toEqual(["cells", "mirror"]);
		expect(pipelines.cells).toMatchObject({
			id: "cells",
			name: "Cells",
			supported_modes: ["text"],
			default_mode: "text",
			supports_prompts: true,
			supports_lora: false,
			plugin_name: null,
			config_schema: {
				properties: {
					rule: {
						type: "string",
						enum: ["life", "seeds", "highlife"],
						default: "life",
						ui: { label: "Rule", is_load_param: false },
					},
					density: { minimum: 0, maximum: 1, ui: { modulatable: true, modulatable_min: 0, modulatable_max: 1 } },
					cellSize: { type: "integer", ui: { is_load_param: true, category: "configuration" } },
					noise_scale: { type: "number", default: 0.7 },
				},
			},
		});
		expect(pipelines.mirror).toMatchObject({ inputs: ["video"], supports_prompts: false });
	});

	test("are loaded, by either form, with their parameters", async () => {
		const load_params = { density: 0.5, height: 320, unheard_of: 1 };
		const [status, answer] = await post("/pipeline/load", {
			pipelines: [{ node_id: "n", pipeline_id: "mirror", load_params }],
		});
		expect([status, answer]).toEqual([200, { message: expect.any(String) }]);
		expect(served.backend.store.get("/main/session/pipeline")).toBe("mirror");
		expect(served.backend.store.get("/main/density")).toBe(0.5);
		expect((await post("/pipeline/load", { pipeline_id: "mirror" }))[0]).toBe(200);
		expect((await post("/pipeline/load", { pipeline_ids: ["cells"] }))[0]).toBe(200);
		expect(served.backend.store.get("/main/session/pipeline")).toBe("cells");
	});

	test("are loaded as a chain: those that are preprocessors are switched on before the one that makes pictures", async () => {
		const on = () => served.backend.store.get("/main/stage/mirror/enabled");
		expect((await post("/pipeline/load", { pipeline_ids: ["mirror", "cells"] }))[0]).toBe(200);
		expect([served.backend.store.get("/main/session/pipeline"), on()]).toEqual(["cells", true]);
		expect((await post("/pipeline/load", { pipeline_ids: ["cells"] }))[0]).toBe(200);
		expect(on()).toBe(false);
	});

	test.each([
		[{}, 422],
		[{ pipeline_ids: ["nothing"] }, 404],
		[{ pipeline_ids: ["cells", "cells"] }, 422],
	])("%j is refused, with Scope's detail", async (json, status) => {
		expect(await post("/pipeline/load", json)).toMatchObject([
			status,
			{ detail: expect.any(String), code: expect.any(String) },
		]);
	});

	test.each([
		["running", "loaded", null],
		["starting", "loading", null],
		["waiting", "loading", null],
		["quarantined", "error", "out of memory"],
	] as const)("a session that is %s is %s", async (state, status, error) => {
		served.backend.say("main", { state, reason: "out of memory" });
		expect(await get("/pipeline/status")).toMatchObject([
			200,
			{ status, pipeline_id: "cells", error, produces_video: true },
		]);
	});
});

describe("parameters", () => {
	test("are set by Scope's names, and only those that were sent", async () => {
		const sent = { noise_scale: 0.2, prompts: [{ text: "fire", weight: 100 }], rule: "seeds", unheard_of: true };
		expect(await post("/session/parameters", sent)).toEqual([200, { status: "ok", applied_parameters: sent }]);
		const { store } = served.backend;
		expect([store.get("/main/noise/scale"), store.get("/main/rule"), store.get("/main/prompt/1/text")]).toEqual([
			0.2,
			"seeds",
			"fire",
		]);
		expect(store.get("/main/density")).toBe(0.3);
	});

	test("are read by Scope's names", async () => {
		const [, body] = await get("/session/parameters");
		const { parameters } = body as { parameters: unknown };
		expect(parameters).toMatchObject({
			noise_scale: 0.7,
			rule: "life",
			paused: false,
			prompts: [{ text: "a lake", weight: 1 }],
		});
		expect(parameters).not.toHaveProperty("clear");
	});

	test("what cannot be meant is refused whole, and nothing at all is refused", async () => {
		expect(await post("/session/parameters", { density: 0.9, rule: "chess" })).toMatchObject([
			422,
			{ detail: expect.any(String) },
		]);
		expect(served.backend.store.get("/main/density")).toBe(0.3);
		expect((await post("/session/parameters", {}))[0]).toBe(400);
	});
});

test("a session is started with a pipeline and parameters, and stopped by pausing", async () => {
	const { store } = served.backend;
	store.set([["/main/transport/paused", true]], "test");
	const started = await post("/session/start", {
		pipeline_id: "mirror",
		input_mode: "video",
		parameters: { density: 0.6 },
	});
	expect(started).toMatchObject([200, { status: "started", input_mode: "video", cloud_mode: false }]);
	expect([
		store.get("/main/session/pipeline"),
		store.get("/main/density"),
		store.get("/main/transport/paused"),
	]).toEqual(["mirror", 0.6, false]);
	expect((await post("/session/stop", {}))[1]).toMatchObject({ status: "stopped" });
	expect(store.get("/main/transport/paused")).toBe(true);
	expect((await post("/session/start", { graph: { nodes: [] } }))[0]).toBe(422);
});

test("the picture, the numbers, the machine, the log", async () => {
	const frame = await served.ask("/api/v1/session/frame?quality=30");
	expect(frame.headers.get("content-type")).toBe("image/jpeg");
	expect(await get("/session/metrics")).toMatchObject([
		200,
		{ sessions: { main: { frames_out: 100, fps_out: 30 } }, gpu: {} },
	]);
	expect(await get("/hardware/info")).toMatchObject([
		200,
		{ vram_gb: null, ndi: { available: false, reason: "the runtime is not installed" }, spout: { available: false } },
	]);
	expect(await get("/osc/status")).toMatchObject([200, { listening: true, host: "127.0.0.1", port: 9000 }]);
	expect(await get("/input-sources")).toMatchObject([
		200,
		{ input_sources: [{ source_id: "none", available: true }, {}, {}] },
	]);
	expect(await get("/logs/tail?lines=5")).toEqual([
		200,
		{ lines: [expect.stringContaining("INFO started"), expect.any(String)], offset: 2000 },
	]);
	expect(await get("/logs/tail?since_offset=2000")).toEqual([200, { lines: [], offset: 2000 }]);
});
