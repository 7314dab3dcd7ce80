import { expect, test } from "vitest";
import { type ResetFacts, type ResetOptions, resetOf } from "../../../pipelines/wan/reset.ts";

const NOTHING: ResetFacts = {
	asked: false,
	start: 30,
	latents: 3,
	lorasSet: false,
	stepsChanged: false,
	modeChanged: false,
	video: false,
	textChanged: false,
	moving: false,
};
const SCOPE: ResetOptions = { manageCache: true, promptOverVideo: "cut", horizon: 1024 };

const kind = (facts: Partial<ResetFacts>, options: Partial<ResetOptions> = {}) =>
	resetOf({ ...NOTHING, ...facts }, { ...SCOPE, ...options }).kind;

test("a chunk like the one before drops nothing", () => {
	expect(kind({})).toBe("none");
	expect(kind({ video: true, moving: true })).toBe("none");
});

test("a new prompt drops the text, and over a video everything", () => {
	expect(kind({ textChanged: true })).toBe("text");
	expect(kind({ textChanged: true, video: true })).toBe("full");
});

test("a prompt that travels, or whose arrival was the chunk before, does not cut", () => {
	expect(kind({ textChanged: true, video: true, moving: true })).toBe("text");
});

test("a prompt over a video need not cut", () => {
	expect(kind({ textChanged: true, video: true }, { promptOverVideo: "keep" })).toBe("text");
	expect(kind({ textChanged: true, video: true }, { manageCache: false })).toBe("text");
});

test.each([{ lorasSet: true }, { stepsChanged: true }])("%j resets if the cache is managed", (facts) => {
	expect(kind(facts)).toBe("full");
	expect(kind(facts, { manageCache: false })).toBe("none");
});

test("the last chunk that fits before the horizon resets, unless there is none", () => {
	expect(kind({ start: 1020 })).toBe("none");
	expect(kind({ start: 1021 })).toBe("full");
	expect(kind({ start: 1_000_000 }, { horizon: Number.POSITIVE_INFINITY })).toBe("none");
});

test("a video that comes or goes resets, whoever manages the cache", () => {
	expect(kind({ modeChanged: true }, { manageCache: false })).toBe("full");
});

test("only a reset that was asked for forgets the prompts", () => {
	expect(resetOf({ ...NOTHING, asked: true }, SCOPE)).toMatchObject({ kind: "full", forgetsPrompts: true });
	expect(resetOf({ ...NOTHING, lorasSet: true }, SCOPE)).toMatchObject({ forgetsPrompts: false });
});
