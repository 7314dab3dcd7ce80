import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client, Connection, DaemonStatus, LogRecord, ParamInfo, ParamValue } from "../client/index.ts";
import type { Knob, Option } from "./knob.ts";
import { Rest } from "./rest.ts";

/** So many log lines are kept. */
const LINES = 300;

/** What the page knows of the daemon, as signals. It holds no truth of its own. */
export class Show {
	readonly client: Client;
	readonly rest: Rest;
	readonly connection: Signal<{ readonly state: Connection; readonly reason: string }>;
	readonly tree: Signal<readonly ParamInfo[]>;
	readonly status = signal<DaemonStatus | undefined>(undefined);
	readonly log = signal<readonly (LogRecord & { readonly key: number })[]>([]);
	/** A sentence for the user: what was refused and why. */
	readonly message = signal<{ readonly text: string; readonly at: number } | undefined>(undefined);
	readonly #values = new Map<string, Signal<ParamValue>>();
	readonly #fired = new Map<string, Signal<number>>();
	readonly #options = new Map<string, Offers>();
	#lines = 0;

	/** `base`: the daemon's page. */
	constructor(client: Client, base: string, token?: string) {
		this.client = client;
		this.rest = new Rest(base, token);
		this.connection = signal({ state: client.state, reason: client.reason });
		this.tree = signal(client.tree);
		client.on("connection", (connection) => {
			this.connection.value = connection;
		});
		client.on("tree", (tree) => {
			this.tree.value = tree;
		});
		client.on("status", (status) => {
			this.status.value = status;
		});
		client.on("log", (lines) => {
			const keyed = lines.map((line) => ({ ...line, key: this.#lines++ }));
			this.log.value = [...this.log.value, ...keyed].slice(-LINES);
		});
		client.on("fired", (addresses) => {
			for (const address of addresses) this.#count(address).value++;
		});
		client.on("refused", ({ error }) => this.tell(error));
	}

	/** The control of a parameter. Who may only look holds it without turning it. */
	knob(info: ParamInfo): Knob {
		const { address } = info;
		return {
			info: this.client.role === "viewer" ? { ...info, readOnly: true } : info,
			value: this.value(address, info.default),
			fired: this.#count(address),
			options: info.choicesFrom === undefined ? undefined : this.#choices(info.choicesFrom, info.default === ""),
			ask: info.choicesFrom === undefined ? undefined : this.#offers(info.choicesFrom).ask,
			set: (value) => this.client.set(address, value),
			fire: () => {
				this.client.fire(address);
				this.#count(address).value++;
			},
		};
	}

	/** The value at a full address, `first` until the daemon has said it. */
	value(address: string, first: ParamValue): ReadonlySignal<ParamValue> {
		const known = this.#values.get(address);
		if (known) return known;
		const value = signal(first);
		this.#values.set(address, value);
		this.client.watch(address, (next) => {
			value.value = next;
		});
		return value;
	}

	/** What may be chosen from a list of the daemon: `pipelines`, `rings`. Asked again whenever parameters come or go. */
	options(list: string): ReadonlySignal<readonly Option[]> {
		return this.#offers(list).options;
	}

	#offers(list: string): Offers {
		const known = this.#options.get(list);
		if (known) return known;
		const options = signal<readonly Option[]>([]);
		const read = async () => {
			const answer = await this.rest.get<Readonly<Record<string, readonly (Offered | string)[]>>>(`/${list}`);
			options.value = (Object.values(answer)[0] ?? []).map(optionOf);
		};
		// A list that the daemon does not keep is typed instead.
		const ask = () => void read().catch(() => {});
		const offers = { options, ask };
		this.#options.set(list, offers);
		this.tree.subscribe((tree) => tree.length > 0 && ask());
		return offers;
	}

	/** Of a list, and none of it where that is what a parameter begins with. */
	#choices(list: string, canBeNone: boolean): ReadonlySignal<readonly Option[]> {
		const options = this.options(list);
		if (!canBeNone) return options;
		const none: Option = { id: "", title: "None", reason: undefined };
		return computed(() => (options.value.length > 0 ? [none, ...options.value] : []));
	}

	/** Shows a sentence, or why something failed. */
	tell(what: unknown): void {
		const text = what instanceof Error ? what.message : String(what);
		this.message.value = { text, at: performance.now() };
	}

	/** Waits for something that may fail, and says so when it does; `then` comes after it worked. */
	attempt(what: Promise<unknown>, then: () => void = () => {}): void {
		what.then(then).catch((error: unknown) => this.tell(error));
	}

	#count(address: string): Signal<number> {
		const count = this.#fired.get(address) ?? signal(0);
		this.#fired.set(address, count);
		return count;
	}
}

interface Offers {
	readonly options: ReadonlySignal<readonly Option[]>;
	readonly ask: () => void;
}

interface Offered {
	readonly id?: string;
	readonly name?: string;
	readonly folder?: string | null;
	readonly title?: string;
	readonly available?: boolean;
	readonly reason?: string;
}

function optionOf(offered: Offered | string): Option {
	if (typeof offered === "string") return { id: offered, title: offered };
	const { id = pathOf(offered), title = id, available = true, reason } = offered;
	return { id, title, reason: available ? undefined : (reason ?? "not available") };
}

/** A file in a sub-folder is called by its path. */
function pathOf({ name = "", folder }: Offered): string {
	return folder ? `${folder}/${name}` : name;
}

/** Where the parts of the page find the show. */
export const ShowContext = createContext<Show | undefined>(undefined);

/** The show of the page. */
export function useShow(): Show {
	const show = useContext(ShowContext);
	if (!show) throw new TypeError("there is no show around this");
	return show;
}
