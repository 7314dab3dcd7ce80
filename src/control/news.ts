import type { Dispose } from "../base/dispose.ts";
import type { LogRecord, ServerMessage } from "../protocol/messages.ts";
import type { ControlContext } from "./context.ts";
import type { Line } from "./line.ts";
import { Pace } from "./pace.ts";

/** Log lines that wait for the next message; beyond that the oldest go. */
const LINES = 200;

/** Sends a client what the daemon is doing, and its log. Either may be left out when there is no room. */
export class NewsFeed implements Disposable {
	readonly #owned: readonly Dispose[];

	constructor(context: ControlContext, withLog: boolean, line: Line) {
		const send = (message: ServerMessage) => {
			if (line.roomy()) line.send(message);
		};
		let lines: LogRecord[] = [];
		const pace = new Pace(context, 4, () => {
			send({ op: "log", lines });
			lines = [];
		});
		const owned: Dispose[] = [
			() => pace[Symbol.dispose](),
			context.onStatus((status) => send({ op: "status", status })),
		];
		if (withLog) {
			owned.push(
				context.onLog((line) => {
					if (lines.push(line) > LINES) lines.shift();
					pace.ask();
				}),
			);
		}
		this.#owned = owned;
	}

	[Symbol.dispose](): void {
		for (const stop of this.#owned) stop();
	}
}
