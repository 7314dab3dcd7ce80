import { expect, test } from "vitest";
import { runSetup } from "../../src/setup.ts";
import { Usage } from "../../src/usage.ts";

test("setup is told what to set up", async () => {
	const said: string[] = [];
	const say = (line: string): 0 => {
		said.push(line);
		return 0;
	};
	await expect(runSetup({}, say)).rejects.toThrow(Usage);
	expect(said).toEqual([]);
});
