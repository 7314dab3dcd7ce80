import { MutoscopeError } from "../../base/errors.ts";
import type { Hooks } from "../../contract/hooks.ts";
import type { Snapshot } from "../../params/store.ts";
import type { Plugins } from "../plugins.ts";
import { Link } from "./link.ts";
import type { ApartHook, Asked, Replied } from "./note.ts";

const HOOKS: readonly ApartHook[] = ["params", "frameIn", "frameOut"];

/** What answering needs. */
export interface AnswererParts {
	/** Beginning of the names of the rings. */
	readonly ring: string;
	/** The plugin, among the plugins that are on. */
	readonly plugins: Plugins;
	/** A number that no process of the plugin had before, so that a session knows one from the next. */
	readonly life: number;
	/** How the plugin is turned, as the session says with a call. */
	turned(snapshot: Snapshot): void;
}

/** The other end of `Apart`: answers a session's calls with what the plugin's taps make of them, in their own process. */
export class Answerer implements Disposable {
	readonly #parts: AnswererParts;
	readonly #link: Link;
	#call = 0;
	#said: readonly ApartHook[] | undefined;
	/** One thing at a time: hooks are not rebuilt while they are called. */
	#turn = Promise.resolve();
	#calls = 0;

	/** Takes the plugin's end of the rings over. Throws `ring/unknown`, `ring/invalid`. */
	constructor(parts: AnswererParts) {
		this.#parts = parts;
		this.#link = Link.answering(parts.ring);
		this.#link.skip();
	}

	/** Calls that were answered. */
	get calls(): number {
		return this.#calls;
	}

	/** Says which hooks are tapped, if that has changed: the plugin may have been switched. */
	refresh(): Promise<void> {
		return this.#next(async () => {
			const tapped = tappedOf(await this.#parts.plugins.hooks());
			if (this.#said?.join() !== tapped.join()) this.#say(tapped, {});
		});
	}

	/** Answers until the rings are closed or taken over by another process. Rejects with the signal's reason. */
	async serve(signal: AbortSignal): Promise<void> {
		try {
			for (;;) {
				const note = await this.#link.hear(signal);
				if (note === undefined) return;
				await this.#next(() => this.#answer(note as Asked));
			}
		} catch (error) {
			if (!(error instanceof MutoscopeError) || error.toJSON().code !== "ring/taken") throw error;
		}
	}

	[Symbol.dispose](): void {
		this.#link[Symbol.dispose]();
	}

	#next(act: () => Promise<void>): Promise<void> {
		const turn = this.#turn.then(act);
		this.#turn = turn.catch(() => undefined); // whoever asked for it hears of it
		return turn;
	}

	async #answer({ call, hook, moment, turned, picture, values }: Asked): Promise<void> {
		const { plugins } = this.#parts;
		this.#parts.turned(turned);
		const hooks = await plugins.hooks();
		this.#call = call;
		this.#calls++;
		if (hook === "params") {
			const moved = await hooks.params.promise(values ?? {}, moment);
			this.#say(tappedOf(hooks), moved === values ? {} : { values: moved });
			return;
		}
		const given = this.#link.take(picture ?? 0);
		if (!given) {
			this.#say(tappedOf(hooks), {});
			return;
		}
		using shown = await hooks[hook].promise(given, moment);
		this.#say(tappedOf(hooks), shown === given ? {} : { picture: this.#link.picture(shown) });
	}

	#say(tapped: readonly ApartHook[], what: Pick<Replied, "picture" | "values">): void {
		this.#said = tapped;
		this.#link.say({ life: this.#parts.life, call: this.#call, hooks: [...tapped], ...what });
	}
}

function tappedOf(hooks: Hooks): readonly ApartHook[] {
	return HOOKS.filter((hook) => hooks[hook].taps.length > 0);
}
