import { expect, test } from "vitest";
import { grey } from "../rehearsal.ts";
import { MOMENT, stage } from "./stage.ts";

test("a plugin that runs apart changes frames and values as it would here", async () => {
	const { begin, until, hooks, apart } = stage();
	begin();
	expect(await until((red) => red !== 10)).toBe(15);
	expect(await hooks.params.promise({ level: 1, word: "still" }, MOMENT)).toEqual({ level: 2.5, word: "still" });
	expect(apart.report()).toMatchObject({ slow: false, late: 0 });
});

test("the stamp of a frame survives the way there and back", async () => {
	const { begin, until, hooks } = stage();
	begin();
	await until((red) => red !== 10);
	using shown = await hooks.frameOut.promise(grey(10, { captured: 7 }), MOMENT);
	expect(shown.stamp).toMatchObject({ captured: 7 });
});

test("what it is turned to travels with the frame, so that the next one shows it", async () => {
	const { begin, until, hooks, turn } = stage();
	begin();
	await until((red) => red !== 10);
	for (const by of [20, 30, 40]) {
		turn({ by });
		using shown = await hooks.frameOut.promise(grey(10), MOMENT);
		expect(shown.data[0]).toBe(10 + by);
	}
});

test("a frame that it leaves alone is not copied back, and hooks that it does not tap are not asked", async () => {
	const { begin, until, hooks, turn } = stage();
	const { answerer } = begin();
	await until((red) => red !== 10);
	turn({ by: 0 });
	const calls = answerer.calls;
	const given = grey(10);
	using shown = await hooks.frameOut.promise(given, MOMENT);
	expect(shown).toBe(given);
	using other = await hooks.frameIn.promise(grey(10), MOMENT);
	expect(other.data[0]).toBe(10);
	expect(answerer.calls).toBe(calls + 1);
});

test("one that throws is reported where it runs, and the frame goes on as it was", async () => {
	const { begin, until, hooks, turn, failures } = stage();
	begin();
	await until((red) => red !== 10);
	turn({ by: -1 });
	using shown = await hooks.frameOut.promise(grey(10), MOMENT);
	expect(shown.data[0]).toBe(10);
	expect(failures).toEqual(["Error: by less than nothing"]);
});
