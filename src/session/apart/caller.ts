import type { Clock } from "../../base/clock.ts";
import { reasonOf } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Hooks, Moment } from "../../contract/hooks.ts";
import type { PluginDefinition } from "../../contract/plugin.ts";
import type { Frame } from "../../media/frame.ts";
import type { Values } from "../../params/schema.ts";
import type { Snapshot } from "../../params/store.ts";
import { apartParams } from "../params.ts";
import { Part } from "../part.ts";
import { Link } from "./link.ts";
import { type ApartHook, type Asked, type Replied, replied } from "./note.ts";

/** Deadlines missed one after the other, after which a plugin counts as slow. */
const MISSES = 10;
/** Seconds between two tries of a slow plugin. */
const PROBE = 1;
/** Seconds until the rings are looked for again. */
const RETRY = 0.25;

/** What a session needs to play with a plugin that runs apart. */
export interface ApartOptions {
	readonly id: string;
	/** Beginning of the names of the rings between the two. */
	readonly ring: string;
	/** How it is turned now. */
	turned(): Snapshot;
	readonly clock: Clock;
	readonly log: Log;
	/** Told why frames go on without it, and `undefined` once they do not. */
	because(reason: string | undefined): void;
}

interface Call {
	readonly asked: Asked;
	readonly sent: number;
	/** Seconds from then until it is late. */
	readonly deadline: number;
	/** A frame waits for it, or has gone on without it; or none ever waited, because the plugin is slow. */
	state: "waited" | "missed" | "tried";
	settle(reply: Replied | undefined): void;
}

/**
 * A plugin that runs in a process of its own, as the session sees it: a definition whose taps ask the other process.
 *
 * A frame waits for it as long as its deadline says and then goes on as it was; a late answer is dropped. While it owes an
 * answer it is asked nothing more, so that a dead or stuck one costs a single wait. One that keeps being late is passed over
 * and tried once a second, without waiting, until it is in time again.
 */
export class Apart implements Disposable {
	/** Stands for it among the plugins of the session. */
	readonly plugin: PluginDefinition;
	readonly #options: ApartOptions;
	readonly #part = new Part(apartParams);
	#link: Link | undefined;
	#retry = Number.NEGATIVE_INFINITY;
	#hooks: readonly ApartHook[] = [];
	#life: number | undefined;
	#calls: number;
	#open: Call | undefined;
	#misses = 0;
	#slow = false;
	#probe = 0;
	#bypassed = 0;
	#late = 0;

	constructor(options: ApartOptions) {
		const { id, clock } = options;
		this.#options = options;
		this.#calls = Math.floor(clock() * 1e6);
		const tap = ({ hooks }: { readonly hooks: Hooks }) => this.#tap(hooks);
		this.plugin = { kind: "plugin", id, title: id, description: "It runs in a process of its own.", tap };
	}

