import { expect, test } from "vitest";
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
