import * as z from "zod";
import type { ControlContext, Role } from "../control/context.ts";
import { type ControlEnd, openControl } from "../control/socket.ts";

/** What the WebRTC service tells of data channels. */
const channelEvent = z.discriminatedUnion("type", [
	z.object({
		type: z.literal("open"),
		peer: z.string(),
		session: z.string(),
		channel: z.number(),
		label: z.string(),
	}),
	z.object({
		type: z.literal("message"),
		peer: z.string(),
		channel: z.number(),
		data: z.union([z.string(), z.instanceof(Uint8Array)]),
	}),
	z.object({ type: z.literal("close"), peer: z.string(), channel: z.number() }),
]);

/** The label of Daydream Scope's data channel; every other speaks our own protocol. */
const SCOPE = "parameters";

/** Peers whose role is remembered at most. */
const MOST = 4096;

/** What data channels need of the WebRTC service. */
export interface ChannelWire {
	/** Sends; resolves with how many bytes wait. */
	send(channel: number, data: string | Uint8Array): Promise<number>;
	close(channel: number): Promise<void>;
}

/** The data channels of WebRTC: their bytes come and go through the service, what is said is read here. */
export class DataChannels {
	readonly #context: ControlContext;
	readonly #wire: ChannelWire;
	readonly #roles = new Map<string, Role>();
	readonly #ends = new Map<number, ControlEnd>();

	constructor(context: ControlContext, wire: ChannelWire) {
		this.#context = context;
		this.#wire = wire;
	}

	/** How many are open. */
	get size(): number {
		return this.#ends.size;
	}

	/** What a peer may do, as its signalling proved. */
	expect(peer: string, role: Role): void {
		this.#roles.set(peer, role);
		const [oldest] = this.#roles.keys();
		if (this.#roles.size > MOST && oldest !== undefined) this.#roles.delete(oldest);
	}

	/** Takes what the service told. */
	hear(data: unknown): void {
		const event = channelEvent.parse(data);
		const { channel } = event;
		if (event.type === "open") this.#open(channel, event.peer, event.session, event.label);
		else if (event.type === "message") this.#ends.get(channel)?.receive(event.data);
		else this.#gone(channel);
	}

	/** The service died, and every channel with it. */
	lost(): void {
		for (const channel of this.#ends.keys()) this.#gone(channel);
		this.#roles.clear();
	}

	#open(channel: number, peer: string, session: string, label: string): void {
		let waiting = 0;
		const gone = () => this.#gone(channel);
		const connection = {
			send: (data: string | Uint8Array) => {
				const bytes = data.length;
				waiting += bytes;
				this.#wire.send(channel, data).then((buffered) => {
					waiting = Math.max(buffered, waiting - bytes);
				}, gone);
			},
			buffered: () => waiting,
			close: () => {
				this.#wire.close(channel).catch(gone);
				gone();
			},
		};
		const role = this.#roles.get(peer);
		const scope = label === SCOPE ? { scope: `/${session}` } : {};
		this.#ends.set(channel, openControl(connection, this.#context, { ...scope, ...(role ? { role } : {}) }));
	}

	#gone(channel: number): void {
		const end = this.#ends.get(channel);
		this.#ends.delete(channel);
		end?.closed();
	}
}
