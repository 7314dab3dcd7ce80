import type { Address } from "./functions.ts";
import { FIND, SOURCE } from "./layout.ts";
import { Native, nativeText, pointerAt, textAt } from "./native.ts";
import { type Runtime, unavailable } from "./runtime.ts";

/** Sources that are listed at most. */
const MOST = 1000;

/** A source of somebody on the network, and where it is. */
export interface Found {
	/** `MACHINE (name)` */
	readonly name: string;
	readonly url: string;
}

/** Looks for sources as long as it is open; what it has found is there at once. */
export class Finder implements Disposable {
	readonly #runtime: Runtime;
	readonly #running: Disposable;
	readonly #finder: Address;
	readonly #count = new Native(4);
	#closed = false;

	/** Throws `bridge/unavailable`. */
	constructor(runtime: Runtime) {
		this.#runtime = runtime;
		this.#running = runtime.enter();
		const { ips, groups } = runtime.config;
		using extra = nativeText(ips.join(","));
		using seen = nativeText(groups.join(","));
		using settings = new Native(FIND.bytes);
		settings.view.setUint8(FIND.showLocal, 1);
		settings.point(FIND.groups, groups.length > 0 ? seen.address : 0n);
		settings.point(FIND.extraIps, ips.length > 0 ? extra.address : 0n);
		this.#finder = runtime.functions.find_create_v2(settings.address);
		if (!this.#finder) {
			this.#free();
			throw unavailable("the runtime does not look for sources");
		}
	}

	/** Those that are there now. */
	sources(): Found[] {
		if (this.#closed) return [];
		const list = this.#runtime.functions.find_get_current_sources(this.#finder, this.#count.address);
		const length = list ? Math.min(this.#count.word(0), MOST) : 0;
		return Array.from({ length }, (_, i) => ({
			name: textAt(pointerAt(list, i * SOURCE.bytes + SOURCE.name), 1000) ?? "",
			url: textAt(pointerAt(list, i * SOURCE.bytes + SOURCE.url), 1000) ?? "",
		})).filter(({ name }) => name !== "");
	}

	[Symbol.dispose](): void {
		if (this.#closed) return;
		this.#runtime.functions.find_destroy(this.#finder);
		this.#free();
	}

	#free(): void {
		this.#closed = true;
		this.#count[Symbol.dispose]();
		this.#running[Symbol.dispose]();
	}
}
