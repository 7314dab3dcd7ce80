#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bridges } from "../bridges/index.ts";
import { pipelines } from "../pipelines/index.ts";
import { plugins } from "../plugins/index.ts";
import { MutoscopeError, reasonOf } from "./base/errors.ts";
import { type Config, defaultConfigPath, readConfig, stateFolder } from "./config.ts";
import { Catalogue } from "./daemon/catalogue.ts";
import { startDaemon } from "./daemon/daemon.ts";
import { probe } from "./daemon/probe.ts";
import { adminToken } from "./daemon/token.ts";
import { examine, report } from "./doctor.ts";
import { keep } from "./keeper.ts";
import { Tokens } from "./server/tokens.ts";

const HELP = `mutoscope: real-time AI video, played live

  mutoscope start [options]    runs the daemon and keeps it alive
  mutoscope doctor [options]   says what is there, what is missing, and how to get it
  mutoscope link               prints a fresh link that signs a browser in
  mutoscope token [ROLE]       prints the token of a role: admin, operator or viewer

  --config FILE    config file (${defaultConfigPath()})
  --host ADDRESS   address to listen on (127.0.0.1)
  --port N         port of the page, REST and WebSocket (8000); 0: any
  --osc-port N     port of OSC (9000); 0: any
  --state FOLDER   where last values, presets and the token are kept
  --name NAME      name of this daemon, for several on one machine
  --verbose        writes what it does to the terminal
  --help, --version
`;

/** 0 stopped by the user, 1 failed, 2 wrong usage or config. */
type ExitCode = 0 | 1 | 2;

const options = {
	config: { type: "string" },
	host: { type: "string" },
	port: { type: "string" },
	"osc-port": { type: "string" },
	state: { type: "string" },
	name: { type: "string" },
	verbose: { type: "boolean" },
	help: { type: "boolean" },
	version: { type: "boolean" },
} as const;

async function main(args: readonly string[]): Promise<ExitCode> {
	const { values, positionals } = parse(args);
	const [command = "help", ...rest] = positionals;
	if (values.version) return say(version());
	if (values.help || command === "help") return say(HELP.trimEnd());
	if (command === "start") {
		const own = args.filter((word) => word !== "start");
		const script = fileURLToPath(import.meta.url);
		return (await keep(process.execPath, [...process.execArgv, script, "daemon", ...own], complain)) as ExitCode;
	}
	const config = readConfig(values.config ?? defaultConfigPath(), values.config !== undefined, {
		...(values.host === undefined ? {} : { host: values.host }),
		...(values.port === undefined ? {} : { port: portOf("--port", values.port) }),
		...(values["osc-port"] === undefined ? {} : { oscPort: portOf("--osc-port", values["osc-port"]) }),
		...(values.state === undefined ? {} : { state: values.state }),
		...(values.name === undefined ? {} : { name: values.name }),
		...(values.verbose ? { level: "debug" as const } : {}),
	});
	switch (command) {
		case "daemon":
			return run(config);
		case "doctor": {
			const findings = await examine(config, catalogue(), uiFolder());
			say(report(findings));
			return findings.some(({ state }) => state === "missing") ? 1 : 0;
		}
		case "token":
			return say(await tokenOf(config, rest[0] ?? "admin"));
		case "link":
			return say(await freshLink(config));
		case "probe":
			return say(JSON.stringify(Object.fromEntries(await probe(catalogue()))));
		default:
			throw new Usage(`There is no command ${command}.`);
	}
}

/** Runs the daemon in this process until it is told to stop, or its keeper is gone. */
async function run(config: Config): Promise<ExitCode> {
	const script = fileURLToPath(import.meta.url);
	const daemon = await startDaemon(config, {
		catalogue: catalogue(),
		version: version(),
		ui: uiFolder(),
		probe: [process.execPath, ...process.execArgv, script, "probe"],
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

/** Our own guests. A guest's module is the folder of its name beside the list. */
function catalogue(): Catalogue {
	const catalogue = new Catalogue();
	const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
	const add = (folder: string, guests: readonly Parameters<Catalogue["add"]>[0][]) => {
		for (const guest of guests) {
			catalogue.add(guest, new URL(`../${folder}/${guest.id}/index.${extension}`, import.meta.url).href);
		}
	};
	add("plugins", plugins);
	add("pipelines", pipelines);
	add("bridges", bridges);
	return catalogue;
}

/** The built page lies in `dist/ui`, seen from the sources and from `dist/src` alike. */
function uiFolder(): string {
	const fromSource = import.meta.url.endsWith(".ts");
	return fileURLToPath(new URL(fromSource ? "../dist/ui" : "../ui", import.meta.url));
}

function version(): string {
	const fromSource = import.meta.url.endsWith(".ts");
	const file = new URL(fromSource ? "../package.json" : "../../package.json", import.meta.url);
	return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options, allowPositionals: true });
	} catch (error) {
		throw new Usage(reasonOf(error));
	}
}

function portOf(option: string, text: string): number {
	const number = Number(text);
	if (Number.isInteger(number) && number >= 0 && number <= 65535 && text !== "") return number;
	throw new Usage(`${option} takes a port from 0 to 65535, not ${text}.`);
}

/** The command line was not understood. */
class Usage extends Error {}

function failed(error: unknown): ExitCode {
	const hint = error instanceof Usage ? "mutoscope --help lists what there is." : (error as { hint?: string }).hint;
	complain(hint ? `${reasonOf(error)}\n${hint}` : reasonOf(error));
	if (error instanceof Usage) return 2;
	return error instanceof MutoscopeError && FINAL.has(error.toJSON().code) ? 2 : 1;
}

/** Trying again would not help: a person has to change something. */
const FINAL = new Set(["config/invalid", "server/port-taken", "ring/exists"]);

function say(line: string): ExitCode {
	process.stdout.write(`${line}\n`);
	return 0;
}

function complain(line: string): void {
	process.stderr.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2)).catch(failed);
