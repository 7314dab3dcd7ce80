import { type BridgeContext, MutoscopeError, reasonOf } from "mutoscope/sdk";
import { LONGEST, type Message } from "./sender.ts";
import { type Element, quoted, readXml } from "./xml.ts";

/** What a message for us begins with; receivers send others, which are none of our business. */
const OURS = /^\s*<mutoscope[\s/>]/;

/** What the back-channel needs. */
export interface RemoteOptions {
	/** Whether receivers may turn parameters. */
	allowed(): boolean;
	readonly turn: BridgeContext<unknown>["turn"];
	/** Answers every receiver. */
	say(xml: string): void;
}

/**
 * The back-channel: receivers turn parameters of the session by messages,
 * `<mutoscope id="7"><set address="/vace/scale" value="0.5"/></mutoscope>`, each answered with its `id`:
 * `<mutoscope_answer id="7" ok="true"/>`, or `ok="false"` with `code`, `message` and perhaps `hint`.
 */
export class Remote {
	readonly #options: RemoteOptions;
	#obeyed = 0;
	#refused = 0;

	constructor(options: RemoteOptions) {
		this.#options = options;
	}

	/** How many messages were obeyed and refused. */
	get counts(): { readonly obeyed: number; readonly refused: number } {
		return { obeyed: this.#obeyed, refused: this.#refused };
	}

	/** Takes a message. Never rejects. */
	async hear(message: Message): Promise<void> {
		if ("text" in message && !OURS.test(message.text)) return;
		let id = "";
		try {
			if (!("text" in message)) throw new MutoscopeError("request/too-large", { limit: LONGEST });
			const root = readXml(message.text);
			id = (root.attributes.id ?? "").slice(0, 100);
			if (!this.#options.allowed())
				throw new MutoscopeError("auth/forbidden", { role: "receiver", needed: "operator" });
			await this.#options.turn(changesOf(root));
			this.#obeyed++;
			this.#options.say(`<mutoscope_answer id="${quoted(id)}" ok="true"/>`);
		} catch (error) {
			this.#refused++;
			this.#options.say(refusal(id, error));
		}
	}
}

/** What a message wants turned. Throws `request/malformed`, `request/invalid`. */
function changesOf({ children }: Element): Record<string, string> {
	const changes: Record<string, string> = Object.create(null);
	for (const { name, attributes } of children) {
		const { address, value } = attributes;
		if (name !== "set" || address === undefined || value === undefined) {
			throw new MutoscopeError("request/malformed", { reason: 'it holds nothing but <set address="…" value="…"/>' });
		}
		changes[address] = value;
	}
	if (children.length === 0) throw new MutoscopeError("request/invalid", { reason: "nothing is to be set" });
	return { ...changes };
}

function refusal(id: string, error: unknown): string {
	const { code, message, hint } =
		error instanceof MutoscopeError ? error.toJSON() : { code: "server/internal", message: reasonOf(error) };
	const said = { id, ok: "false", code, message, ...(hint === undefined ? {} : { hint }) };
	const attributes = Object.entries(said).map(([name, value]) => `${name}="${quoted(value)}"`);
	return `<mutoscope_answer ${attributes.join(" ")}/>`;
}
