import type { ControlContext, Method, Role } from "../../../src/control/context.ts";
import { OscIntake } from "../../../src/control/osc/intake.ts";
import { Resumes } from "../../../src/control/resumes.ts";
import type { Applied } from "../../../src/control/showing.ts";
import { type ControlOptions, openControl } from "../../../src/control/socket.ts";
import type { ParamStore } from "../../../src/params/store.ts";
import type { ClientInput, DaemonStatus, LogRecord, ServerMessage } from "../../../src/protocol/messages.ts";
import { serverMessage } from "../../../src/protocol/messages.ts";
import { newStore } from "./osc/stage.ts";
import { quietLog } from "./quiet.ts";
import { FakeTiming } from "./timing.ts";

/** What the daemon would give to connections: a store with a session in it, `main`, that shows what it is told to. */
export class ControlStage implements ControlContext {
	readonly store: ParamStore = newStore();
	readonly timing = new FakeTiming();
	readonly clock = this.timing.clock;
	readonly after = this.timing.after;
	readonly lines: string[] = [];
	readonly log = quietLog(this.lines);
	readonly resumes = new Resumes(this.clock);
	readonly osc: OscIntake;
	readonly methods: Record<string, Method> = {};
	readonly #applied = new Set<(applied: Applied) => void>();
	readonly #status = new Set<(status: DaemonStatus) => void>();
	readonly #log = new Set<(line: LogRecord) => void>();
	#shown: Applied = { session: "main", revision: -1, frame: -1 };

	constructor() {
		const { store, clock, after, log } = this;
		this.osc = new OscIntake({ store, clock, after, log, wall: this.timing.wall, scope: true, ...this.#shows() });
	}

	#shows() {
		return {
			applied: (session: string) => this.applied(session),
			onApplied: (listener: (applied: Applied) => void) => this.onApplied(listener),
		};
	}

	authorise(token: string): Role | undefined {
		return ({ look: "viewer", turn: "operator", rule: "admin" } as const)[token];
	}

	applied(session: string): Applied | undefined {
		return session === "main" ? this.#shown : undefined;
	}

	onApplied(listener: (applied: Applied) => void) {
		this.#applied.add(listener);
		return () => this.#applied.delete(listener);
	}

	onStatus(listener: (status: DaemonStatus) => void) {
		this.#status.add(listener);
		return () => this.#status.delete(listener);
	}

	onLog(listener: (line: LogRecord) => void) {
		this.#log.add(listener);
		return () => this.#log.delete(listener);
	}

	/** The session shows a frame made with everything up to a revision. */
	show(frame: number, revision = this.store.revision): void {
		this.#shown = { session: "main", revision, frame };
		for (const tell of this.#applied) tell(this.#shown);
	}

	/** Twice a second. */
	tellStatus(): void {
		for (const tell of this.#status) tell({ version: "0", uptime: 1, sessions: [], processes: [], downloads: [] });
	}

	/** A line of the log. */
	tellLog(message: string): void {
		for (const tell of this.#log) tell({ at: 0, level: "info", message, fields: {} });
	}

	/** How many listen to anything. */
	get listeners(): number {
		return this.#applied.size + this.#status.size + this.#log.size;
	}

	/** A client on a connection of paper, as a data channel would be. */
	connect(options: ControlOptions = { role: "operator" }) {
		const heard: ServerMessage[] = [];
		const packets: Uint8Array[] = [];
		const raw: string[] = [];
		const line = { buffered: 0, closed: undefined as readonly [number, string] | undefined };
		const end = openControl(
			{
				send: (data) => {
					if (typeof data !== "string") packets.push(data);
					else if (data.startsWith('{"op"')) heard.push(serverMessage.parse(JSON.parse(data)));
					else raw.push(data);
				},
				buffered: () => line.buffered,
				close: (code, reason) => {
					line.closed = [code, reason];
				},
			},
			this,
			options,
		);
		const say = (...messages: ClientInput[]) => {
			for (const message of messages) end.receive(JSON.stringify(message));
		};
		/** What was heard since the last time. */
		const told = () => heard.splice(0);
		/** Identifies itself and forgets the greeting. */
		const enter = (more: Partial<Extract<ClientInput, { op: "identify" }>> = {}) => {
			say({ op: "identify", rpc: 1, ...more });
			const welcome = told().find((message) => message.op === "identified");
			if (!welcome) throw new Error("It was not let in.");
			return welcome;
		};
		return { end, say, told, enter, line, packets, raw };
	}
}
