import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { MutoscopeError, reasonOf } from "../../base/errors.ts";

/** Seconds that fetching a package and what it needs may take. */
const PATIENCE = 300;

const FLAGS = [
	"install",
	// Nothing of the package runs: neither its scripts nor those of what it needs.
	"--ignore-scripts",
	"--no-bin-links",
	// Copied, also from a folder.
	"--install-links",
	"--omit=dev",
	// Mutoscope itself is what it finds at `mutoscope/sdk`, and is nowhere else to be had.
	"--legacy-peer-deps",
	"--engine-strict",
	"--no-audit",
	"--no-fund",
	"--no-progress",
	"--loglevel=error",
];

/**
 * Fetches a package and what it needs into the empty folder `into`, by npm: a name with a version or range, a git URL, a
 * packed file, a folder. Returns its name; it then lies in `into/node_modules/<name>`.
 *
 * Throws `plugin/not-installed` with npm's own words.
 */
export async function fetchPackage(spec: string, into: string): Promise<string> {
	writeFileSync(join(into, "package.json"), '{ "private": true }\n');
	const own = process.env.npm_execpath ?? "";
	const [program, ...first] = own.endsWith(".js") ? [process.execPath, own] : ["npm"];
	const failed = (reason: string, cause?: unknown) =>
		new MutoscopeError("plugin/not-installed", { plugin: spec, reason }, { cause });
	try {
		await promisify(execFile)(program as string, [...first, ...FLAGS, "--prefix", into, "--", spec], {
			cwd: into,
			timeout: PATIENCE * 1000,
			killSignal: "SIGKILL",
			// A question for a password would wait for ever.
			env: { ...process.env, GIT_TERMINAL_PROMPT: "0", npm_config_update_notifier: "false" },
		});
	} catch (error) {
		throw failed(wordsOf(error), error);
	}
	const { dependencies = {} } = JSON.parse(readFileSync(join(into, "package.json"), "utf8")) as {
		dependencies?: Record<string, string>;
	};
	const [name, ...more] = Object.keys(dependencies);
	if (name === undefined || more.length > 0) throw failed("it is not one package");
	return name;
}

/** What npm complains of, in a line or two. */
function wordsOf(error: unknown): string {
	const { code, killed, stderr = "" } = error as { code?: unknown; killed?: boolean; stderr?: string };
	if (code === "ENOENT") return "npm is not installed, or not in PATH";
	if (killed) return `it took longer than ${PATIENCE} s`;
	const lines = stderr.split("\n").filter((line) => /^npm (error|ERR!)/i.test(line) && !/complete log/i.test(line));
	const words = lines.map((line) => line.replace(/^npm (error|ERR!)\s*/i, "").trim()).filter((line) => line !== "");
	return words.slice(0, 4).join("; ").slice(0, 500) || reasonOf(error);
}
