import { describe, expect, test } from "vitest";
import { Links } from "../../../src/server/links.ts";
import { COOKIE_SECONDS, Tokens } from "../../../src/server/tokens.ts";
import { SECRET } from "./fake.ts";

test("each token has its role, and nothing else has one", () => {
	const tokens = new Tokens(SECRET);
	expect(tokens.roleOf(SECRET)).toBe("admin");
	expect(tokens.roleOf(tokens.operator)).toBe("operator");
	expect(tokens.roleOf(tokens.viewer)).toBe("viewer");
	for (const wrong of ["", SECRET.slice(1), `${SECRET} `, tokens.viewer.slice(0, -1), "é".repeat(10_000)]) {
		expect(tokens.roleOf(wrong)).toBeUndefined();
	}
});

test("tokens outlive a restart and end with the secret", () => {
	expect(new Tokens(SECRET).viewer).toBe(new Tokens(SECRET).viewer);
	expect(new Tokens("another secret, as long").roleOf(new Tokens(SECRET).viewer)).toBeUndefined();
	expect(() => new Tokens("short")).toThrow(TypeError);
});

test("a login key works once, in time, in the daemon that made it", () => {
	let now = 1000;
	const tokens = new Tokens(SECRET, () => now);
	const key = tokens.login("operator", 60);
	expect(tokens.redeem(key)).toBe("operator");
	expect(tokens.redeem(key)).toBeUndefined();
	const late = tokens.login("admin", 60);
	now += 61;
	expect(tokens.redeem(late)).toBeUndefined();
	expect(new Tokens(SECRET, () => now).redeem(tokens.login("admin"))).toBeUndefined();
});

test("a cookie gives its role until it ends, also to a daemon that was restarted", () => {
	let now = 1000;
	const tokens = new Tokens(SECRET, () => now);
	const cookie = tokens.cookie("operator");
	const again = new Tokens(SECRET, () => now);
	expect(again.roleOfCookie(cookie)).toBe("operator");
	now += COOKIE_SECONDS + 1;
	expect(again.roleOfCookie(cookie)).toBeUndefined();
});

test("a cookie cannot be changed, and a token is none", () => {
	const tokens = new Tokens(SECRET);
	const cookie = tokens.cookie("viewer");
	const [, until, mac] = cookie.split(".");
	for (const wrong of [
		`admin.${until}.${mac}`,
		`viewer.${Number(until) + 1}.${mac}`,
		`viewer.${until}`,
		"..",
		"",
		tokens.viewer,
		`viewer.Infinity.${mac}`,
		new Tokens("another secret, as long").cookie("admin"),
	]) {
		expect(tokens.roleOfCookie(wrong)).toBeUndefined();
	}
});

describe("a link", () => {
	test("gives the role of a viewer, as does the cookie that it leaves, until it is withdrawn", async () => {
		const links = new Links();
		const tokens = new Tokens(SECRET, undefined, links);
		const { id } = await links.make("main", "the foyer", 7);
		const [standing, made] = [tokens.link("main"), tokens.link(id)];
		const cookie = tokens.cookie("viewer", id);
		expect([tokens.roleOf(standing), tokens.roleOf(made), tokens.roleOfCookie(cookie)]).toEqual(
			Array.from({ length: 3 }, () => "viewer"),
		);
		expect([tokens.linkOf(made), tokens.linkOfCookie(cookie), tokens.linkOfCookie(tokens.cookie("viewer"))]).toEqual([
			id,
			id,
			undefined,
		]);
		await links.withdraw(id);
		expect([tokens.roleOf(made), tokens.roleOfCookie(cookie)]).toEqual([undefined, undefined]);
		expect(tokens.roleOf(standing)).toBe("viewer");
	});

	test("that stands for a session is replaced by another when it is withdrawn, whatever is started anew", async () => {
		let kept: ConstructorParameters<typeof Links>[0];
		const links = new Links(undefined, async (now) => {
			kept = now;
		});
		const before = new Tokens(SECRET, undefined, links).link("main");
		await links.make("main", "the foyer", 7);
		await links.withdraw("main");
		const tokens = new Tokens(SECRET, undefined, new Links(kept));
		expect([tokens.roleOf(before), tokens.roleOf(tokens.link("main"))]).toEqual([undefined, "viewer"]);
		expect(tokens.links.made).toMatchObject([{ session: "main", name: "the foyer", made: 7 }]);
	});

	test("cannot be changed into another", () => {
		const tokens = new Tokens(SECRET);
		const [id, serial, mac] = tokens.link("main").split(".");
		for (const wrong of [
			`two.${serial}.${mac}`,
			`${id}.1.${mac}`,
			`${id}.${serial}.`,
			`${id}.${mac}`,
			"..",
			"main.0",
		]) {
			expect(tokens.roleOf(wrong)).toBeUndefined();
			expect(tokens.roleOfCookie(wrong)).toBeUndefined();
		}
		expect(new Tokens("another secret, as long").roleOf(tokens.link("main"))).toBeUndefined();
	});

	test("that is not there cannot be withdrawn", async () => {
		await expect(new Links().withdraw("main~0")).rejects.toMatchObject({ code: "auth/no-link" });
	});
});
