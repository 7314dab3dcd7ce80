import { expect, test, vi } from "vitest";
import type { Asked } from "../../../../src/session/apart/note.ts";
import { grey } from "../rehearsal.ts";
import { hold, MOMENT, stage } from "./stage.ts";

test("without a process frames go on as they are, at once", async () => {
	const { hooks, apart } = stage();
	using shown = await hooks.frameOut.promise(grey(10), MOMENT);
	expect(shown.data[0]).toBe(10);
	expect(apart.report().slow).toBe(false);
});

test("a dead one costs one wait; whatever comes after goes on at once, until another process speaks", async () => {
	const { begin, until, hooks, apart, turn } = stage();
	const first = begin();
	await until((red) => red === 15);
	first.end();
	turn({ deadline: 1 });
	const before = apart.report().bypassed;
	for (let i = 0; i < 20; i++) (await hooks.frameOut.promise(grey(10), MOMENT)).close();
	expect(apart.report()).toMatchObject({ bypassed: before + 20, late: 0, slow: false });
	turn({ deadline: 900, by: 7 });
	begin();
	expect(await until((red) => red !== 10)).toBe(17);
});

test("a late answer is dropped, and one that keeps being late is passed over until it is in time again", async () => {
	const { begin, until, miss, apart, turn, pass, reasons } = stage();
	begin();
	await until((red) => red === 15);
	while (!apart.report().slow) await miss();
	expect(apart.report().late).toBe(10);
	expect(reasons).toEqual(["The plugin adder is slower than its deadline."]);
	turn({ deadline: 900 });
	pass(1);
	await until((red) => red === 15);
	expect(apart.report().slow).toBe(false);
	expect(reasons.at(-1)).toBeUndefined();
});

test("the next process takes over in the middle of a show, without a frame that went on alone", async () => {
	const { begin, until, hooks, apart } = stage();
	begin();
	await until((red) => red !== 10);
	const before = apart.report().bypassed;
	begin();
	for (let i = 0; i < 50; i++) {
		using shown = await hooks.frameOut.promise(grey(10), MOMENT);
		expect(shown.data[0]).toBe(15);
	}
	expect(apart.report().bypassed).toBe(before);
});

test("deadlines must be missed one after the other for it to count as slow", async () => {
	const { begin, until, miss, apart, turn } = stage();
	begin();
	await until((red) => red === 15);
	for (let i = 0; i < 9; i++) await miss();
	turn({ deadline: 900 });
	await until((red) => red === 15);
	for (let i = 0; i < 9; i++) await miss();
	expect(apart.report()).toMatchObject({ slow: false, late: 18 });
});

test("a slow one is tried once a second, and no frame waits for it", async () => {
	const { begin, until, miss, hooks, apart, turn, pass } = stage(() => 0);
	const { answerer } = begin();
	await until((red) => red === 15);
	for (let i = 0; i < 10; i++) await miss();
	pass(1);
	const release = hold();
	const { calls } = answerer;
	for (let i = 0; i < 20; i++) expect((await hooks.frameOut.promise(grey(10), MOMENT)).data[0]).toBe(10);
	pass(0.01);
	release();
	while (apart.report().late < 11) await new Promise(setImmediate);
	for (let i = 0; i < 20; i++) expect((await hooks.frameOut.promise(grey(10), MOMENT)).data[0]).toBe(10);
	turn({ deadline: 900 });
	pass(1);
	await until((red) => red === 15);
	expect(apart.report()).toMatchObject({ slow: false, late: 11 });
	expect(answerer.calls).toBe(calls + 3);
});

test("a frame whose picture is not there any more goes on as it was, and is counted", async () => {
	const { answering, ask, hooks, apart } = stage();
	const link = answering();
	link.say({ life: 1, call: 0, hooks: ["frameOut"] });
	const { note, waiting } = await ask(link, () => hooks.frameOut.promise(grey(10), MOMENT));
	const { bypassed } = apart.report();
	link.say({ life: 1, call: (note as Asked).call, hooks: ["frameOut"], picture: 4711 });
	for (const shown of await Promise.all(waiting)) expect(shown.data[0]).toBe(10);
	expect(apart.report().bypassed).toBe(bypassed + 1);
});

test("calls are numbered on when the session begins again, so that no answer is taken for another's", async () => {
	const { answering, ask, join, hooks, apart } = stage();
	const link = answering();
	link.say({ life: 1, call: 0, hooks: ["params"] });
	const first = await ask(link, () => hooks.params.promise({ level: 1 }, MOMENT));
	apart[Symbol.dispose]();
	const again = join();
	const second = await ask(link, () => again.hooks.params.promise({ level: 1 }, MOMENT));
	expect((second.note as Asked).call).toBeGreaterThan((first.note as Asked).call);
});

test("once it was let go of, what waits goes on without it, and it is not looked for again", async () => {
	const { begin, until, hooks, apart, pass } = stage();
	const { answerer } = begin();
	await until((red) => red === 15);
	const release = hold();
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); // no deadline comes
	const { calls } = answerer;
	const waiting = hooks.frameOut.promise(grey(10), MOMENT);
	while (answerer.calls === calls) await new Promise(setImmediate);
	apart[Symbol.dispose]();
	expect((await waiting).data[0]).toBe(10);
	vi.useRealTimers();
	release();
	pass(10);
	for (let i = 0; i < 50; i++) {
		expect((await hooks.frameOut.promise(grey(10), MOMENT)).data[0]).toBe(10);
		await new Promise(setImmediate);
	}
	expect(answerer.calls).toBe(calls + 1);
});
