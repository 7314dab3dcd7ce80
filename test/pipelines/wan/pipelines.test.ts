import { pipelineContract } from "mutoscope/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { wan } from "../../../pipelines/wan/index.ts";
import { type TinyModels, tinyModels } from "./tiny-models.ts";

let models: TinyModels;
beforeAll(async () => {
	models = await tinyModels();
});
afterAll(() => models[Symbol.dispose]());

describe.each(wan.map((definition) => [definition.id, definition] as const))("%s", (_id, definition) => {
	const values = { "/width": 64, "/height": 32 };
	for (const { name, run, skip } of pipelineContract(definition, {
		values,
		chunks: 2,
		file: (artifact) => models.file(artifact),
	})) {
		test.skipIf(skip !== undefined)(name, run, 120_000);
	}
});
