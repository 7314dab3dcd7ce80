import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clause, sinkContract, sourceContract } from "mutoscope/testing";
import { afterAll, describe, test } from "vitest";
import file from "../../bridges/file/index.ts";
import recording from "../../bridges/recording/index.ts";
import testCard from "../../bridges/test-card/index.ts";
import type { SinkDefinition, SourceDefinition } from "../../src/contract/bridge.ts";

const folder = mkdtempSync(join(tmpdir(), "mutoscope-contracts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const picture = join(folder, "picture.ppm");
writeFileSync(picture, Buffer.concat([Buffer.from("P6 64 36 255\n"), Buffer.alloc(64 * 36 * 3, 90)]));

const contracts: Record<string, Clause[]> = {
	"the source test-card": sourceContract(testCard.source as SourceDefinition),
	"the source file": sourceContract(file.source as SourceDefinition, { values: { path: picture } }),
	"the sink recording": sinkContract(recording.sink as SinkDefinition, { values: { path: join(folder, "show.mp4") } }),
};

describe.each(Object.entries(contracts))("%s", (_, clauses) => {
	for (const { name, skip, run } of clauses) test.skipIf(skip !== undefined)(name, run);
});
