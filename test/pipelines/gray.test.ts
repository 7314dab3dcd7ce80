import { pipelineContract } from "mutoscope/testing";
import { expect, test } from "vitest";
import { toGrey } from "../../pipelines/gray/grey.ts";
import definition from "../../pipelines/gray/index.ts";

for (const { name, skip, run } of pipelineContract(definition)) test.skipIf(skip !== undefined)(`grey ${name}`, run);

test("colours become as bright as they look, and greys stay as they are", () => {
	const colours = [255, 0, 0, 9, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255];
	const to = new Uint8Array(colours.length);
	toGrey(Uint8Array.from(colours), to);
	expect([...to]).toEqual([76, 76, 76, 255, 150, 150, 150, 255, 29, 29, 29, 255, 255, 255, 255, 255]);
	const greys = Uint8Array.from({ length: 256 * 4 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2));
	const same = new Uint8Array(greys.length);
	toGrey(greys, same);
	expect(same).toEqual(greys);
});
