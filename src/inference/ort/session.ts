import { koffi } from "../../media/native.ts";
import type { DType } from "../dtype.ts";
import { callAside, counted, given, spoken } from "./call.ts";
import { check } from "./failure.ts";
import type { Pointer } from "./functions.ts";
import type { Runtime } from "./runtime.ts";
import { readShape, Value } from "./value.ts";

/** `GraphOptimizationLevel` of onnxruntime_c_api.h. */
const LEVELS = { none: 0, basic: 1, all: 99 } as const;

/** What a session is made with. */
export interface SessionSettings {
	readonly optimise: keyof typeof LEVELS;
	readonly threads: number;
	/** Keys of onnxruntime_session_options_config_keys.h. */
	readonly config: Readonly<Record<string, string>>;
	/** Initializers that are lent to it, by name. They have to outlive it. */
	readonly weights: ReadonlyMap<string, Value>;
	/** Where lent weights are kept packed for several sessions (`OrtPrepackedWeightsContainer`). */
	readonly packed: Pointer | undefined;
	/** Adds an execution provider before the CPU's. */
	readonly append: (runtime: Runtime, options: Pointer) => void;
}

/** An input or an output as the runtime describes it. A length is a number, or the name of one not known yet. */
export interface Port {
	readonly dtype: DType;
	readonly shape: readonly (number | string)[];
}

/** Opens a session on a copy of the model's bytes, aside from the event loop. Throws `OrtFailure`. */
export async function createSession(runtime: Runtime, model: Uint8Array, settings: SessionSettings): Promise<Pointer> {
	const { functions, env } = runtime;
	const options = given(runtime, (out) => functions.CreateSessionOptions(out));
	// A call that runs aside reads and writes memory that V8 neither moves nor collects.
	const bytes = Value.scratch(runtime, "uint8", model.byteLength);
	const slot = Value.scratch(runtime, "int64", 1);
	try {
		configure(runtime, options, settings);
		bytes.write(model);
		await callAside(
			runtime,
			functions.CreateSessionFromArrayWithPrepackedWeightsContainer,
			env,
			bytes.address,
			model.byteLength,
			options,
			settings.packed ?? 0n,
			slot.address,
		);
		return BigInt(koffi.decode.uint64(slot.address));
	} finally {
		bytes.close();
		slot.close();
		functions.ReleaseSessionOptions(options);
	}
}

function configure(runtime: Runtime, options: Pointer, settings: SessionSettings): void {
	const { functions } = runtime;
	const ensure = (status: Parameters<typeof check>[1]) => check(functions, status);
	ensure(functions.SetSessionGraphOptimizationLevel(options, LEVELS[settings.optimise]));
	ensure(functions.SetIntraOpNumThreads(options, settings.threads));
	// With a pattern, room for all weights is reserved beside the files they lie in: more than many a machine has.
	ensure(functions.DisableMemPattern(options));
	for (const [key, value] of Object.entries(settings.config))
		ensure(functions.AddSessionConfigEntry(options, key, value));
	for (const [name, { pointer }] of settings.weights) ensure(functions.AddInitializer(options, name, pointer));
	settings.append(runtime, options);
}

/** The inputs and outputs of a session, in their order. */
export function portsOf(runtime: Runtime, session: Pointer): { inputs: Map<string, Port>; outputs: Map<string, Port> } {
	const { functions, allocator } = runtime;
	const read = (
		count: (typeof functions)["SessionGetInputCount"],
		name: (typeof functions)["SessionGetInputName"],
		info: (typeof functions)["SessionGetInputTypeInfo"],
	) => {
		const length = counted(runtime, (out) => count(session, out));
		return new Map(
			Array.from({ length }, (_, i) => [
				spoken(runtime, (out) => name(session, i, allocator, out)),
				readPort(
					runtime,
					given(runtime, (out) => info(session, i, out)),
				),
			]),
		);
	};
	return {
		inputs: read(functions.SessionGetInputCount, functions.SessionGetInputName, functions.SessionGetInputTypeInfo),
		outputs: read(functions.SessionGetOutputCount, functions.SessionGetOutputName, functions.SessionGetOutputTypeInfo),
	};
}

function readPort(runtime: Runtime, type: Pointer): Port {
	const { functions } = runtime;
	try {
		// It belongs to the type.
		const info = given(runtime, (out) => functions.CastTypeInfoToTensorInfo(type, out));
		if (info === 0n) throw new TypeError("it is not a tensor");
		const { dtype, dims } = readShape(runtime, info);
		if (!dtype) throw new TypeError("its elements are no numbers");
		const names = new BigUint64Array(dims.length);
		check(functions, functions.GetSymbolicDimensions(info, names, dims.length));
		const shape = dims.map((length, axis) => {
			const name = names[axis] ? koffi.decode.string(names[axis]) : "";
			return length >= 0 ? length : name;
		});
		return { dtype, shape };
	} finally {
		functions.ReleaseTypeInfo(type);
	}
}
