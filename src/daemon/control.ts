import { disposeAll } from "../base/dispose.ts";
import { reasonOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Config } from "../config.ts";
import type { ControlContext } from "../control/context.ts";
import { OscServer } from "../control/osc/server.ts";
import { after } from "../control/pace.ts";
import { Resumes } from "../control/resumes.ts";
import { scopeChanges } from "../control/scope.ts";
import type { Showing } from "../control/showing.ts";
import { ControlSockets } from "../control/ws.ts";
import { type LogTail, plainEntry } from "../log.ts";
import { monotonic } from "../media/clock.ts";
import type { Backend } from "../server/backend.ts";
import type { Upgrade } from "../server/listen.ts";
import type { Tokens } from "../server/tokens.ts";
import type { WebRtcCalls } from "../server/webrtc.ts";
import type { AppliedFeed } from "./applied.ts";
import { DataChannels } from "./channels.ts";
import { StatusFeed } from "./feeds.ts";
import { methodsOf } from "./methods.ts";
import type { Services } from "./services.ts";

/** Log lines that a panel is shown when it opens. */
const LINES = 200;

/** What control needs of the daemon. */
export interface ControlOptions {
	readonly osc: Config["osc"];
	/** Port of HTTP, where Scope's clients send their OSC. */
	readonly httpPort: number;
	readonly backend: Backend;
	readonly tokens: Tokens;
	readonly services: Services;
	readonly applied: AppliedFeed;
	readonly tail: LogTail;
	readonly log: Log;
}

/** Everyone who turns parameters over a wire: OSC, WebSockets, data channels. */
export class Control implements AsyncDisposable {
	readonly #osc: OscServer;
	readonly #sockets: ControlSockets;
	readonly #channels: DataChannels;
	readonly #options: ControlOptions;

	private constructor(options: ControlOptions, osc: OscServer) {
		const { backend, tokens, tail, log, services } = options;
		const status = new StatusFeed(() => backend.status());
		const context: ControlContext = {
			store: backend.store,
			log,
			clock: monotonic,
			after,
			authorise: (token) => tokens.roleOf(token),
			methods: methodsOf(backend),
			...shownBy(options),
			onStatus: (listener) => status.watch(listener),
			onLog: (listener) => {
				for (const entry of tail.last(LINES)) listener(plainEntry(entry));
				return tail.watch((entry) => listener(plainEntry(entry)));
			},
			resumes: new Resumes(monotonic),
			osc: osc.intake,
		};
		this.#options = options;
		this.#osc = osc;
		this.#sockets = new ControlSockets(context);
		this.#channels = new DataChannels(context, {
			send: (channel, data) => services.call("webrtc", "channel.send", { channel, data }) as Promise<number>,
			close: async (channel) => void (await services.call("webrtc", "channel.close", { channel })),
		});
	}

	/** Listens for OSC; a port that is taken is logged, and the rest works. */
	static async open(options: ControlOptions): Promise<Control> {
		const { osc, httpPort, backend, log } = options;
		const common = {
			store: backend.store,
			log,
			clock: monotonic,
			after,
			wall: () => Date.now() / 1000,
			scope: osc.scope,
			...shownBy(options),
		};
		const open = (udp: readonly number[], tcp: readonly number[]) =>
			OscServer.open({ ...common, host: osc.host, allow: osc.allow, udp, tcp });
		if (!osc.enabled) return new Control(options, await open([], []));
		const udp = osc.scope && osc.port !== httpPort ? [osc.port, httpPort] : [osc.port];
		try {
			return new Control(options, await open(udp, [osc.port]));
		} catch (error) {
			log.warn("OSC is not listened to", { reason: reasonOf(error) });
			return new Control(options, await open([], []));
		}
	}

	/** UDP port of OSC, or `undefined`. */
	get oscPort(): number | undefined {
		return this.#osc.ports.udp[0];
	}

	/** Takes over a request for a WebSocket that the guard let through. */
	readonly upgrade: Upgrade = (request, socket, head, { role }) =>
		this.#sockets.handleUpgrade(request, socket, head, role);

	/** A service said something. */
	hear(event: string, data: unknown): void {
		if (event === "channel") this.#channels.hear(data);
	}

	/** The WebRTC service died. */
	lost(): void {
		this.#channels.lost();
	}

	/** The WebRTC service took an offer. */
	answered(peer: string, { role, session, parameters }: WebRtcCalls["offer"]): void {
		this.#channels.expect(peer, role);
		if (!parameters || role === "viewer") return;
		const { store } = this.#options.backend;
		const { changes } = scopeChanges(parameters, `/${session}`, (address) => store.takes(address));
		const good = changes.filter(([address, value]) => !store.refusal(address, value));
		store.set(good, `peer:${peer}`, monotonic());
	}

	/** Open control connections, and what came by OSC. */
	get counters() {
		return { clients: this.#sockets.size + this.#channels.size, osc: { ...this.#osc.counts } };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await disposeAll([this.#osc, this.#sockets]);
	}
}

/** A session that has shown nothing yet. */
const nothing = (session: string) => ({ session, revision: -1, frame: -1 });

/** What sessions have shown, and show. */
function shownBy({ applied, backend }: ControlOptions): Showing {
	return {
		applied: (session) =>
			applied.newest(session) ??
			(backend.sessions().some(({ name }) => name === session) ? nothing(session) : undefined),
		onApplied: (listener) => applied.watch((session, revision, frame) => listener({ session, revision, frame })),
	};
}
