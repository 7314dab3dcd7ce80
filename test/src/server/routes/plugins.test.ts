import { expect, test } from "vitest";
import { Tokens } from "../../../../src/server/tokens.ts";
import { codeOf, SECRET, serve } from "../fake.ts";

test("plugins are listed in Scope's shape, ours first", async () => {
	using served = serve();
	const answer = await (await served.ask("/api/v1/plugins")).json();
	expect(answer).toMatchObject({ total: 2, failed_plugins: [] });
	expect(answer).toMatchObject({
		plugins: [
			{ name: "breathe", bundled: true, source: "bundled", package_spec: null, editable: false },
			{
				name: "trails",
				bundled: false,
				source: "npm",
				package_spec: "trails@^1",
				pipelines: [{ pipeline_id: "trails-cells", pipeline_name: "Cells" }],
			},
		],
	});
});

test("one is installed, with Scope's `force` as `upgrade`", async () => {
	using served = serve();
	const json = { package: "/home/me/tint", editable: true, force: true, pre: false };
	const answer = await served.ask("/api/v1/plugins", { method: "POST", json });
	expect(await answer.json()).toMatchObject({ success: true, plugin: { name: "tint" } });
	expect(served.backend.calls.at(-1)).toEqual(["plugin add", "/home/me/tint", { editable: true, upgrade: true }]);
});

test("a refusal has its code and what to do about it", async () => {
	using served = serve();
	const answer = await served.ask("/api/v1/plugins", { method: "POST", json: { package: "nothing" } });
	expect(answer.status).toBe(422);
	expect(await answer.json()).toMatchObject({
		code: "plugin/not-installed",
		hint: expect.any(String),
		detail: expect.any(String),
	});
});

test("one is reloaded and removed by its name", async () => {
	using served = serve();
	const reloaded = await served.ask("/api/v1/plugins/trails/reload", { method: "POST" });
	expect(await reloaded.json()).toMatchObject({
		success: true,
		reloaded_pipelines: ["trails-cells"],
		added_pipelines: [],
		removed_pipelines: [],
	});
	const removed = await served.ask("/api/v1/plugins/trails", { method: "DELETE" });
	expect(await removed.json()).toMatchObject({ success: true, unloaded_pipelines: ["trails-cells"] });
	expect(await codeOf(await served.ask("/api/v1/plugins/trails", { method: "DELETE" }))).toBe("plugin/unknown");
});

test("what comes with Mutoscope stays", async () => {
	using served = serve();
	expect((await served.ask("/api/v1/plugins/breathe", { method: "DELETE" })).status).toBe(409);
	expect((await served.ask("/api/v1/plugins/breathe/reload", { method: "POST" })).status).toBe(409);
});

test.each([
	["POST", "/api/v1/plugins"],
	["DELETE", "/api/v1/plugins/trails"],
	["POST", "/api/v1/plugins/trails/reload"],
])("%s %s is for admins only", async (method, path) => {
	using served = serve();
	const { operator } = new Tokens(SECRET);
	const json = method === "POST" ? { package: "trails" } : undefined;
	const answer = await served.ask(path, { method, json, token: operator });
	expect(answer.status).toBe(403);
	expect(await codeOf(answer)).toBe("auth/forbidden");
	expect(served.backend.calls).toEqual([]);
});
