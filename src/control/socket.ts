import { MutoscopeError } from "../base/errors.ts";
import { CLOSE, type ClientMessage, clientMessage, identify, messageId, RPC } from "../protocol/messages.ts";
import { TokenBucket } from "./bucket.ts";
import { type ControlContext, may, type Role } from "./context.ts";
import { type Connection, Line } from "./line.ts";
import { NewsFeed } from "./news.ts";
import { Peer } from "./osc/peer.ts";
import { Requests } from "./requests.ts";
import type { Resume } from "./resumes.ts";
import { scopeChanges } from "./scope.ts";
import { ScopeFeed } from "./scope-feed.ts";
import { bodyOf, parse, read } from "./terms.ts";
import { ValueFeed } from "./values.ts";

/** How a connection came to be. */
export interface ControlOptions {
	/** What it was allowed before it said anything: by cookie, by header, by its signalling. */
	readonly role?: Role | undefined;
	/**
	 * Address of a session, `/main`: messages without `op` are read as parameters of that session as Daydream Scope's data
	 * channel sends them. Such a connection is not greeted, and need not identify itself.
	 */
	readonly scope?: string;
}

/** The daemon's end of a connection. */
export interface ControlEnd {
	/** Takes a message of the client: text, or an OSC packet. Never throws for what is in it. */
	receive(data: string | Uint8Array): void;
	/** The connection is gone. May be called twice. */
	closed(): void;
}

/** Seconds to identify oneself, and characters of a message. */
const LIMITS = { identify: 3, message: 1024 * 1024 } as const;

let connections = 0;

/** Speaks the control protocol (`src/protocol/messages.ts`) over any connection. */
export function openControl(connection: Connection, context: ControlContext, options: ControlOptions = {}): ControlEnd {
	return new Control(connection, context, options);
}

class Control implements ControlEnd {
	readonly #context: ControlContext;
	readonly #scope: string | undefined;
	readonly #line: Line;
	readonly #origin = `client:${++connections}`;
	readonly #messages = new TokenBucket(5000, 10_000);
	readonly #strikes = new TokenBucket(100, 500);
	readonly #peer: Peer;
	readonly #requests: Requests;
	readonly #values: ValueFeed;
	#role: Role | undefined;
	#resume: Resume;
	#identified = false;
	#scopeFeed: ScopeFeed | undefined;

