import assert from "node:assert/strict";
import type { BridgeContext, SinkDefinition, SourceDefinition } from "../contract/bridge.ts";
import type { ParamsSchema } from "../params/meta.ts";
import { type Clause, CountingPool, checkFrame, picture, settles, silent } from "./clause.ts";

/** How a source or sink is tried. */
export interface BridgeTrial {
	/** Values that differ from the defaults: a file, a port. */
	readonly values?: Readonly<Record<string, unknown>>;
	/** Settings from the config file. */
	readonly config?: Readonly<Record<string, unknown>>;
	/** Frames to a run; 3 unless said. */
	readonly frames?: number;
}

/** What every source promises: frames in order of capture, an end on abort, every frame given back, a close that may be late. */
export function sourceContract(definition: SourceDefinition, trial: BridgeTrial = {}): Clause[] {
	const count = trial.frames ?? 3;
	return [
		{
			name: "gives frames in the order in which they were captured",
			async run() {
				const { context, pool } = stage(definition.params, trial);
				const { signal } = new AbortController();
				const source = await definition.open(context, signal);
				let captured = 0;
				for (let i = 0; i < count; i++) {
					using frame = await source.next(signal);
					if (!frame) break;
					checkFrame(frame);
					assert.ok(frame.captured >= captured, "it was captured before the one before");
					captured = frame.captured;
				}
				await source[Symbol.asyncDispose]();
				pool.settle();
			},
		},
		{
			name: "ends waiting when the signal aborts",
			async run() {
				const { context, pool } = stage(definition.params, trial);
				const source = await definition.open(context, new AbortController().signal);
				const abort = new AbortController();
				const reason = new Error("enough");
				const waiting = source.next(abort.signal).then((frame) => frame?.close());
				abort.abort(reason);
				await settles(waiting, reason);
				await settles(
					source.next(abort.signal).then((frame) => frame?.close()),
					reason,
				);
				await source[Symbol.asyncDispose]();
				pool.settle();
			},
		},
		{
			name: "may be closed twice, and says numbers of itself",
			async run() {
				const { context } = stage(definition.params, trial);
				const source = await definition.open(context, new AbortController().signal);
				structuredClone(source.report?.());
				await source[Symbol.asyncDispose]();
				await source[Symbol.asyncDispose]();
			},
		},
	];
}

/** What every sink promises: it closes what it is given, takes another size at any frame, and may be closed twice. */
export function sinkContract(definition: SinkDefinition, trial: BridgeTrial = {}): Clause[] {
	const count = trial.frames ?? 3;
	return [
		{
			name: "closes the frames that it is given, of whatever size",
			async run() {
				const { context, pool } = stage(definition.params, trial);
				const sink = await definition.open(context, new AbortController().signal);
				const sizes = [
					{ width: 64, height: 36 },
					{ width: 36, height: 64 },
				];
				for (const size of sizes) {
					for (let i = 0; i < count; i++) {
						using drawn = picture(i, size);
						const frame = pool.take(size, { captured: 1 + i, made: 1 + i, chunk: i });
						frame.data.set(drawn.data);
						await sink.write(frame);
						assert.ok(frame.closed, "it did not close the frame");
					}
				}
				await sink[Symbol.asyncDispose]();
				pool.settle();
			},
		},
		{
			name: "may be closed without a frame, and twice, and says numbers of itself",
			async run() {
				const { context } = stage(definition.params, trial);
				const sink = await definition.open(context, new AbortController().signal);
				structuredClone(sink.report?.());
				await sink[Symbol.asyncDispose]();
				await sink[Symbol.asyncDispose]();
			},
		},
	];
}

function stage(params: ParamsSchema, { values = {}, config = {} }: BridgeTrial) {
	const pool = new CountingPool();
	const read = params.parse(values);
	const context: BridgeContext<Record<string, unknown>> = {
		session: "main",
		config,
		params: () => read,
		onTrigger: () => {},
		show: () => {},
		turn: async () => {},
		frame: pool.take,
		log: silent,
	};
	return { context, pool };
}