	/** Frames and values that went on without it, those of them that it answered too late, and whether it is passed over. */
	report(): { readonly bypassed: number; readonly late: number; readonly slow: boolean } {
		return { bypassed: this.#bypassed, late: this.#late, slow: this.#slow };
	}

	/** Lets go of the rings; what waits goes on without it. May be called twice. */
	[Symbol.dispose](): void {
		this.#drop();
		this.#retry = Number.POSITIVE_INFINITY;
	}

	#tap(hooks: Hooks): void {
		const { id } = this.#options;
		this.#attach();
		hooks.params.tapPromise(id, async (values, moment) => (await this.#values(values, moment)) ?? values);
		for (const hook of ["frameIn", "frameOut"] as const) {
			hooks[hook].tapPromise(id, async (frame, moment) => (await this.#frame(hook, frame, moment)) ?? frame);
		}
	}

	async #values(values: Values, moment: Moment): Promise<Values | undefined> {
		return (await this.#ask("params", moment, () => ({ values })))?.values;
	}

	async #frame(hook: ApartHook, frame: Frame, moment: Moment): Promise<Frame | undefined> {
		const reply = await this.#ask(hook, moment, (link) => ({ picture: link.picture(frame) }));
		if (reply?.picture === undefined) return undefined;
		using made = this.#try((link) => link.take(reply.picture as number));
		if (!made) this.#bypassed++;
		return made?.clone(frame.stamp);
	}

	/** Asks, and waits until the deadline. `undefined`: it goes on without. */
	async #ask(
		hook: ApartHook,
		moment: Moment,
		about: (link: Link) => Pick<Asked, "picture" | "values">,
	): Promise<Replied | undefined> {
		const { clock, turned } = this.#options;
		this.#attach();
		if (!this.#hooks.includes(hook)) return undefined;
		const now = clock();
		if (!this.#link || this.#open || (this.#slow && now < this.#probe)) return this.#bypass();
		const asked = this.#try((link) => {
			const asked: Asked = { call: ++this.#calls, hook, moment, turned: turned(), ...about(link) };
			link.say(asked);
			return asked;
		});
		if (!asked) return this.#bypass();
		const deadline = this.#part.read(turned()).deadline / 1000;
		const { promise, resolve } = Promise.withResolvers<Replied | undefined>();
		const call: Call = { asked, sent: now, deadline, state: this.#slow ? "tried" : "waited", settle: resolve };
		this.#open = call;
		this.#probe = now + PROBE;
		if (this.#slow) return this.#bypass();
		const timer = setTimeout(() => {
			call.state = "missed";
			resolve(undefined);
		}, deadline * 1000);
		const reply = await promise;
		clearTimeout(timer);
		return reply ?? this.#missed();
	}

	#bypass(): undefined {
		this.#bypassed++;
	}

	#missed(): undefined {
		const { id, log, because } = this.#options;
		this.#bypass();
		if (++this.#misses < MISSES) return;
		this.#slow = true;
		log.warn("the plugin keeps missing its deadline; frames go on without it", { plugin: id });
		because(`The plugin ${id} is slower than its deadline.`);
	}

	#heard(reply: Replied): void {
		const { clock } = this.#options;
		if (reply.life !== this.#life) this.#begins(reply.life);
		this.#hooks = reply.hooks;
		const open = this.#open;
		if (open?.asked.call !== reply.call) return;
		this.#open = undefined;
		// A timer is coarser than the clock: what a frame went on without is late, whatever the clock says.
		const late = open.state === "tried" ? clock() - open.sent > open.deadline : open.state === "missed";
		if (late) this.#late++;
		else this.#inTime();
		open.settle(reply);
	}

	/** Another process speaks: what the last one owes will not come. A frame that still waits is given to the next. */
	#begins(life: number): void {
		this.#life = life;
		const open = this.#open;
		if (open?.state === "waited") this.#try((link) => link.say(open.asked));
		else this.#open = undefined;
		this.#inTime();
	}

	#inTime(): void {
		this.#misses = 0;
		if (!this.#slow) return;
		this.#slow = false;
		this.#options.because(undefined);
	}

	#attach(): void {
		const { ring, clock, log } = this.#options;
		if (this.#link || clock() < this.#retry) return;
		this.#retry = clock() + RETRY;
		try {
			const link = Link.asking(ring);
			this.#link = link;
			this.#listen(link).catch((error) => log.debug("a plugin is not heard any more", { reason: reasonOf(error) }));
		} catch {} // its rings are not there yet, or not any more; they are looked for again
	}

	async #listen(link: Link): Promise<void> {
		try {
			for (;;) {
				const note = await link.hear();
				if (note === undefined) return;
				this.#heard(replied.parse(note));
			}
		} finally {
			if (this.#link === link) this.#drop();
		}
	}

	/** What `act` returns; `undefined` and no link any more if its rings are broken or taken. */
	#try<T>(act: (link: Link) => T): T | undefined {
		try {
			return this.#link && act(this.#link);
		} catch (error) {
			this.#options.log.debug("a plugin cannot be asked", { reason: reasonOf(error) });
			this.#drop();
			return undefined;
		}
	}

	#drop(): void {
		this.#link?.[Symbol.dispose]();
		this.#link = undefined;
		this.#hooks = [];
		this.#open?.settle(undefined);
		this.#open = undefined;
	}
}
