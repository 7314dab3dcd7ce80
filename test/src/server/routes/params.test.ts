import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { codeOf, type Served, serve } from "../fake.ts";

interface Listed {
	readonly rev: number;
	readonly tree: readonly { readonly address: string }[];
	readonly values: Readonly<Record<string, unknown>>;
}

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

const put = (path: string, json: unknown, query = "") =>
	served.ask(`/api/v1/params${path}${query}`, { method: "PUT", json });
const patch = (json: unknown, headers: Record<string, string> = {}, query = "") =>
	served.ask(`/api/v1/params${query}`, { method: "PATCH", json, headers });

describe("reading", () => {
	test("lists every parameter with its value", async () => {
		const response = await served.ask("/api/v1/params");
		const { rev, tree, values } = (await response.json()) as Listed;
		expect(rev).toBe(served.backend.store.revision);
		expect(tree.find(({ address }) => address === "/main/density")).toMatchObject({
			type: "number",
			min: 0,
			max: 1,
		});
		expect(values).toMatchObject({ "/main/density": 0.3, "/main/session/pipeline": "cells" });
	});

	test("the tag is the revision in which what is listed last changed", async () => {
		const tag = async (path: string) => (await served.ask(`/api/v1/params${path}`)).headers.get("etag");
		const before = [await tag(""), await tag("/main/noise/scale"), await tag("?path=/main/noise")];
		await put("/main/density", { value: 0.8 });
		expect(await tag("")).toBe(`"${served.backend.store.revision}"`);
		expect(await tag("/main/density/norm")).toBe(`"${served.backend.store.revision}"`);
		expect([await tag("/main/noise/scale"), await tag("?path=/main/noise")]).toEqual(before.slice(1));
	});

	test("a path narrows the list to what stands below it, or to itself", async () => {
		const below = async (path: string) =>
			Object.keys(((await (await served.ask(`/api/v1/params?path=${path}`)).json()) as Listed).values);
		expect(await below("/main/transport")).toEqual(["/main/transport/paused"]);
		expect(await below("/main/noise/")).toEqual(["/main/noise/scale"]);
		expect(await below("/density")).toEqual(["/main/density"]);
		expect(await below("/mai")).toEqual([]);
	});

	test.each([
		["main/density", { address: "/main/density", value: 0.3 }],
		["density", { address: "/main/density", value: 0.3 }],
		["main/density/norm", { address: "/main/density/norm", value: 0.3 }],
		["prompt", { address: "/main/prompt/1/text", value: "a lake" }],
	])("one: %s", async (path, found) => {
		expect(await (await served.ask(`/api/v1/params/${path}`)).json()).toMatchObject(found);
	});

	test("one that is not there is 404", async () => {
		const response = await served.ask("/api/v1/params/main/nothing");
		expect([response.status, await codeOf(response)]).toEqual([404, "param/unknown"]);
	});
});

describe("setting one", () => {
	test("keeps it and tells the revision", async () => {
		const response = await put("/main/density", { value: 0.8 });
		expect(await response.json()).toEqual({ rev: served.backend.store.revision, clamped: {} });
		expect(served.backend.store.get("/main/density")).toBe(0.8);
	});

	test("clamps and says so", async () => {
		expect(await (await put("/main/density", { value: 7 })).json()).toMatchObject({ clamped: { "/main/density": 1 } });
	});

	test("by its share of the range, by ramp, by trigger", async () => {
		await put("/main/density/norm", { value: 0.5 });
		expect(served.backend.store.get("/main/density")).toBe(0.5);
		await put("/main/density", { value: 1, ramp: { s: 2 } });
		expect(served.backend.store.moving).toBe(true);
		await put("/main/clear", { value: null });
		expect(served.backend.store.snapshot("/main").fired).toEqual({ "/clear": 1 });
	});

	test.each([
		["/main/rule", { value: "chess" }, 422, "param/invalid"],
		["/main/nothing", { value: 1 }, 404, "param/unknown"],
		["/main/generation", { value: 1 }, 403, "param/read-only"],
		["/main/density", {}, 422, "request/invalid-field"],
		["/main/density", { value: 1, ramp: { s: 99_999 } }, 422, "request/invalid-field"],
		["/main/rule", { value: 1, ramp: { s: 1 } }, 404, "param/unknown"],
	])("%s %j is refused", async (path, json, status, code) => {
		const response = await put(path, json);
		expect([response.status, await codeOf(response)]).toEqual([status, code]);
	});
});

describe("setting many", () => {
	test("all or none", async () => {
		await patch({ values: { "/main/density": 0.9, "/main/rule": "chess" } });
		expect(served.backend.store.get("/main/density")).toBe(0.3);
		await patch({ values: { "/main/density": 0.9, "/main/rule": "seeds" } });
		expect(served.backend.store.get("/main/rule")).toBe("seeds");
	});

	test("only if none of them changed since the revision that If-Match names", async () => {
		const tag = (await served.ask("/api/v1/params")).headers.get("etag") ?? "";
		expect((await patch({ values: { "/main/density": 0.1 } }, { "if-match": tag })).status).toBe(200);
		const stale = await patch({ values: { "/main/density": 0.2 } }, { "if-match": tag });
		expect([stale.status, await codeOf(stale)]).toEqual([412, "param/stale"]);
		expect(served.backend.store.get("/main/density")).toBe(0.1);
		expect((await patch({ values: { "/main/density": 0.2 } }, { "if-match": "*" })).status).toBe(200);
		for (const wrong of ["garbage", "7", '"999999"']) {
			expect((await patch({ values: { "/main/density": 0.3 } }, { "if-match": wrong })).status, wrong).toBe(412);
		}
	});

	test("whatever else is turned meanwhile", async () => {
		const tag = (await served.ask("/api/v1/params/main/density")).headers.get("etag") ?? "";
		await put("/main/noise/scale", { value: 0.1 });
		const headers = { "if-match": tag };
		const mine = await served.ask("/api/v1/params/main/density", { method: "PUT", json: { value: 0.4 }, headers });
		expect(mine.status).toBe(200);
		const ops = [{ op: "ramp", address: "/main/density", to: 1, s: 4 }];
		expect((await served.ask("/api/v1/params/batch", { method: "POST", json: { ops }, headers })).status).toBe(412);
	});

	test("a batch of sets and ramps lands as one change", async () => {
		const ops = [
			{ op: "set", values: { "/main/rule": "highlife" } },
			{ op: "ramp", address: "/main/density", to: 1, s: 4, curve: "smooth" },
		];
		expect((await served.ask("/api/v1/params/batch", { method: "POST", json: { ops } })).status).toBe(200);
		const changes = [
			["/main/rule", "highlife"],
			["/main/density/ramp", [1, 4, "smooth"]],
		];
		expect(served.backend.calls).toEqual([["set", changes, "http:here"]]);
	});
});

describe("waiting until it shows", () => {
	test("names the frame", async () => {
		served.backend.frames = { main: 812 };
		const response = await put("/main/density", { value: 0.8 }, "?wait=applied");
		expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ frames: { main: 812 } })]);
	});

	test("is 202 when it does not show in time", async () => {
		expect((await put("/main/density", { value: 0.8 }, "?wait=applied")).status).toBe(202);
		expect((await put("/main/density", { value: 0.7 }, "?wait=forever")).status).toBe(422);
	});
});
