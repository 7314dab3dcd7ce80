/// <reference lib="dom" preserve="true" />
import { type ErrorBody, fromBody } from "../base/errors.ts";

/** Where and as whom a connection is asked for. */
export interface Endpoint {
	/** Of WHIP or WHEP: `http://127.0.0.1:8000/api/v1/whep/main`. */
	readonly url: URL;
	/** Not needed by a page of the daemon itself. */
	readonly token?: string | undefined;
}

/** A connection as WHIP (RFC 9725) and WHEP know it: an address that takes candidates and can be deleted. */
export class Resource {
	readonly #endpoint: Endpoint;
	readonly #url: URL | undefined;
	readonly #etag: string | undefined;
	/** The answer of the daemon. */
	readonly answer: string;
	/** Servers that help through firewalls, named by the daemon's `Link` headers. */
	readonly iceServers: readonly RTCIceServer[];

	private constructor(endpoint: Endpoint, response: Response, answer: string) {
		const location = response.headers.get("Location");
		this.#endpoint = endpoint;
		this.#url = location === null ? undefined : new URL(location, endpoint.url);
		this.#etag = response.headers.get("ETag") ?? undefined;
		this.answer = answer;
		this.iceServers = iceServersOf(response.headers.get("Link") ?? "");
	}

	/** Offers a connection. Rejects with the daemon's reason. */
	static async offer(endpoint: Endpoint, sdp: string, signal: AbortSignal): Promise<Resource> {
		const response = await ask(endpoint, endpoint.url, "POST", "application/sdp", { body: sdp, signal });
		const text = await response.text();
		if (response.ok) return new Resource(endpoint, response, text);
		throw refusal(response.status, text);
	}

	/** Sends candidates found since the offer; those that the daemon cannot use cost nothing. */
	async trickle(description: string, candidates: readonly (RTCIceCandidate | null)[]): Promise<void> {
		if (!this.#url || !this.#etag) return;
		const body = fragment(description, candidates);
		const match = { "If-Match": this.#etag };
		await ask(this.#endpoint, this.#url, "PATCH", "application/trickle-ice-sdpfrag", { body, headers: match });
	}

	/** Tells the daemon that it is over. Also while the page is being left. */
	async remove(): Promise<void> {
		if (this.#url) await ask(this.#endpoint, this.#url, "DELETE", undefined, { keepalive: true });
	}
}

function ask({ token }: Endpoint, url: URL, method: string, type: string | undefined, init: RequestInit) {
	const headers = new Headers(init.headers);
	if (type) headers.set("Content-Type", type);
	if (token) headers.set("Authorization", `Bearer ${token}`);
	return fetch(url, { ...init, method, headers });
}

function refusal(status: number, text: string): Error {
	try {
		const body = JSON.parse(text) as Partial<ErrorBody>;
		if (body.code && body.message) return fromBody({ details: {}, ...body } as ErrorBody);
	} catch {} // a proxy's page, not the daemon's answer
	return new Error(`it answered with status ${status}`);
}

/** Candidates as RFC 8840 writes them. */
function fragment(description: string, candidates: readonly (RTCIceCandidate | null)[]): string {
	const line = (start: string) => description.split(/\r?\n/).find((line) => line.startsWith(start)) ?? "";
	const found = candidates.map((each) => (each?.candidate ? `a=${each.candidate}` : "a=end-of-candidates"));
	const head = [line("a=group:BUNDLE"), line("m="), line("a=mid:"), line("a=ice-ufrag:"), line("a=ice-pwd:")];
	return `${[...head, ...found].join("\r\n")}\r\n`;
}

/** ICE servers of `Link: <turn:…>; rel="ice-server"; username="…"; credential="…"`. */
export function iceServersOf(link: string): RTCIceServer[] {
	return [...link.matchAll(/<((?:stuns?|turns?):[^>]+)>((?:\s*;\s*[\w-]+="(?:[^"\\]|\\.)*")*)/g)].map(
		([, urls, rest]) => {
			const fields = Object.fromEntries(
				[...(rest ?? "").matchAll(/([\w-]+)="((?:[^"\\]|\\.)*)"/g)].map(([, k, v]) => [k, v]),
			);
			const text = (value: string | undefined) => value?.replace(/\\(.)/g, "$1");
			const [username, credential] = [text(fields.username), text(fields.credential)];
			return { urls: decodeURI(urls ?? ""), ...(username && { username }), ...(credential && { credential }) };
		},
	);
}
