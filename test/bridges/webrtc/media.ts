import { openService } from "../../../bridges/webrtc/service.ts";
import type { OpenTransport } from "../../../bridges/webrtc/transport.ts";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { Ring, RingReader, RingWriter } from "../../../src/media/ring.ts";
import type { Log, Service } from "../../../src/sdk.ts";

/** What the service said on its own account. */
interface Said {
	readonly event: string;
	readonly data: Record<string, unknown>;
}

/** The service in this process, with the rings of one session `main`. */
export interface Media extends AsyncDisposable {
	readonly service: Service;
	/** Names of the session's rings. */
	readonly output: string;
	readonly input: string;
	readonly said: Said[];
	call(method: string, input: unknown): Promise<unknown>;
	/** What it reports of `main`. */
	main(): Record<string, unknown>;
	/** Ends the session. */
	end(): void;
}

let count = 0;

/** A log that shows errors only, so that a failing test says why. */
export const quiet: Log = {
	debug() {},
	info() {},
	warn() {},
	error: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
	with: () => quiet,
};

/** Opens it, on another transport if given. */
export function openMedia(config: Record<string, unknown> = {}, open?: OpenTransport): Media {
	const name = `webrtc-test-${process.pid}-${count++}`;
	const rings = [Ring.create(name), Ring.create(`${name}-in`)];
	const said: Said[] = [];
	let ended = false;
	const check = (session: string) => {
		if (session !== "main" || ended) throw new MutoscopeError("session/unknown", { session });
	};
	const { signal } = new AbortController();
	const service = openService(
		{
			config,
			log: quiet,
			async output(session) {
				check(session);
				return RingReader.attach(name);
			},
			async input(session) {
				check(session);
				return RingWriter.attach(`${name}-in`);
			},
			emit: (event, data) => said.push({ event, data: data as Record<string, unknown> }),
		},
		open,
	);
	return {
		service,
		output: name,
		input: `${name}-in`,
		said,
		call: (method, input) => service.call(method, input, signal),
		main: () => (service.report?.().main ?? {}) as Record<string, unknown>,
		end() {
			ended = true;
			for (const ring of rings) ring.close();
		},
		async [Symbol.asyncDispose]() {
			await service[Symbol.asyncDispose]();
			for (const ring of rings) ring.close();
		},
	};
}
