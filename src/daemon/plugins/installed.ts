import { renameSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Dispose } from "../../base/dispose.ts";
import { MutoscopeError, reasonOf } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Description } from "../../contract/describe.ts";
import { containment } from "../../host/stranger.ts";
import type { Catalogue } from "../catalogue.ts";
import { checkFiles, type Papers, readPapers } from "./manifest.ts";
import { fetchPackage } from "./npm.ts";
import { probeModule } from "./probe.ts";
import { type Installed, moduleOf, originOf, Shelf } from "./shelf.ts";
import { watchFolder } from "./watch.ts";

/** How a package is added. */
export interface AddOptions {
	/** Whether the folder that is named is used itself: it can then be changed and reloaded. */
	readonly editable?: boolean;
	/** Whether it may take the place of an installed one of its name. */
	readonly upgrade?: boolean;
}

/** What installed plugins need of the daemon. */
export interface InstalledOptions {
	/** Where packages are kept. */
	readonly folder: string;
	readonly catalogue: Catalogue;
	readonly log: Log;
	/** Guests came, went or changed: resolves once every session plays with those that there are. */
	changed(): Promise<void>;
	/** Whether editable packages are reloaded by themselves when their files change. */
	readonly watch?: boolean;
}

/** The plugin packages of strangers: fetched without running anything, tried apart, put in place, swapped while the show runs. */
export class InstalledPlugins implements Disposable {
	readonly #options: InstalledOptions;
	readonly #shelf: Shelf;
	/** Why a package that is on the shelf is not in the show, by its name. */
	readonly #failed = new Map<string, string>();
	/** What ends watching a folder, by the folder. */
	readonly #watched = new Map<string, Dispose>();
	#plugins: readonly Installed[] = [];
	/** One thing at a time. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(options: InstalledOptions) {
		this.#options = options;
		this.#shelf = new Shelf(options.folder);
	}

	/** Puts what is on the shelf into the catalogue. None of its code runs. What does not fit any more is left out. */
	open(): void {
		this.#plugins = this.#shelf.read();
		for (const plugin of this.#plugins) {
			try {
				this.#enter(plugin);
			} catch (error) {
				this.#failed.set(plugin.name, reasonOf(error));
				this.#options.log.warn("a plugin was left out", { plugin: plugin.name, reason: reasonOf(error) });
			}
		}
		this.#watch();
	}

	/** What is installed, in order of installing. */
	list(): readonly Installed[] {
		return this.#plugins;
	}

	/** Why a package is not in the show, if it is not. */
	failure(name: string): string | undefined {
		return this.#failed.get(name);
	}

