import fc from "fast-check";
import { expect, test } from "vitest";
import { ControlStage } from "./stage.ts";

const op = fc.constantFrom("identify", "set", "ramp", "get", "batch", "subscribe", "call", "format", "");
const address = fc.oneof(
	fc.constantFrom("/hue", "/vace/scale", "/vace/scale/ramp", "/prompt", "/cache/reset", "/nothing", "/**"),
	fc.string(),
);
const anything = fc.oneof(
	fc.jsonValue(),
	fc.dictionary(address, fc.jsonValue(), { maxKeys: 4 }),
	fc.array(address, { maxLength: 4 }),
);
const messageLike = fc.record(
	{
		op,
		id: fc.oneof(fc.nat(), fc.string(), fc.jsonValue()),
		values: anything,
		ramp: anything,
		address,
		to: anything,
		s: anything,
		addresses: anything,
		ops: anything,
		patterns: anything,
		maxHz: anything,
		method: address,
		params: anything,
		rpc: fc.constant(1),
		token: fc.string(),
		resume: anything,
	},
	{ requiredKeys: ["op"] },
);
const sent = fc.oneof(
	messageLike.map((message) => JSON.stringify(message)),
	fc.json(),
	fc.string(),
	fc.uint8Array({ maxLength: 64 }),
);

test.each([
	["a client of ours", {}],
	["a client of Scope", { scope: "/main" }],
])("whatever %s sends, nothing is thrown, and every parameter keeps a value that it may have", (_, options) => {
	fc.assert(
		fc.property(fc.array(sent, { maxLength: 20 }), (messages) => {
			const stage = new ControlStage();
			stage.methods["/hue"] = { role: "operator", run: (params) => params };
			const { end, enter } = stage.connect({ role: "operator", ...options });
			enter();
			for (const message of messages) end.receive(message);
			stage.timing.pass(1);
			stage.store.tick(stage.timing.now);
			for (const { address, param } of stage.store.list()) {
				expect(
					param.type === "trigger" ? undefined : stage.store.refusal(address, stage.store.get(address)),
				).toBeUndefined();
			}
			end.closed();
			stage.timing.pass(15);
			expect([stage.timing.waiting, stage.lines]).toEqual([0, []]);
		}),
		{ seed: 11, numRuns: 500 },
	);
});
