import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bridges } from "../bridges/index.ts";
import { pipelines } from "../pipelines/index.ts";
import { plugins } from "../plugins/index.ts";
import { MutoscopeError } from "./base/errors.ts";
import { bridgeSettings, type Config, defaultConfigPath, readConfig, stateFolder } from "./config.ts";
import { Catalogue } from "./daemon/catalogue.ts";
import { startDaemon } from "./daemon/daemon.ts";
import { probe } from "./daemon/probe.ts";
import { adminToken } from "./daemon/token.ts";
import { Tokens } from "./server/tokens.ts";
import { type Arguments, say, Usage } from "./usage.ts";

/** Runs a command, and returns its exit code. Throws `Usage` and `MutoscopeError`. */
export async function runCommand(
	command: string,
	rest: readonly string[],
	values: Arguments,
	self: readonly string[],
): Promise<number> {
	const config = readConfig(values.config ?? defaultConfigPath(), values.config !== undefined, overrides(values));
	switch (command) {
		case "daemon":
			return run(config, self);
		// The daemon is loaded from here, too, and lives long: what only a command needs is loaded with that command.
		case "doctor": {
			const { examine, report } = await import("./doctor.ts");
			const findings = await examine(config, {
				bridges: everyBridge(),
				catalogue: catalogue(),
				ui: uiFolder(),
				version: version(),
			});
			say(report(findings));
			return findings.some(({ state }) => state === "missing") ? 1 : 0;
		}
		case "setup":
			return (await import("./setup.ts")).runSetup(values, say);
		case "token":
			return say(await tokenOf(config, rest[0] ?? "admin"));
		case "link":
			return say(await freshLink(config));
		case "probe":
			return say(JSON.stringify(Object.fromEntries(await probe(everyBridge(), bridgeSettings(config)))));
		case "models":
			return (await import("./models-command.ts")).runModelsCommand(rest, values, { config, catalogue: catalogue() });
		case "plugin": {
			const { runPluginCommand } = await import("./plugin-command.ts");
			return runPluginCommand(rest, values, { config, catalogue: catalogue(), version: version() });
		}
		case "compile":
			return compile();
		default:
			throw new Usage(`There is no command ${command}.`);
	}
}

/** What the command line says over the config file. */
function overrides({ host, port, "osc-port": oscPort, state, name, verbose }: Arguments) {
	return {
		...(host === undefined ? {} : { host }),
		...(port === undefined ? {} : { port: portOf("--port", port) }),
		...(oscPort === undefined ? {} : { oscPort: portOf("--osc-port", oscPort) }),
		...(state === undefined ? {} : { state }),
		...(name === undefined ? {} : { name }),
		...(verbose ? { level: "debug" as const } : {}),
	};
}

/** Runs the daemon in this process until it is told to stop, or its keeper is gone. */
async function run(config: Config, self: readonly string[]): Promise<number> {
	const daemon = await startDaemon(config, {
		catalogue: catalogue(bridgeSettings(config)),
		version: version(),
		ui: uiFolder(),
		probe: [...self, "probe"],
	});
	process.send?.({ port: daemon.port, oscPort: daemon.oscPort });
	say(`Mutoscope ${version()} plays at ${daemon.loginLink()}`);
	await new Promise<void>((stop) => {
		process.once("SIGINT", stop).once("SIGTERM", stop).once("disconnect", stop);
		if (process.connected === false) stop();
	});
	await daemon[Symbol.asyncDispose]();
	// An open channel to the keeper would keep this process alive.
	if (process.connected) process.disconnect();
	return 0;
}

async function tokenOf(config: Config, role: string): Promise<string> {
	const tokens = new Tokens(await adminToken(stateFolder(config)));
	if (role === "admin") return adminToken(stateFolder(config));
	if (role === "operator" || role === "viewer") return tokens[role];
	throw new Usage(`There is no role ${role}: admin, operator or viewer.`);
}

/** Asks the daemon that runs on the config's port. */
async function freshLink(config: Config): Promise<string> {
	const address = `http://127.0.0.1:${config.http.port}/api/v1/login-links`;
	const authorization = `Bearer ${await adminToken(stateFolder(config))}`;
	const answer = await fetch(address, { method: "POST", headers: { authorization } }).catch(() => undefined);
	if (!answer?.ok) {
		const reason = answer ? `it answers ${answer.status}` : "nothing answers there";
		throw new MutoscopeError("server/not-running", { port: config.http.port, reason });
	}
	return ((await answer.json()) as { url: string }).url;
}

/** Our own bridges, those that plugins of ours bring included. */
function everyBridge() {
	return [...bridges, ...plugins.flatMap(({ bridges = [] }) => bridges)];
}

/** Our own guests. A guest's module is in the folder of its name beside the list; a family of pipelines shares one. */
function catalogue(settings: ConstructorParameters<typeof Catalogue>[0] = {}): Catalogue {
	const catalogue = new Catalogue(settings);
	const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
	const add = (folder: string, guest: Parameters<Catalogue["add"]>[0]) =>
		catalogue.add(guest, new URL(`../${folder}/index.${extension}`, import.meta.url).href);
	for (const plugin of plugins) add(`plugins/${plugin.id}`, plugin);
	for (const [folder, guests] of Object.entries(pipelines)) {
		for (const pipeline of guests) add(`pipelines/${folder}`, pipeline);
	}
	for (const bridge of bridges) add(`bridges/${bridge.id}`, bridge);
	return catalogue;
}

/** The built page lies in `dist/ui`, seen from the sources and from `dist/src` alike. */
function uiFolder(): string {
	const fromSource = import.meta.url.endsWith(".ts");
	return fileURLToPath(new URL(fromSource ? "../dist/ui" : "../ui", import.meta.url));
}

/** Of the package. */
export function version(): string {
	const fromSource = import.meta.url.endsWith(".ts");
	const file = new URL(fromSource ? "../package.json" : "../../package.json", import.meta.url);
	return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function portOf(option: string, text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 0 && number <= 65535 && text !== "") return number;
	throw new Usage(`${option} takes a port from 0 to 65535, not ${text}.`);
}

/** Loads what the processes of a show load, so that the cache of compiled code has it before the first show. */
async function compile(): Promise<number> {
	await Promise.all([
		import("./host/run-session.ts"),
		import("./host/run-bridge.ts"),
		import("./host/run-service.ts"),
		import("./host/run-plugin.ts"),
	]);
	return 0;
}
