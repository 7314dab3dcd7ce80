import { pipelineContract } from "mutoscope/testing";
import { expect, test } from "vitest";
import definition from "../../pipelines/passthrough/index.ts";
import { grey, rehearse, snapshotsOf } from "../src/session/rehearsal.ts";

for (const { name, skip, run } of pipelineContract(definition, { values: { "/width": 64, "/height": 36 } })) {
	test.skipIf(skip !== undefined)(`passthrough ${name}${skip === undefined ? "" : ` (${skip})`}`, run);
}

test("a source of another shape is brought to the size that was asked for, as it is asked to fit", async () => {
	const size = { width: 64, height: 32 };
	const parts = (fit: string) => ({ "": size, "/source": { fit }, "/session": { fade: 0 } });
	await using show = rehearse(definition, snapshotsOf(1, parts("contain")));
	show.source.write(grey(200, { width: 16, height: 16, captured: 99 }));
	const bars = (await show.output.until((all) => all.at(-1)?.width === 64)).at(-1);
	expect(bars).toMatchObject({ ...size, red: 0 });
	show.feed.update(snapshotsOf(2, parts("stretch")));
	show.source.write(grey(100, { width: 16, height: 16, captured: 99 }));
	await show.output.until((all) => all.at(-1)?.red === 100);
});

test("a new size is opened beside the running one and faded to", async () => {
	await using show = rehearse(definition, snapshotsOf(1, { "": { width: 32, height: 16 }, "/session": { fade: 0 } }));
	show.source.write(grey(50, { captured: 99 }));
	await show.output.until((all) => all.at(-1)?.width === 32);
	show.feed.update(snapshotsOf(2, { "": { width: 64, height: 32 }, "/session": { fade: 0.5 } }));
	show.source.write(grey(50, { captured: 99 }));
	const shown = await show.output.until((all) => all.at(-1)?.width === 64);
	expect(shown.at(-1)?.red).toBe(50);
});
