import { createHmac } from "node:crypto";
import { type Log, reasonOf } from "mutoscope/sdk";
import * as z from "zod";
import { type IceServer, iceServer, type WebRtcConfig } from "./config.ts";

/** What an `iceServersUrl` may answer: W3C's shape, Cloudflare's single object, or the TURN REST API draft's. */
const answer = z.union([
	z.object({ iceServers: z.union([z.array(iceServer), iceServer]), ttl: z.number().positive().optional() }),
	z.array(iceServer),
	z.object({ uris: z.array(z.string()), username: z.string(), password: z.string(), ttl: z.number().positive() }),
]);

/** Seconds that fetched servers are taken to hold when the answer does not say. */
const UNSAID = 600;
/** Seconds to wait for `iceServersUrl`, and before it is asked again after a failure. */
const PATIENCE = 5;

/** Where the world is touched, so that tests can stand in for it. */
export interface IceEnvironment {
	readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
	/** Unix time in seconds: credentials carry their expiry. */
	readonly now: () => number;
	readonly log: Log;
}

/** The STUN and TURN servers of this moment. Credentials are renewed when half of their life is over. */
export class IceServers {
	readonly #config: WebRtcConfig;
	readonly #environment: IceEnvironment;
	#fetched: { servers: readonly IceServer[]; renew: number; expire: number } | undefined;
	#fetching: Promise<void> | undefined;
	#retry = 0;

	constructor(config: WebRtcConfig, environment: IceEnvironment) {
		this.#config = config;
		this.#environment = environment;
	}

	/** Servers whose credentials hold at least for as long again as half of their life. */
	async current(): Promise<IceServer[]> {
		const now = this.#environment.now();
		const own = this.#config.iceServers.map((server) => this.#withCredentials(server, now));
		if (!this.#config.iceServersUrl) return own;
		if (now >= (this.#fetched?.renew ?? 0) && now >= this.#retry) {
			this.#fetching ??= this.#fetch(this.#config.iceServersUrl).finally(() => {
				this.#fetching = undefined;
			});
		}
		// Servers that still hold are handed out while new ones are on their way.
		const holds = this.#fetched !== undefined && now < this.#fetched.expire;
		if (this.#fetching && !holds) await this.#fetching;
		const fetched = this.#fetched;
		return fetched && this.#environment.now() < fetched.expire ? [...own, ...fetched.servers] : own;
	}

	/** coturn's `use-auth-secret`: the user name is the expiry, the password its HMAC (draft-uberti-behave-turn-rest). */
	#withCredentials({ secret, ...server }: WebRtcConfig["iceServers"][number], now: number): IceServer {
		if (!secret) return server;
		const username = `${Math.floor(now + this.#config.turnLifetime)}:mutoscope`;
		return { ...server, username, credential: createHmac("sha1", secret).update(username).digest("base64") };
	}

	async #fetch(url: string): Promise<void> {
		const { fetch, now, log } = this.#environment;
		try {
			const token = this.#config.iceServersToken;
			const response = await fetch(url, {
				headers: { accept: "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
				signal: AbortSignal.timeout(PATIENCE * 1000),
			});
			if (!response.ok) throw new Error(`it answered ${response.status}`);
			const { servers, seconds } = understand(answer.parse(await response.json()));
			this.#fetched = { servers, renew: now() + seconds / 2, expire: now() + seconds };
		} catch (error) {
			this.#retry = now() + PATIENCE;
			log.warn("ICE servers could not be fetched", { url, reason: reasonOf(error) });
		}
	}
}

function understand(body: z.output<typeof answer>): { servers: IceServer[]; seconds: number } {
	if (Array.isArray(body)) return { servers: body, seconds: UNSAID };
	if ("uris" in body) {
		return { servers: [{ urls: body.uris, username: body.username, credential: body.password }], seconds: body.ttl };
	}
	return { servers: [body.iceServers].flat(), seconds: body.ttl ?? UNSAID };
}