	constructor(connection: Connection, context: ControlContext, { role, scope }: ControlOptions) {
		const line = new Line(connection, context);
		const origin = this.#origin;
		this.#context = context;
		this.#scope = scope;
		this.#line = line;
		this.#role = role;
		this.#resume = context.resumes.begin();
		this.#peer = new Peer({ origin, reply: (packet) => line.sendText(packet), ready: () => line.roomy() });
		this.#values = new ValueFeed({ context, origin, line, synced: (revision) => this.#synced(revision) });
		this.#requests = new Requests({
			context,
			line,
			origin,
			resume: () => this.#resume,
			role: () => this.#role,
			correct: (addresses) => this.#values.mark(addresses),
		});
		line.signal.addEventListener("abort", () => this.#end());
		if (scope !== undefined) {
			this.#scopeFeed = new ScopeFeed(context, line, scope, origin);
			return;
		}
		const stop = context.after(LIMITS.identify, () => {
			if (!this.#identified) line.close(CLOSE.notIdentified, "Nobody identified in time.");
		});
		line.signal.addEventListener("abort", stop);
		line.send({ op: "hello", rpc: RPC, session: this.#resume.session, authorised: role !== undefined });
	}

	receive(data: string | Uint8Array): void {
		if (this.#line.signal.aborted) return;
		let id: string | number | undefined;
		try {
			if (!this.#messages.take(this.#context.clock())) {
				throw new MutoscopeError("request/too-many", { reason: "messages" });
			}
			if (typeof data !== "string") {
				this.#requests.need("operator");
				this.#context.osc.receive(data, this.#peer);
				return;
			}
			if (data.length > LIMITS.message) throw new MutoscopeError("request/too-large", { limit: LIMITS.message });
			const message = read(data);
			id = messageId.safeParse(message.id).data;
			if (this.#scope !== undefined && !("op" in message)) this.#turn(message, this.#scope);
			else if (this.#identified) this.#do(parse(clientMessage, message));
			else this.#identify(message);
		} catch (error) {
			this.#refuse(error, id);
		}
	}

	closed(): void {
		this.#line.closed();
	}

	#identify(message: Readonly<Record<string, unknown>>): void {
		const line = this.#line;
		if (message.op === "identify" && message.rpc !== RPC) {
			line.close(CLOSE.rpc, `This daemon speaks version ${RPC} of the protocol.`);
			return;
		}
		const { token, sub, maxHz, status, resume } = parse(identify, message);
		const granted = token === undefined ? this.#role : this.#context.authorise(token);
		if (!granted) {
			line.close(CLOSE.unauthorised, token === undefined ? "A token is needed." : "The token is not valid.");
			return;
		}
		const role = this.#role && may(this.#role, granted) ? this.#role : granted;
		this.#values.choose(sub, maxHz);
		this.#role = role;
		this.#identified = true;
		this.#scopeFeed?.[Symbol.dispose](); // it speaks our protocol
		this.#welcome(role, resume);
		if (!status) return;
		const news = new NewsFeed(this.#context, may(role, "operator"), line);
		line.signal.addEventListener("abort", () => news[Symbol.dispose]());
	}

	/** Tells everything, or to a client that was here before what changed since. */
	#welcome(role: Role, wanted: { readonly session: string; readonly rev: number } | undefined): void {
		const { store, resumes } = this.#context;
		const before = wanted && wanted.session !== this.#resume.session ? resumes.back(wanted.session) : undefined;
		const since = wanted && before ? Math.min(wanted.rev, before.synced) : 0;
		const known = before !== undefined && store.structure <= since;
		if (before) {
			resumes.forget(this.#resume);
			this.#resume = before;
		}
		const { session } = this.#resume;
		this.#resume.replace = () => this.#line.close(CLOSE.replaced, "The client came back on another connection.");
		this.#synced(store.revision);
		this.#line.send({
			op: "identified",
			session,
			resumed: before !== undefined,
			role,
			rev: store.revision,
			...(known ? {} : { tree: this.#values.tree() }),
			values: this.#values.since(known ? since : 0),
		});
	}

	#do(message: ClientMessage): void {
		switch (message.op) {
			case "set":
			case "ramp":
			case "batch":
				this.#requests.set(message);
				break;
			case "get":
				this.#requests.get(message);
				break;
			case "call":
				this.#requests.call(message);
				break;
			case "subscribe":
				this.#values.choose(message.patterns, message.maxHz);
				this.#values.mark();
				if (message.id !== undefined) this.#line.send({ op: "result", id: message.id, value: null });
				break;
			case "identify":
				throw new MutoscopeError("request/invalid", { reason: "this connection is identified already" });
		}
	}

	/** As Scope does, each key counts for itself: what is refused holds up no other. */
	#turn(parameters: Readonly<Record<string, unknown>>, at: string): void {
		this.#requests.need("operator");
		const { store, clock } = this.#context;
		const { changes } = scopeChanges(parameters, at, (address) => store.takes(address));
		const kept = changes.filter(([address, value]) => store.refusal(address, value) === undefined);
		if (kept.length > 0) store.set(kept, this.#origin, clock());
	}

	/** Tells what was wrong. Who is wrong all the time is cut off. */
	#refuse(error: unknown, id: string | number | undefined): void {
		if (!(error instanceof MutoscopeError)) this.#context.log.error("A message failed", { error });
		const body = bodyOf(error);
		if (this.#strikes.take(this.#context.clock())) {
			this.#line.send({ op: "error", ...(id === undefined ? {} : { id }), error: body });
		} else if (body.code === "request/too-many") {
			this.#line.close(CLOSE.rate, "It sends too much.");
		} else {
			this.#line.close(CLOSE.malformed, "Too much of what it sends is refused.");
		}
	}

	#synced(revision: number): void {
		this.#resume.synced = revision;
	}

	#end(): void {
		this.#requests[Symbol.dispose]();
		this.#values[Symbol.dispose]();
		this.#scopeFeed?.[Symbol.dispose]();
		this.#context.osc.gone(this.#origin);
		this.#context.resumes.leave(this.#resume);
	}
}