	/**
	 * Installs a package: a name with a version or range, a git URL, a packed file, a folder.
	 *
	 * Throws `plugin/not-installed`, `plugin/invalid`, `plugin/not-loaded`, `plugin/exists`, `plugin/clash`, `storage/failed`,
	 * and leaves everything as it was.
	 */
	add(spec: string, { editable = false, upgrade = false }: AddOptions = {}): Promise<Installed> {
		return this.#next(async () => {
			const found = editable ? await this.#tryInPlace(spec) : await this.#fetch(spec);
			const last = this.#plugins.find(({ name }) => name === found.name);
			if (last && !upgrade) {
				this.#forget(found);
				throw new MutoscopeError("plugin/exists", { plugin: found.name });
			}
			return this.#use(found, last);
		});
	}

	/** Reads an editable package anew, or installs another one again, and swaps it in. Throws as `add` does, `plugin/unknown`. */
	reload(name: string): Promise<Installed> {
		return this.#next(async () => {
			const last = this.#find(name);
			return this.#use(last.editable ? await this.#tryInPlace(last.spec) : await this.#fetch(last.spec), last);
		});
	}

	/** Takes a package out of the show, then off the disk. Throws `plugin/unknown`, `storage/failed`. */
	remove(name: string): Promise<Installed> {
		return this.#next(async () => {
			const last = this.#find(name);
			await this.#keep(this.#plugins.filter((plugin) => plugin !== last));
			this.#options.catalogue.leave(name);
			await this.#options.changed();
			this.#forget(last);
			this.#shelf.discard(this.#shelf.compiled(name));
			return last;
		});
	}

	/** Ends watching. May be called twice. */
	[Symbol.dispose](): void {
		for (const unwatch of this.#watched.values()) unwatch();
		this.#watched.clear();
	}

	async #fetch(spec: string): Promise<Installed> {
		const draft = this.#shelf.draft();
		try {
			const name = await fetchPackage(spec, draft);
			// Node reads no TypeScript below node_modules, and what a package needs is found beside it all the same.
			renameSync(join(draft, "node_modules", name), join(draft, "package"));
			const papers = readPapers(join(draft, "package"), spec);
			checkFiles(draft, papers);
			const guests = await this.#probe(papers, join(draft, "package"), draft);
			const place = this.#shelf.place(draft, papers.name, papers.version);
			return { ...this.#told(papers, guests), spec, editable: false, folder: join(place, "package"), place };
		} catch (error) {
			this.#shelf.discard(draft);
			throw error;
		}
	}

	async #tryInPlace(folder: string): Promise<Installed> {
		if (!isAbsolute(folder) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
			throw new MutoscopeError("plugin/not-installed", { plugin: folder, reason: "it is not the path of a folder" });
		}
		const papers = readPapers(folder, folder);
		const guests = await this.#probe(papers, folder, folder);
		return { ...this.#told(papers, guests), spec: folder, editable: true, folder };
	}

	#probe({ name, entry, permissions }: Papers, folder: string, readable: string): Promise<Description[]> {
		const module = moduleOf({ folder, entry, stamp: Date.now() });
		return probeModule(module, name, containment(readable, permissions));
	}

	#told({ memory, permissions, ...papers }: Papers, guests: Description[]) {
		return {
			...papers,
			permissions: [...permissions],
			guests,
			stamp: Date.now(),
			...(memory === undefined ? {} : { memory }),
		};
	}

	/** Puts a package that was tried into the show, in the place of `last`. */
	async #use(next: Installed, last: Installed | undefined): Promise<Installed> {
		const { catalogue, changed } = this.#options;
		catalogue.leave(next.name);
		try {
			this.#enter(next);
			const others = this.#plugins.filter((plugin) => plugin !== last);
			await this.#keep([...others, next]);
		} catch (error) {
			catalogue.leave(next.name);
			if (last) this.#enter(last);
			this.#forget(next);
			throw error;
		}
		this.#failed.delete(next.name);
		await changed();
		if (last) this.#forget(last);
		return next;
	}

	#enter(plugin: Installed): void {
		const { catalogue } = this.#options;
		for (const guest of plugin.guests.flatMap(withBrought)) {
			const { [guest.kind]: there } = {
				pipeline: catalogue.pipelines,
				bridge: catalogue.bridges,
				plugin: catalogue.plugins,
			};
			if (there.has(guest.id)) throw new MutoscopeError("plugin/clash", { plugin: plugin.name, guest: guest.id });
		}
		for (const guest of plugin.guests) catalogue.enter(guest, originOf(plugin, this.#shelf.compiled(plugin.name)));
	}

	async #keep(plugins: readonly Installed[]): Promise<void> {
		await this.#shelf.write(plugins);
		this.#plugins = plugins;
		this.#watch();
	}

	/** Watches the folders that are used themselves, and no others. */
	#watch(): void {
		if (!this.#options.watch) return;
		const wanted = new Map(this.#plugins.filter(({ editable }) => editable).map(({ folder, name }) => [folder, name]));
		for (const [folder, unwatch] of this.#watched) {
			if (wanted.has(folder)) continue;
			unwatch();
			this.#watched.delete(folder);
		}
		for (const [folder, name] of wanted) {
			if (!this.#watched.has(folder))
				this.#watched.set(
					folder,
					watchFolder(folder, () => this.#touched(name)),
				);
		}
	}

	/** A folder was changed. What cannot be loaded as it is now is told; the last one goes on. */
	#touched(name: string): void {
		const { log } = this.#options;
		this.reload(name).then(
			({ version }) => log.info("a changed plugin was reloaded", { plugin: name, version }),
			(error) => log.warn("a changed plugin was not reloaded", { plugin: name, reason: reasonOf(error) }),
		);
	}

	#forget({ place }: Installed): void {
		if (place !== undefined) this.#shelf.discard(place);
	}

	#find(name: string): Installed {
		const found = this.#plugins.find((plugin) => plugin.name === name);
		if (found) return found;
		const { plugins } = this.#options.catalogue;
		if (plugins.has(name)) throw new MutoscopeError("plugin/bundled", { plugin: name });
		throw new MutoscopeError("plugin/unknown", { plugin: name });
	}

	#next<T>(act: () => Promise<T>): Promise<T> {
		const turn = this.#turn.then(act);
		this.#turn = turn.catch(() => undefined); // whoever asked for it hears of it
		return turn;
	}
}

function withBrought(guest: Description): Description[] {
	return guest.kind === "plugin" ? [guest, ...guest.pipelines, ...guest.bridges] : [guest];
}
