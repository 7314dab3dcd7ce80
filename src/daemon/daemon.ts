import { join } from "node:path";
import { type Dispose, disposeAll } from "../base/dispose.ts";
import { type Config, modelsFolder, recordingsFolder, stateFolder } from "../config.ts";
import { createLog, LogTail, lineWriter } from "../log.ts";
import { monotonic } from "../media/clock.ts";
import { sweepRings } from "../media/ring.ts";
import { ParamStore } from "../params/store.ts";
import { createApp } from "../server/app.ts";
import { rulesOf } from "../server/guard.ts";
import { listen } from "../server/listen.ts";
import { Tokens } from "../server/tokens.ts";
import { AppliedFeed } from "./applied.ts";
import { createBackend } from "./backend.ts";
import type { Catalogue } from "./catalogue.ts";
import { Control } from "./control.ts";
import { linksIn } from "./links.ts";
import { Measured } from "./measured.ts";
import { Offers } from "./offers.ts";
import { InstalledPlugins } from "./plugins/installed.ts";
import { pluginsOf } from "./plugins/offers.ts";
import { PresetFiles } from "./presets.ts";
import { probeApart } from "./probe.ts";
import { RecordingFolder } from "./recordings.ts";
import { Services } from "./services.ts";
import { Sessions } from "./sessions.ts";
import { State } from "./state.ts";
import { supply } from "./supply.ts";
import { tickRamps } from "./ticker.ts";
import { adminToken } from "./token.ts";

/** What a daemon is started with besides its settings. */
export interface DaemonOptions {
	readonly catalogue: Catalogue;
	readonly version: string;
	/** Folder of the built page. */
	readonly ui: string;
	/** A command that prints which bridges cannot work here; see `probeApart`. */
	readonly probe: readonly string[];
}

/** A daemon that runs. Disposing of it ends every process that it started. */
export interface Daemon extends AsyncDisposable {
	readonly port: number;
	/** UDP and TCP port of OSC; `undefined` where it is off, or its port was taken. */
	readonly oscPort: number | undefined;
	/** A link that signs one browser in, once. */
	loginLink(): string;
}

/**
 * Builds everything from a config, in order; it is closed in reverse.
 *
 * Throws `server/port-taken`, `ring/exists`, `storage/failed` and leaves nothing running.
 */
export async function startDaemon(config: Config, { catalogue, version, ui, probe }: DaemonOptions): Promise<Daemon> {
	const owned: (AsyncDisposable | Disposable)[] = [];
	const own = <T extends AsyncDisposable | Disposable>(part: T): T => {
		owned.push(part);
		return part;
	};
	const tail = new LogTail();
	const write = lineWriter(process.stderr, config.log.level, config.log.format);
	const log = createLog((entry) => {
		tail.push(entry);
		write(entry);
	});
	let control: Control | undefined;
	try {
		const folder = stateFolder(config);
		const tokens = new Tokens(await adminToken(folder), undefined, linksIn(folder));
		const store = new ParamStore(`/${config.sessions[0]?.name}`);
		const state = new State(folder, () => sessions.save(), log);
		const applied = new AppliedFeed();
		const recordings = new RecordingFolder(recordingsFolder(config));
		const services: Services = own(
			new Services({
				catalogue,
				log,
				shows: () => sessions,
				event: (service, event, data) => service === "webrtc" && control?.hear(event, data),
				lost: (service) => service === "webrtc" && control?.lost(),
			}),
		);
		const sessions: Sessions = own(
			new Sessions({
				store,
				catalogue,
				prefix: config.name,
				recordings,
				machine: { models: modelsFolder(config), compute: config.inference },
				measured: new Measured(config, version, log),
				applied,
				log,
				rewired: () => services.rewire(),
			}),
		);
		const { models, loras } = supply({ config, catalogue, store, sessions, log });
		own(models);
		own(loras);
		const offers = new Offers(catalogue);
		const installed = own(
			new InstalledPlugins({
				folder: join(folder, "plugins"),
				catalogue,
				log,
				changed: () => sessions.follow(),
				watch: true,
			}),
		);
		installed.open();
		const backend = createBackend({
			version,
			store,
			catalogue,
			sessions,
			services,
			applied,
			offers,
			models,
			loras,
			presets: new PresetFiles(folder, store, () => sessions.names, monotonic),
			recordings,
			plugins: pluginsOf(installed, catalogue, version),
			tail,
			answered: (peer, offer) => control?.answered(peer, offer),
			osc: () => ({ host: config.osc.host, port: control?.oscPort }),
			control: () => control?.counters ?? { clients: 0, osc: {} },
			changed: () => state.touch(),
		});
		const server = own(
			await listen({
				host: config.http.host,
				port: config.http.port,
				serve: (port) => {
					const { host, hosts, origins, local } = config.http;
					const rules = rulesOf({ port, tokens, listen: host, hosts, origins, local });
					return { rules, app: createApp({ backend, rules, ui, log }) };
				},
				upgrades: { "/ws": (...request) => control?.upgrade(...request) },
			}),
		);
		control = own(
			await Control.open({ osc: config.osc, httpPort: server.port, backend, tokens, services, applied, tail, log }),
		);
		const { oscPort } = control;
		const saved = state.read();
		if (saved && saved.length > 0) for (const session of saved) sessions.restore(session);
		else for (const { name, ...chosen } of config.sessions) sessions.begin(name, chosen);
		// After the sessions have taken over what was theirs.
		for (const ring of sweepRings(`${config.name}-`)) log.info("a ring of a dead daemon was cleared away", { ring });
		services.start("webrtc");
		own(disposable(tickRamps(store, monotonic)));
		own({ [Symbol.asyncDispose]: () => state.flush() });
		own(disposable(store.watch(() => state.touch())));
		const probing = new AbortController();
		own(disposable(() => probing.abort()));
		probeApart(probe, probing.signal).then(
			(unavailable) => offers.probed(unavailable),
			(error: unknown) => probing.signal.aborted || log.warn("the bridges could not be probed", { error }),
		);
		const base = `http://${config.http.host === "0.0.0.0" ? "127.0.0.1" : config.http.host}:${server.port}`;
		let closing: Promise<void> | undefined;
		return {
			port: server.port,
			oscPort,
			loginLink: () => `${base}/login?key=${tokens.login("admin")}`,
			[Symbol.asyncDispose]: () => (closing ??= disposeAll(owned)),
		};
	} catch (error) {
		await disposeAll(owned);
		throw error;
	}
}

function disposable(dispose: Dispose): Disposable {
	return { [Symbol.dispose]: dispose };
}
