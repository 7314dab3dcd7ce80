#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { reasonOf } from "./base/errors.ts";
import { compiledCache } from "./host/compiled.ts";
import { keep } from "./keeper.ts";
import { say, Usage } from "./usage.ts";

// The keeper lives as long as the show and should be small: what only commands need is loaded by `commands.ts`.

const HELP = `mutoscope: real-time AI video, played live

  mutoscope start [options]    runs the daemon and keeps it alive
  mutoscope doctor [options]   says what is there, what is missing, and how to get it
  mutoscope setup --cuda       fetches what models need to compute on NVIDIA graphics cards (Linux)
  mutoscope link               prints a fresh link that signs a browser in
  mutoscope token [ROLE]       prints the token of a role: admin, operator or viewer

  mutoscope models list                  the files that pipelines need, and which are here
  mutoscope models download PIPELINE     fetches them; --all: also those for other settings

  mutoscope plugin list                  what is there
  mutoscope plugin add SPEC [options]    installs a plugin: a package of npm, a git URL, a packed file, a folder
      --link                             uses the folder itself, to be reloaded when it was changed
      --upgrade                          takes the place of the one that is installed
  mutoscope plugin reload NAME           swaps a changed one in while the show runs
  mutoscope plugin remove NAME
  mutoscope plugin create NAME           a folder with a plugin that works, to begin with
  mutoscope plugin test [FOLDER]         runs the tests of a plugin's folder

  --config FILE    config file (~/.config/mutoscope/config.json)
  --host ADDRESS   address to listen on (127.0.0.1)
  --port N         port of the page, REST and WebSocket (8000); 0: any
  --osc-port N     port of OSC (9000); 0: any
  --state FOLDER   where last values, presets and the token are kept
  --name NAME      name of this daemon, for several on one machine
  --verbose        writes what it does to the terminal
  --help, --version`;

const options = {
	config: { type: "string" },
	host: { type: "string" },
	port: { type: "string" },
	"osc-port": { type: "string" },
	state: { type: "string" },
	name: { type: "string" },
	verbose: { type: "boolean" },
	cuda: { type: "boolean" },
	link: { type: "boolean" },
	upgrade: { type: "boolean" },
	all: { type: "boolean" },
	help: { type: "boolean" },
	version: { type: "boolean" },
} as const;

/** A daemon makes little garbage at a time: with less room for it, it is 15 MB smaller. */
const YOUNG = ["--max-semi-space-size=4"];

/** This program as another process runs it. */
const self = [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)] as const;

// Whoever reads what is written may have enough of it: `mutoscope models list | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code !== "EPIPE") throw error;
	process.exit(0);
});

async function main(args: readonly string[]): Promise<number> {
	const { values, positionals } = parse(args);
	const [command = "help", ...rest] = positionals;
	const env = { ...process.env, ...compiledCache(process.env) };
	const [program, ...own] = self;
	if (values.version) return say((await import("./commands.ts")).version());
	if (values.help || command === "help") return say(HELP);
	if (command === "start")
		return keep(program, [...YOUNG, ...own, "daemon", ...args.filter((word) => word !== "start")], env, complain);
	// Node reads where the cache is when it starts.
	if (command === "warm") return spawnSync(program, [...own, "compile"], { env, stdio: "inherit" }).status ?? 1;
	const { runCommand } = await import("./commands.ts");
	return runCommand(command, rest, values, self);
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({ args: [...args], options, allowPositionals: true });
	} catch (error) {
		throw new Usage(reasonOf(error));
	}
}

/** 1 failed, 2 wrong usage or config: trying again would not help, a person has to change something. */
function failed(error: unknown): number {
	const { code = "", hint } = error as { code?: string; hint?: string };
	const advice = error instanceof Usage ? "mutoscope --help lists what there is." : hint;
	complain(advice ? `${reasonOf(error)}\n${advice}` : reasonOf(error));
	return error instanceof Usage || FINAL.has(code) ? 2 : 1;
}

const FINAL = new Set(["config/invalid", "server/port-taken", "server/address", "ring/exists"]);

function complain(line: string): void {
	process.stderr.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2)).catch(failed);
