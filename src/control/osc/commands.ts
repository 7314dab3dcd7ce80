import { MutoscopeError } from "../../base/errors.ts";
import type { ParamStore } from "../../params/store.ts";
import type { Acks } from "./acks.ts";
import { encode } from "./encode.ts";
import { type Feedback, valueMessage } from "./feedback.ts";
import type { OscMessage } from "./packet.ts";
import type { Peer } from "./peer.ts";

/** What a message of ours begins with that is no parameter. */
const NAMES = new Set(["/sub", "/unsub", "/renew", "/sync", "/get", "/acks"]);

/** The messages by which a peer asks to be told values. */
export class Commands {
	readonly #store: ParamStore;
	readonly #feedback: Feedback;
	readonly #acks: Acks;
	readonly #meant: (peer: Peer, pattern: string, now: number) => readonly string[];

	/** `meant`: the addresses that a pattern means. */
	constructor(
		store: ParamStore,
		feedback: Feedback,
		acks: Acks,
		meant: (peer: Peer, pattern: string, now: number) => readonly string[],
	) {
		this.#store = store;
		this.#feedback = feedback;
		this.#acks = acks;
		this.#meant = meant;
	}

	/** Whether an address is one of these. */
	has(address: string): boolean {
		return NAMES.has(address);
	}

	/** Does what it says, or tells the peer why not. */
	run({ address, args }: OscMessage, peer: Peer, now: number): void {
		const texts = args.filter((arg) => typeof arg === "string");
		const numbers = args.filter((arg) => typeof arg === "number");
		const reason = address === "/acks" ? this.#ack(numbers, peer) : this.#do(address, texts, numbers, peer, now);
		if (reason) peer.refuse(now, address, () => new MutoscopeError("request/invalid", { reason }));
	}

	#do(name: string, [text]: string[], [port, hz]: number[], peer: Peer, now: number): string | undefined {
		if (name === "/get") return text === undefined ? "/get takes an address" : this.#get(text, peer, now);
		const wrong = badPort(port, peer);
		if (wrong) return wrong;
		const place = placeOf(peer, port);
		if (name === "/sub") {
			if (text === undefined) return "/sub takes a pattern, a port and perhaps a rate";
			const maxHz = Math.min(120, Math.max(1, (peer.to ? hz : (hz ?? port)) ?? 60));
			const done = this.#feedback.subscribe({ ...place, leased: peer.to !== undefined, pattern: text, maxHz });
			return done ? undefined : "the pattern is not valid, or there are too many subscriptions";
		}
		if (name === "/unsub") {
			this.#feedback.unsubscribe(place.key, text);
			return undefined;
		}
		const found = name === "/renew" ? this.#feedback.renew(place.key) : this.#feedback.sync(place.key);
		return found ? undefined : "there is no subscription; begin with /sub";
	}

	#ack([on = 1, port]: readonly number[], peer: Peer): string | undefined {
		const wrong = badPort(port, peer);
		if (wrong) return wrong;
		if (on < 0.5) {
			this.#acks.end(peer.origin);
			return undefined;
		}
		const { send, ready } = placeOf(peer, port);
		const done = this.#acks.begin(peer.origin, { send, ready, leased: peer.to !== undefined });
		return done ? undefined : "there are too many who are told already";
	}

	#get(wanted: string, peer: Peer, now: number): string | undefined {
		const addresses = this.#store.takes(wanted) ? [wanted] : this.#meant(peer, wanted, now);
		if (addresses.length === 0) return `there is no parameter at ${wanted.slice(0, 100)}`;
		for (const address of addresses) {
			const param = (this.#store.find(address) ?? this.#store.find(address.replace(/\/norm$/, "")))?.param;
			if (!param || param.type === "trigger" || !peer.ready()) continue;
			peer.reply(encode(valueMessage(address, param, this.#store.get(address))));
		}
		return undefined;
	}
}

function badPort(port: number | undefined, peer: Peer): string | undefined {
	if (port === undefined || !peer.to || (Number.isInteger(port) && port > 0 && port < 65_536)) return undefined;
	return "a port is a whole number from 1 to 65535";
}

/** Where a peer's feedback goes: a port of its machine, or back to where it sends from. */
function placeOf(peer: Peer, port: number | undefined) {
	const far = port !== undefined && peer.to ? port : undefined;
	const key = far === undefined ? peer.origin : peer.origin.replace(/:\d+$/, `:${far}`);
	const send = far === undefined ? peer.reply : (peer.to as NonNullable<Peer["to"]>)(far);
	return { key, origins: [peer.origin, key], send, ready: peer.ready };
}
