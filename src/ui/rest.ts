/** What the REST interface answered, or the reason why not as an `Error`. */
export class Rest {
	readonly #base: string;
	readonly #token: string | undefined;

	/** `base`: the daemon's page. The token is not needed by a page of the daemon itself. */
	constructor(base: string, token?: string) {
		this.#base = base;
		this.#token = token;
	}

	get<T>(path: string): Promise<T> {
		return this.#ask("GET", path) as Promise<T>;
	}

	post<T>(path: string, body: unknown = {}): Promise<T> {
		return this.#ask("POST", path, body) as Promise<T>;
	}

	put<T>(path: string, body: unknown = {}): Promise<T> {
		return this.#ask("PUT", path, body) as Promise<T>;
	}

	remove(path: string): Promise<unknown> {
		return this.#ask("DELETE", path);
	}

	async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
		const headers = new Headers(body === undefined ? {} : { "Content-Type": "application/json" });
		if (this.#token) headers.set("Authorization", `Bearer ${this.#token}`);
		const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
		const response = await fetch(new URL(`/api/v1${path}`, this.#base), init).catch(() => {
			throw new Error("The daemon does not answer.");
		});
		const text = await response.text();
		const answer = text === "" ? undefined : parsed(text);
		if (response.ok) return answer;
		const { message, hint } = (answer ?? {}) as { message?: string; hint?: string };
		throw new Error(message ? [message, hint].filter(Boolean).join(" ") : `The daemon answered ${response.status}.`);
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
