import type { Dispose } from "../base/dispose.ts";
import { type ErrorBody, MutoscopeError } from "../base/errors.ts";
import type { Curve } from "../params/ramp.ts";
import type { ParamValue } from "../params/schema.ts";
import type { ParamInfo, ServerMessage } from "../protocol/messages.ts";
import { RPC } from "../protocol/wire.ts";
import { Events } from "./events.ts";
import { type Ack, type Asked, Requests } from "./requests.ts";
import { Socket } from "./socket.ts";
import { Steering } from "./steering.ts";
import type { BatchOp, ClientEvents, Connection, ConnectOptions, Role } from "./terms.ts";
import { Values } from "./values.ts";

/** A connection to the daemon that heals itself. What is set while it is down is sent once it is back. */
export class Client {
	readonly #options: ConnectOptions;
	readonly #events = new Events<ClientEvents>();
	readonly #values = new Values();
	readonly #requests: Requests;
	readonly #steering: Steering;
	readonly #socket: Socket;
	#state: Connection = "connecting";
	#reason = "";
	#role: Role = "viewer";
	#resume: { session: string; rev: number } | undefined;

	/** Use `connect`. */
	constructor(url: string, options: ConnectOptions = {}) {
		this.#options = options;
		this.#requests = new Requests((message) => this.#post(message), options.timeout ?? 10);
		this.#steering = new Steering(this.#values, {
			ready: () => this.#state === "open" && !this.#socket.isFull,
			send: (values) => {
				const id = this.#requests.id();
				this.#socket.send({ op: "set", id, values: plain(values) });
				return id;
			},
			refused: (addresses, error) => this.#events.emit("refused", { addresses, error }),
			ask: (addresses) => this.get(addresses),
		});
		this.#socket = new Socket(url, {
			message: (message) => this.#hear(message),
			lost: (reason, again) => this.#to(again ? "lost" : "refused", reason),
		});
	}

	get state(): Connection {
		return this.#state;
	}

	/** Why it is not open; empty while it is. */
	get reason(): string {
		return this.#reason;
	}

	get role(): Role {
		return this.#role;
	}

	/** Every parameter, in the daemon's order. */
	get tree(): readonly ParamInfo[] {
		return this.#values.tree;
	}

	/** Calls `listener` at every such event, until disposed. */
	on<K extends keyof ClientEvents>(name: K, listener: (event: ClientEvents[K]) => void): Dispose {
		return this.#events.on(name, listener);
	}

	/** The parameter at an address or alias; `/main` may be left out. */
	param(address: string): ParamInfo | undefined {
		return this.#values.find(address);
	}

	/** The newest value: what was set here, else what the daemon last said. */
	value(address: string): ParamValue | undefined {
		return this.#values.get(this.#full(address));
	}

	/** Calls `listener` with each new value of a full address, and at once with the one that is known. */
	watch(address: string, listener: (value: ParamValue) => void): Dispose {
		return this.#values.watch(address, listener);
	}

	/**
	 * Sets a parameter. Seen here at once; sent with the next frame, newest value only, the last one always.
	 *
	 * What the daemon refuses is told by the event `refused`, and the value goes back.
	 */
	set(address: string, value: ParamValue): void {
		this.#steering.put(this.#full(address), value);
	}

	/** Fires a trigger. Without a connection it is refused, not kept: late it would be wrong. */
	fire(address: string): void {
		const refused = (error: Error) => this.#events.emit("refused", { addresses: [address], error });
		if (this.#state === "open") this.change({ [this.#full(address)]: true }).catch(refused);
		else refused(new MutoscopeError("client/unreachable", { reason: this.#reason || "not connected yet" }));
	}

	/** Sets several at once, all or none, in one chunk; with `ramp` they travel there in so many seconds. */
	change(values: Record<string, ParamValue>, ramp?: { readonly s: number; readonly curve?: Curve }): Promise<Ack> {
		const message: Asked = { op: "set", id: this.#requests.id(), values: plain(values), ...(ramp && { ramp }) };
		return this.#ask(message) as Promise<Ack>;
	}

	/** Lets a number travel to `to` in `s` seconds. */
	ramp(address: string, to: number, s: number, curve: Curve = "linear"): Promise<Ack> {
		return this.#ask({ op: "ramp", id: this.#requests.id(), address, to, s, curve }) as Promise<Ack>;
	}

	/** Sets and ramps that land in one chunk, or not at all. */
	batch(ops: readonly BatchOp[]): Promise<Ack> {
		return this.#ask({ op: "batch", id: this.#requests.id(), ops: [...ops] }) as Promise<Ack>;
	}

	/** Asks the daemon for values, past everything kept here. */
	get(addresses: readonly string[]): Promise<Record<string, ParamValue>> {
		const message: Asked = { op: "get", id: this.#requests.id(), addresses: [...addresses] };
		return this.#ask(message) as Promise<Record<string, ParamValue>>;
	}

	/** Calls a method: `preset.save`, `session.restart` … Rejects with the daemon's reason. */
	call(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
		return this.#ask({ op: "call", id: this.#requests.id(), method, params });
	}

	/** Connects now, without waiting for the next try; also after it was refused. */
	retry(): void {
		this.#socket.retry();
	}

	close(): void {
		if (this.#state === "closed") return;
		this.#socket.close();
		this.#steering.close();
		this.#to("closed", "closed");
		this.#requests.fail("the client was closed");
	}

	#full(address: string): string {
		return this.#values.find(address)?.address ?? address;
	}

	#ask(message: Asked): Promise<unknown> {
		const isOver = this.#state === "closed" || this.#state === "refused";
		if (isOver) return Promise.reject(new MutoscopeError("client/unreachable", { reason: this.#reason }));
		return this.#requests.ask(message);
	}

	#post(message: Asked): boolean {
		if (this.#state === "open") this.#socket.send(message);
		return this.#state === "open";
	}

	#hear(message: ServerMessage): void {
		switch (message.op) {
			case "hello":
				this.#identify();
				break;
			case "identified":
				this.#identified(message);
				break;
			case "values":
				this.#reached(message.rev);
				this.#heard(message.values, message.rev);
				if (message.fired?.length) this.#events.emit("fired", message.fired);
				break;
			case "tree":
				this.#reached(message.rev);
				this.#adopt(message.tree, message.values, message.rev);
				break;
			case "ack":
				this.#acknowledged(message);
				break;
			case "result":
				this.#requests.answer(message.id, message.value);
				break;
			case "applied":
				this.#events.emit("applied", shownOf(message));
				break;
			case "error":
				this.#refused(message.id, message.error as unknown as ErrorBody);
				break;
			case "status":
				this.#events.emit("status", message.status);
				break;
			case "log":
				this.#events.emit("log", message.lines);
				break;
		}
	}

	#identify(): void {
		const { token, name = "mutoscope/client", subscribe = ["/**"], maxHz = 60, status = false } = this.#options;
		this.#socket.send({
			op: "identify",
			rpc: RPC,
			...(token && { token }),
			client: { name },
			sub: [...subscribe],
			maxHz,
			status,
			...(this.#resume && { resume: this.#resume }),
		});
	}

	#identified({ session, resumed, role, rev, tree, values }: Extract<ServerMessage, { op: "identified" }>): void {
		this.#socket.settled();
		this.#resume = { session, rev };
		this.#role = role;
		this.#steering.resume();
		this.#adopt(tree, values, rev);
		this.#to("open", "");
		this.#requests.resume(resumed);
		this.#steering.flush();
	}

	#reached(rev: number): void {
		if (this.#resume) this.#resume = { ...this.#resume, rev };
	}

	#adopt(tree: readonly ParamInfo[] | undefined, values: Readonly<Record<string, ParamValue>>, rev: number): void {
		if (tree) this.#values.adopt(tree);
		this.#heard(values, rev);
		if (tree) this.#events.emit("tree", tree);
	}

	#heard(values: Readonly<Record<string, ParamValue>>, rev: number): void {
		for (const [address, value] of Object.entries(values)) this.#steering.heard(address, value, rev);
	}

	#acknowledged(ack: Ack): void {
		this.#steering.acknowledged(ack);
		const message = this.#requests.answer(ack.id, { id: ack.id, rev: ack.rev, clamped: ack.clamped });
		// The daemon does not repeat to us what we set ourselves. What travels it does tell.
		const sets = message?.op === "batch" ? message.ops : message ? [message] : [];
		for (const op of sets) {
			if (op.op !== "set" || op.ramp) continue;
			for (const [address, value] of Object.entries({ ...op.values, ...ack.clamped })) {
				const info = this.#values.find(address);
				if (info && info.type !== "trigger" && value !== null) this.#values.put(info.address, value);
			}
		}
	}

	#refused(id: string | number | undefined, body: ErrorBody): void {
		if (id === undefined) return;
		if (this.#steering.owns(id)) this.#steering.refused(id, body);
		else this.#requests.refuse(id, body);
	}

	#to(state: Connection, reason: string): void {
		if (state === this.#state && reason === this.#reason) return;
		this.#state = state;
		this.#reason = reason;
		if (state === "refused") this.#requests.fail(reason);
		this.#events.emit("connection", { state, reason });
	}
}

function shownOf({ id, session, frame, travel }: Extract<ServerMessage, { op: "applied" }>): ClientEvents["applied"] {
	return { id, session, frame, ...(travel && { travel }) };
}

function plain(values: Readonly<Record<string, ParamValue>>): Record<string, number | string | boolean | number[]> {
	return values as Record<string, number | string | boolean | number[]>;
}
