import { afterEach, beforeEach, expect, test } from "vitest";
import { codeOf, type Served, serve } from "../fake.ts";

interface Told {
	readonly id: string;
	readonly name: string;
	readonly view: string;
	readonly still: string;
}

let served: Served;
beforeEach(() => {
	served = serve();
});
afterEach(() => served[Symbol.dispose]());

const make = async (name: string) =>
	(await (await served.ask("/api/v1/links", { method: "POST", json: { name } })).json()) as Told;
const list = async () => ((await (await served.ask("/api/v1/links")).json()) as { links: Told[] }).links;
const withdraw = (id: string) => served.ask(`/api/v1/links/${encodeURIComponent(id)}`, { method: "DELETE" });
const look = async (address: string) =>
	(await served.ask(address.slice("http://127.0.0.1:8000".length), { token: null })).status;

test("somebody's link lets them look, and is withdrawn without touching the others", async () => {
	const [foyer, bar] = [await make("foyer"), await make("bar")];
	expect((await list()).map(({ id, name }) => [id, name])).toEqual([
		["main", ""],
		[foyer.id, "foyer"],
		[bar.id, "bar"],
	]);
	expect([await look(foyer.still), await look(bar.still)]).toEqual([200, 200]);
	expect((await withdraw(foyer.id)).status).toBe(204);
	expect([await look(foyer.still), await look(bar.still)]).toEqual([401, 200]);
	expect((await list()).map(({ name }) => name)).toEqual(["", "bar"]);
	const again = await withdraw(foyer.id);
	expect([again.status, await codeOf(again)]).toEqual([404, "auth/no-link"]);
});

test("the standing link of a session is replaced by another", async () => {
	const told = async () => (await (await served.ask("/api/v1/sessions/main/links")).json()) as Told;
	const { still } = await told();
	await withdraw("main");
	expect([await look(still), await look((await told()).still)]).toEqual([401, 200]);
	expect((await withdraw("nobody")).status).toBe(404);
});

test("a cookie that a link left goes with it, also after the page renewed it", async () => {
	const { id, view } = await make("foyer");
	const at = (cookie?: string) =>
		served.ask(view.slice("http://127.0.0.1:8000".length), { token: null, headers: cookie ? { cookie } : {} });
	const cookie = (await at()).headers.get("set-cookie")?.split(";")[0] ?? "";
	const me = async () =>
		(await served.ask("/api/v1/me", { token: null, headers: { cookie } })).json() as Promise<{ role: string | null }>;
	expect(await me()).toEqual({ role: "viewer" });
	await withdraw(id);
	expect(await me()).toEqual({ role: null });
});

test("signing in with a link's token lasts no longer than the link", async () => {
	const { id, view } = await make("foyer");
	const token = new URL(view).searchParams.get("token");
	const signed = await served.ask("/api/v1/login", { method: "POST", token: null, json: { token } });
	const cookie = signed.headers.get("set-cookie")?.split(";")[0] ?? "";
	expect(served.tokens.roleOfCookie(cookie.slice(cookie.indexOf("=") + 1))).toBe("viewer");
	await withdraw(id);
	expect(served.tokens.roleOfCookie(cookie.slice(cookie.indexOf("=") + 1))).toBeUndefined();
});

test.each([
	["GET", "/api/v1/links"],
	["POST", "/api/v1/links"],
	["DELETE", "/api/v1/links/main"],
])("%s %s is for admins", async (method, path) => {
	const body = method === "POST" ? { json: { name: "me" } } : {};
	expect((await served.ask(path, { method, token: served.tokens.operator, ...body })).status).toBe(403);
});
