import { MutoscopeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { ParamStore } from "../../params/store.ts";
import type { Timing } from "../pace.ts";
import { scopeChanges } from "../scope.ts";
import type { Showing } from "../showing.ts";
import { Acks } from "./acks.ts";
import { Commands } from "./commands.ts";
import { decode } from "./decode.ts";
import { Feedback } from "./feedback.ts";
import { AT_ONCE, type OscMessage, type OscPacket, unixSeconds } from "./packet.ts";
import { isPattern, readPattern } from "./pattern.ts";
import type { Peer } from "./peer.ts";
import { Schedule } from "./schedule.ts";

/** Seconds ahead that a bundle may be meant for; what lies further ahead is of a clock that is not ours. */
const HORIZON = 10;

/** Patterns whose addresses are remembered. */
const REMEMBERED = 256;

/** What OSC control stands on. */
export interface OscContext extends Timing, Showing {
	readonly store: ParamStore;
	/** Unix seconds: what time tags are compared with. */
	readonly wall: () => number;
	readonly log: Log;
	/** Whether Daydream Scope's addresses, `/scope/…`, are answered too. */
	readonly scope: boolean;
}

/** What came in since the start. */
export interface OscCounts {
	packets: number;
	messages: number;
	/** Packets that hold no OSC. */
	malformed: number;
	/** Messages to addresses that are not there. */
	unknown: number;
	/** Messages and bundles whose values were refused. */
	refused: number;
	/** Values that a sender merely repeated. */
	repeated: number;
	/** Bundles that were meant for later, and bundles dropped because too many waited. */
	scheduled: number;
	overdue: number;
	/** Packets, bundles and patterns above what one sender may send. */
	flooded: number;
}

/** Turns packets, from wherever they come, into changes of parameters. */
export class OscIntake implements Disposable {
	readonly counts: OscCounts = {
		packets: 0,
		messages: 0,
		malformed: 0,
		unknown: 0,
		refused: 0,
		repeated: 0,
		scheduled: 0,
		overdue: 0,
		flooded: 0,
	};
	readonly feedback: Feedback;
	readonly #context: OscContext;
	readonly #acks: Acks;
	readonly #commands: Commands;
	readonly #schedule: Schedule;
	readonly #patterns = new Map<string, readonly string[]>();
	#structure = -1;

	constructor(context: OscContext) {
		this.#context = context;
		this.feedback = new Feedback(context.store, context);
		this.#acks = new Acks(context, context.clock);
		this.#schedule = new Schedule(context.after, context.wall);
		this.#commands = new Commands(context.store, this.feedback, this.#acks, (peer, address, now) =>
			this.#meant(peer, address, now),
		);
	}

	/** Takes a packet. Never throws for what is in it. */
	receive(bytes: Uint8Array, peer: Peer): void {
		const now = this.#context.clock();
		this.counts.packets++;
		if (!this.#affords(peer, 1, now)) return;
		const packet = decode(bytes);
		if (packet.kind === "message") {
			this.#land([packet], peer);
		} else if (packet.kind === "bundle") {
			if (this.#affords(peer, messagesIn(packet) - 1, now)) this.#bundle(packet.elements, packet.time, 0n, peer);
		} else {
			this.counts.malformed++;
			const { offset, reason } = packet;
			peer.refuse(now, "", () => new MutoscopeError("osc/malformed", { offset, reason }));
		}
	}

	/** A connection ended: what it asked to be told ends with it. */
	gone(origin: string): void {
		this.feedback.unsubscribe(origin);
		this.#acks.end(origin);
	}

	[Symbol.dispose](): void {
		this.#schedule[Symbol.dispose]();
		this.feedback[Symbol.dispose]();
		this.#acks[Symbol.dispose]();
	}

	#affords(peer: Peer, messages: number, now: number): boolean {
		if (messages <= 0 || peer.budget.messages.take(now, messages)) return true;
		this.counts.flooded++;
		peer.refuse(now, "", () => new MutoscopeError("request/too-many", { reason: "OSC messages" }));
		return false;
	}

	/** A bundle within is meant for the later of its own time and that of the one around it. */
	#bundle(elements: readonly OscPacket[], own: bigint, around: bigint, peer: Peer): void {
		const time = own > around ? own : around;
		const messages = elements.filter((element) => element.kind === "message");
		if (messages.length > 0) this.#when(time, peer, () => this.#land(messages, peer));
		for (const element of elements) {
			if (element.kind === "bundle") this.#bundle(element.elements, element.time, time, peer);
		}
	}

	#when(time: bigint, peer: Peer, run: () => void): void {
		const { wall, log, clock } = this.#context;
		const at = time === AT_ONCE ? 0 : unixSeconds(time);
		const ahead = at - wall();
		if (ahead > 0 && ahead <= HORIZON) {
			this.counts.scheduled++;
			if (this.#schedule.add(at, run)) return;
			this.counts.overdue++;
			peer.refuse(clock(), "", () => new MutoscopeError("request/too-many", { reason: "bundles for later" }));
			return;
		}
		if (ahead > HORIZON && !peer.warned) {
			peer.warned = true;
			log.warn("OSC time tags lie too far ahead and are taken as now", { peer: peer.origin, seconds: ahead });
		}
		run();
	}

	/** Messages that land together: what is not there is left out, what cannot be meant refuses them all. */
	#land(messages: readonly OscMessage[], peer: Peer): void {
		const now = this.#context.clock();
		const changes: (readonly [string, unknown])[] = [];
		for (const message of messages) {
			this.counts.messages++;
			this.#read(message, peer, now, changes);
		}
		if (changes.length === 0) return;
		try {
			const commit = this.#context.store.set(changes, peer.origin, now);
			this.#acks.await(peer.origin, changes[0]?.[0] ?? "", commit);
		} catch (error) {
			if (!(error instanceof MutoscopeError)) throw error;
			this.counts.refused++;
			peer.refuse(now, String(error.details.address ?? ""), () => error);
		}
	}

	#read(message: OscMessage, peer: Peer, now: number, changes: (readonly [string, unknown])[]): void {
		const { store } = this.#context;
		const { address } = message;
		if (store.takes(address)) {
			if (this.#isNews(message, address, peer, now)) changes.push([address, rawOf(message)]);
		} else if (this.#commands.has(address)) {
			this.#commands.run(message, peer, now);
		} else if (isPattern(address)) {
			const all = this.#meant(peer, address, now);
			if (all.length === 0) this.#unknown(address, peer, now);
			if (!this.#affords(peer, all.length - 1, now)) return;
			for (const meant of all) {
				if (store.refusal(meant, rawOf(message)) || !this.#isNews(message, meant, peer, now)) continue;
				changes.push([meant, rawOf(message)]);
			}
		} else {
			const found = this.#alias(message);
			if (found.length === 0) this.#unknown(address, peer, now);
			for (const change of found) if (this.#isNews(message, change[0], peer, now)) changes.push(change);
		}
	}

	/** Whether a message says something that its sender does not say all the time. */
	#isNews({ args }: OscMessage, address: string, peer: Peer, now: number): boolean {
		const [value] = args;
		if (args.length !== 1 || typeof value === "object" || value === undefined) return true;
		const number = typeof value === "number" || typeof value === "bigint";
		const trigger = this.#context.store.find(address)?.param.type === "trigger";
		if (trigger && !number) return true;
		const before = peer.holds(address, value, now);
		if (trigger) return Number(value) >= 0.5 && !(Number(before) >= 0.5);
		if (before === value) this.counts.repeated++;
		return before !== value;
	}

	#unknown(address: string, peer: Peer, now: number): void {
		this.counts.unknown++;
		peer.refuse(now, address, () => new MutoscopeError("param/unknown", { address }));
	}

	#alias({ address, args }: OscMessage): readonly (readonly [string, unknown])[] {
		const { scope, store } = this.#context;
		if (!scope || !address.startsWith(SCOPE)) return [];
		const value = args.length === 1 ? args[0] : args;
		return scopeChanges({ [address.slice(SCOPE.length)]: value }, "", (at) => store.takes(at)).changes;
	}

	/** The addresses that a pattern means now; only the first asking of a pattern costs anything. */
	#meant(peer: Peer, pattern: string, now: number): readonly string[] {
		const { store } = this.#context;
		if (this.#structure !== store.structure || this.#patterns.size > REMEMBERED) this.#patterns.clear();
		this.#structure = store.structure;
		const known = this.#patterns.get(pattern);
		if (known) return known;
		if (!peer.budget.patterns.take(now)) {
			this.counts.flooded++;
			return [];
		}
		const facet = /\/(norm|ramp)$/.exec(pattern)?.[0] ?? "";
		const read = readPattern(facet ? pattern.slice(0, -facet.length) : pattern);
		const meant = new Map<string, string>();
		for (const [address, { address: full }] of read ? store.addresses() : []) {
			if (!meant.has(full) && read?.matches(address) && store.takes(address + facet)) meant.set(full, address + facet);
		}
		const addresses = [...meant.values()];
		this.#patterns.set(pattern, addresses);
		return addresses;
	}
}

const SCOPE = "/scope/";

function messagesIn(packet: OscPacket): number {
	return packet.kind === "message" ? 1 : packet.elements.reduce((sum, element) => sum + messagesIn(element), 0);
}

/** Arguments as the store takes them: none as nothing, one as it is, 64-bit integers as numbers, lists laid open. */
function rawOf({ args }: OscMessage): unknown {
	if (args.length === 0) return null;
	const [only] = args;
	if (args.length === 1 && typeof only !== "bigint" && !Array.isArray(only)) return only;
	return args.flat().map((arg) => (typeof arg === "bigint" ? Number(arg) : arg));
}
