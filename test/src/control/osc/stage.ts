import * as z from "zod";
import { decode } from "../../../../src/control/osc/decode.ts";
import { encode } from "../../../../src/control/osc/encode.ts";
import { type OscContext, OscIntake } from "../../../../src/control/osc/intake.ts";
import type { OscMessage, OscPacket } from "../../../../src/control/osc/packet.ts";
import { Peer } from "../../../../src/control/osc/peer.ts";
import type { Applied } from "../../../../src/control/showing.ts";
import { jsonSchemaOf } from "../../../../src/params/schema.ts";
import { ParamStore } from "../../../../src/params/store.ts";
import { quietLog } from "../quiet.ts";
import { FakeTiming } from "../timing.ts";

const slot = z.object({ text: z.string().max(2000).default(""), weight: z.number().min(0).max(2).default(1) });

/** Parameters as a generator would have them. */
const generator = z.object({
	prompt: z
		.array(slot)
		.max(4)
		.default([{ text: "a lake", weight: 1 }])
		.meta({ itself: "text" }),
	vace: z.object({ scale: z.number().min(0).max(2).default(1), enabled: z.boolean().default(true) }).prefault({}),
	steps: z.array(z.int().min(1).max(1000)).min(1).max(4).default([1000, 500]).meta({ address: "denoise/steps" }),
	hue: z.int().min(0).max(360).default(0),
	seed: z.uint32().default(0),
	palette: z.enum(["ink", "fire", "ice"]).default("ink"),
	reset: z.boolean().default(false).meta({ trigger: true, address: "cache/reset" }),
});

/** A store with a session in it. */
export function newStore(): ParamStore {
	const store = new ParamStore();
	store.mount("/main", jsonSchemaOf(generator));
	store.mount("/main/transport", jsonSchemaOf(z.object({ paused: z.boolean().default(false) })));
	return store;
}

/** An intake on a store, with time that stands still and peers that keep what they are sent. */
export class OscStage {
	readonly store = newStore();
	readonly timing = new FakeTiming();
	readonly lines: string[] = [];
	readonly intake: OscIntake;
	readonly #listeners = new Set<(applied: Applied) => void>();
	#shown: Applied = { session: "main", revision: -1, frame: -1 };

	constructor(options: Partial<OscContext> = {}) {
		const { clock, after, wall } = this.timing;
		this.intake = new OscIntake({
			store: this.store,
			clock,
			after,
			wall,
			log: quietLog(this.lines),
			scope: true,
			applied: () => this.#shown,
			onApplied: (listener) => {
				this.#listeners.add(listener);
				return () => this.#listeners.delete(listener);
			},
			...options,
		});
	}

	/** The session shows everything up to a revision. */
	show(revision: number, frame: number): void {
		this.#shown = { session: "main", revision, frame };
		for (const listener of this.#listeners) listener(this.#shown);
	}

	/** Someone who sends: packets go in by `say`, what comes back is in `heard`, by port. */
	peer(port = 5000) {
		const heard: (OscMessage & { readonly port: number })[] = [];
		const to = (port: number) => (packet: Uint8Array) => {
			const message = decode(packet);
			if (message.kind === "message") heard.push({ ...message, port });
		};
		const origin = `osc:udp:127.0.0.1:${port}`;
		const peer = new Peer({ origin, reply: to(port), to });
		const say = (...packets: OscPacket[]) => {
			for (const packet of packets) this.intake.receive(encode(packet), peer);
		};
		/** What was heard since the last time, as `[port, address, ...args]`. */
		const told = () => heard.splice(0).map(({ port, address, args }) => [port, address, ...args]);
		return { say, told, peer, heard, origin };
	}
}
