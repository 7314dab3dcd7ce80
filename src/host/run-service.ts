import { MutoscopeError } from "../base/errors.ts";
import { RingReader, RingWriter } from "../media/ring.ts";
import { loadGuest } from "./guest.ts";
import type { Rings, ServiceTask } from "./messages.ts";
import type { Outside, Role, Start } from "./role.ts";

/** Runs the service of a bridge in this process. */
export async function runServiceRole({ task, rings }: Start, { send, log, signal }: Outside): Promise<Role> {
	const { bridge, config } = task as ServiceTask;
	const { service: definition } = await loadGuest("bridge", bridge);
	if (!definition) throw new MutoscopeError("guest/invalid", { module: bridge.module, reason: "it has no service" });
	let known: Rings = rings;
	const context = {
		config,
		output: async (session: string) => RingReader.attach(ringOf(known.outputs, session)),
		input: async (session: string) => RingWriter.attach(ringOf(known.inputs, session)),
		emit: (event: string, data: unknown) => send({ type: "event", event, data }),
		log,
	};
	const service = await definition.open(context, signal);
	send({ type: "ready" });
	const { promise: over, resolve } = Promise.withResolvers<void>();
	return {
		over,
		params: () => {},
		rings: (newest) => {
			known = newest;
		},
		call: (method, input, asked) => service.call(method, input, asked),
		report: () => ({ ...service.report?.() }),
		async [Symbol.asyncDispose]() {
			await service[Symbol.asyncDispose]();
			resolve();
		},
	};
}

function ringOf(rings: Readonly<Record<string, string>>, session: string): string {
	const ring = Object.hasOwn(rings, session) ? rings[session] : undefined;
	if (ring === undefined) throw new MutoscopeError("session/unknown", { session });
	return ring;
}
