import { describe, expect, test } from "vitest";
import { Resumes } from "../../../src/control/resumes.ts";

describe("those who may come back", () => {
	test("are known for ten minutes after they went", () => {
		let now = 0;
		const resumes = new Resumes(() => now);
		const one = resumes.begin();
		resumes.leave(one);
		now = 599;
		resumes.begin();
		expect(resumes.back(one.session)).toBe(one);
		resumes.leave(one);
		now = 1200;
		resumes.begin();
		expect(resumes.back(one.session)).toBeUndefined();
	});

	test("are 256, and those who went first are forgotten first", () => {
		const resumes = new Resumes(() => 0);
		const all = Array.from({ length: 300 }, () => {
			const one = resumes.begin();
			resumes.leave(one);
			return one;
		});
		const known = all.filter(({ session }) => resumes.back(session));
		expect(known).toEqual(all.slice(-256));
	});

	test("are not forgotten while they are here", () => {
		const resumes = new Resumes(() => 0);
		const here = resumes.begin();
		for (let i = 0; i < 300; i++) resumes.leave(resumes.begin());
		expect(resumes.back(here.session)).toBe(here);
	});

	test("have their last 512 answers remembered, but not long ones", () => {
		const one = new Resumes(() => 0).begin();
		for (let id = 0; id < 600; id++) one.keep(id, { text: String(id) });
		one.keep("long", "pending");
		one.keep("long", { text: "x".repeat(20_000) });
		expect([one.answer(88), one.answer(89), one.answer(599), one.answer("long")]).toEqual([
			undefined,
			{ text: "89" },
			{ text: "599" },
			undefined,
		]);
	});
});
