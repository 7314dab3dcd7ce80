import { join } from "node:path";
import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import { capture, recall } from "../params/preset.ts";
import type { ParamStore } from "../params/store.ts";
import type { Preset, Presets, RecallOptions } from "../server/backend.ts";
import { JsonFolder } from "../storage.ts";

const value = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);
const saved = z.object({
	version: z.literal(1),
	session: z.string(),
	saved: z.number(),
	values: z.record(z.string(), value),
});

/** What decides which other parameters there are: put back first. */
const STRUCTURE = ["/session/pipeline", "/source/kind"];

/** Not part of a look: recalling a preset neither starts a recording nor stops the show. */
const LEFT_OUT = /^\/(transport|sink)\//;

/** Presets as files, one each, in the state folder. */
export class PresetFiles implements Presets {
	readonly #files: JsonFolder<typeof saved>;
	readonly #store: ParamStore;
	readonly #sessions: () => readonly string[];
	readonly #now: () => number;

	/** `now`: the clock that the store's ramps are ticked by. */
	constructor(folder: string, store: ParamStore, sessions: () => readonly string[], now: () => number) {
		this.#files = new JsonFolder(join(folder, "presets"), saved);
		this.#store = store;
		this.#sessions = sessions;
		this.#now = now;
	}

	async list(): Promise<readonly Preset[]> {
		return this.#files.list().flatMap((name) => {
			const file = this.#files.read(name);
			return file ? [{ ...file, name }] : [];
		});
	}

	async get(name: string): Promise<Preset> {
		const file = this.#files.read(name);
		if (!file) throw new MutoscopeError("preset/unknown", { preset: name });
		return { ...file, name };
	}

	async save(name: string, session: string): Promise<Preset> {
		const root = this.#root(session);
		const captured = capture(
			this.#store,
			name,
			(address) => address.startsWith(`${root}/`) && !LEFT_OUT.test(address.slice(root.length)),
		);
		const values = Object.fromEntries(
			Object.entries(captured.values).map(([address, value]) => [address.slice(root.length), value] as const),
		);
		const preset = { name, session, saved: Date.now() / 1000, values };
		await this.#files.write(name, {
			version: 1,
			session,
			saved: preset.saved,
			values: values as z.input<typeof saved>["values"],
		});
		return preset;
	}

	async remove(name: string): Promise<void> {
		if (!this.#files.remove(name)) throw new MutoscopeError("preset/unknown", { preset: name });
	}

	async recall(name: string, { session, seconds, curve }: RecallOptions, origin: string) {
		const preset = await this.get(name);
		const root = this.#root(session ?? preset.session);
		const values = Object.entries(preset.values).map(([address, value]) => [root + address, value] as const);
		const first = new Set(STRUCTURE.map((address) => root + address));
		const put = (part: typeof values) =>
			recall(this.#store, { name, values: Object.fromEntries(part) }, { origin, seconds, curve, now: this.#now() });
		put(values.filter(([address]) => first.has(address)));
		const { revision: rev, clamped } = put(values.filter(([address]) => !first.has(address))).commit;
		return { rev, clamped };
	}

	#root(session: string): string {
		if (!this.#sessions().includes(session)) throw new MutoscopeError("session/unknown", { session });
		return `/${session}`;
	}
}
