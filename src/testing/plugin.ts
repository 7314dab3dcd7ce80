import assert from "node:assert/strict";
import { createHooks, type Hooks, type Moment } from "../contract/hooks.ts";
import type { PluginDefinition } from "../contract/plugin.ts";
import type { ParamsSchema } from "../params/meta.ts";
import { defaultsOf, jsonSchemaOf, type Param, paramsOf, type Values } from "../params/schema.ts";
import { type Clause, CountingPool, checkFrame, picture, silent } from "./clause.ts";

/** How a plugin is tried. */
export interface PluginTrial {
	/** Values of the plugin that differ from the defaults. */
	readonly values?: Readonly<Record<string, unknown>>;
	/** Parameters of the generator that it plays with; none unless said. */
	readonly generator?: ParamsSchema;
	/** Chunks to a run; 3 unless said. */
	readonly chunks?: number;
}

/** What every plugin promises: taps of its own name that throw nothing, keep nothing of earlier hooks, and lose no frame. */
export function pluginContract(definition: PluginDefinition, trial: PluginTrial = {}): Clause[] {
	return [
		{
			name: "says what it is",
			async run() {
				assert.match(definition.id, /^[a-z][a-z0-9-]*$/);
				for (const text of [definition.title, definition.description]) assert.notEqual(text, "");
			},
		},
		{
			name: "taps under its own name, fails in no hook and gives back every frame",
			run: () => perform(definition, trial).then(() => {}),
		},
		{
			name: "does the same with fresh hooks as it did with the first",
			async run() {
				assert.deepEqual(await perform(definition, trial), await perform(definition, trial));
			},
		},
	];
}

/** A short show with a plugin. Returns the values that came out of it. */
async function perform(definition: PluginDefinition, { values = {}, generator, chunks = 3 }: PluginTrial) {
	const failures: string[] = [];
	const names = new Set<string>();
	const name = (tap: string) => {
		names.add(tap);
		return tap;
	};
	const hooks: Hooks = createHooks((_, hook, error) => void failures.push(`${hook}: ${error}`), name);
	const known: readonly Param[] = generator ? paramsOf(jsonSchemaOf(generator)) : [];
	const params = definition.params?.parse(values) ?? {};
	const param = (address: string) => known.find((param) => param.address === address);
	definition.tap?.({ hooks, params: () => params, param, log: silent });
	for (const tap of names) assert.equal(tap, definition.id, "a tap must be named after its plugin");

	const pool = new CountingPool();
	const all: Values[] = [];
	for (let chunk = 0; chunk < chunks; chunk++) {
		const moment: Moment = { session: "main", chunk, time: chunk / 30 };
		all.push(await hooks.params.promise(defaultsOf(known), moment));
		for (const hook of [hooks.frameIn, hooks.frameOut]) {
			const size = { width: 64, height: 36 };
			using drawn = picture(chunk, size);
			const given = pool.take(size);
			given.data.set(drawn.data);
			const shown = await hook.promise(given, moment);
			checkFrame(shown);
			shown.close();
		}
	}
	await hooks.close.promise();
	assert.deepEqual(failures, []);
	pool.settle();
	return all;
}
