import { describe, expect, test } from "vitest";
import { ControlStage } from "./stage.ts";

describe("news", () => {
	test("are status and log for those who asked", () => {
		const stage = new ControlStage();
		const [asked, not, viewer] = [stage.connect(), stage.connect(), stage.connect({ role: "viewer" })];
		asked.enter({ status: true });
		not.enter();
		viewer.enter({ status: true });
		stage.tellStatus();
		stage.tellLog("one");
		stage.tellLog("two");
		stage.timing.pass(1);
		expect(asked.told()).toMatchObject([
			{ op: "status" },
			{ op: "log", lines: [{ message: "one" }, { message: "two" }] },
		]);
		expect(viewer.told()).toMatchObject([{ op: "status" }]);
		expect(not.told()).toEqual([]);
	});
});
