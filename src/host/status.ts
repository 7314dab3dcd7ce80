/** A child as panels show it. */
export interface ProcessStatus {
	readonly name: string;
	readonly state: "starting" | "running" | "waiting" | "quarantined" | "stopped";
	readonly pid?: number;
	/** How often it was started again. */
	readonly restarts: number;
	/** Why it last ended, or will not start. */
	readonly reason?: string;
	/** Resident memory in bytes. */
	readonly memory?: number;
	/** Share of one core since the heartbeat before. */
	readonly cpu?: number;
}

/** What a child tells, to whom it may concern. A listener must not throw. */
export interface SupervisorListener {
	/** Its state, memory or share of the processor changed. */
	state?(status: ProcessStatus): void;
	/** Frame `frame` is the first that was made with `revision`. */
	applied?(revision: number, frame: number): void;
	event?(event: string, data: unknown): void;
	/** The guest wants parameters of its session turned, by relative address, all or none. May throw: the guest hears of it. */
	turn?(changes: Readonly<Record<string, unknown>>): void;
	/** With each heartbeat: what the guest says of itself. */
	report?(report: Record<string, unknown>): void;
}
