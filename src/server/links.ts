import { randomBytes } from "node:crypto";
import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";

const link = z.object({
	id: z.string(),
	session: z.string(),
	/** For whom it is. */
	name: z.string(),
	/** When it was made, as Unix time in seconds. */
	made: z.number(),
});

/** A way in for those who only watch, which was made for somebody. */
export type Link = z.output<typeof link>;

/** What is kept of links. */
export const keptLinks = z.object({
	version: z.literal(1),
	links: z.array(link),
	/** How often the standing link of a session was withdrawn. */
	withdrawn: z.record(z.string(), z.int()),
});

type Kept = z.output<typeof keptLinks>;

/** So many may be there beside the standing ones. */
const MOST = 1000;

/**
 * Which links may be used. The one with the id of its session (`main`) stands from the beginning; it is in the addresses
 * that the session tells. Others (`main~…`) are made. Each can be withdrawn by itself.
 */
export class Links {
	readonly #keep: (kept: Kept) => Promise<void>;
	#links: readonly Link[];
	#withdrawn: Readonly<Record<string, number>>;

	/** `kept`: those of before. `keep` puts them on disk, and may throw `storage/failed`. */
	constructor(kept?: Kept, keep: (kept: Kept) => Promise<void> = async () => {}) {
		this.#links = kept?.links ?? [];
		this.#withdrawn = kept?.withdrawn ?? {};
		this.#keep = keep;
	}

	/** Those that were made, oldest first. */
	get made(): readonly Link[] {
		return this.#links;
	}

	/** The number of a link that may be used now; its tokens carry it. `undefined` of one that may not. */
	serial(id: string): number | undefined {
		if (!id.includes("~")) return Object.hasOwn(this.#withdrawn, id) ? this.#withdrawn[id] : 0;
		return this.#links.some((one) => one.id === id) ? 0 : undefined;
	}

	/** Makes a link for somebody. Throws `request/too-many`, `storage/failed`. */
	async make(session: string, name: string, now: number): Promise<Link> {
		if (this.#links.length >= MOST) throw new MutoscopeError("request/too-many", { reason: `${MOST} links` });
		const made = { id: `${session}~${randomBytes(6).toString("hex")}`, session, name, made: now };
		this.#links = [...this.#links, made];
		await this.#write();
		return made;
	}

	/** Ends a link; a session gets another standing one in its place. Throws `auth/no-link`, `storage/failed`. */
	async withdraw(id: string): Promise<void> {
		const serial = this.serial(id);
		if (serial === undefined) throw new MutoscopeError("auth/no-link", { link: id });
		this.#links = this.#links.filter((one) => one.id !== id);
		if (!id.includes("~")) this.#withdrawn = { ...this.#withdrawn, [id]: serial + 1 };
		await this.#write();
	}

	#write(): Promise<void> {
		return this.#keep({ version: 1, links: [...this.#links], withdrawn: { ...this.#withdrawn } });
	}
}
