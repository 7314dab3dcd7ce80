import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A daemon with its keeper, as a user starts it, on ports of the system's choice and a state folder of its own. */
export interface RunningDaemon extends AsyncDisposable {
	/** `http://127.0.0.1:PORT`. */
	readonly url: string;
	/** The one-time link that was printed. */
	readonly link: string;
	readonly token: string;
	readonly name: string;
	readonly state: string;
	readonly keeper: ChildProcess;
	/** Everything it wrote to the terminal so far. */
	output(): string;
	/** Asks the API as an admin; fails the test unless it is answered with 2xx. */
	ask<T = unknown>(path: string, init?: RequestInit & { json?: unknown }): Promise<T>;
	/** What it has kept of its last values. */
	saved(): Promise<string>;
	/** Ids of live processes below the keeper, with their command lines. */
	processes(): { pid: number; command: string }[];
}

/** The command that starts it, from source. */
export const CLI = ["--conditions=mutoscope:source", "src/cli.ts"];

/** Unless a test says otherwise a session plays what costs little and needs no model. */
const QUICK = { sessions: [{ name: "main", pipeline: "cellular-automata" }] };

/** Starts a daemon and waits until it says where it plays. `config`: its file, if `args` name none. */
export async function startDaemon(args: readonly string[] = [], config: object = QUICK): Promise<RunningDaemon> {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-e2e-"));
	mkdirSync(join(folder, "mutoscope"));
	writeFileSync(join(folder, "mutoscope", "config.json"), JSON.stringify(config));
	const name = `t${process.pid.toString(36)}${(++count).toString(36)}`;
	const state = join(folder, "state");
	const words = [...CLI, "start", "--port", "0", "--osc-port", "0", "--state", state, "--name", name, ...args];
	const keeper = spawn(process.execPath, words, {
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: join(folder, "data") },
	});
	let output = "";
	keeper.stderr.on("data", (data: Buffer) => {
		output += data;
	});
	const lines = createInterface({ input: keeper.stdout });
	const link = await new Promise<string>((found, failed) => {
		lines.on("line", (line) => {
			output += `${line}\n`;
			const address = /http:\S+/.exec(line)?.[0];
			if (address) found(address);
		});
		keeper.once("exit", (code) => failed(new Error(`the daemon ended with ${code}: ${output}`)));
	});
	const { origin } = new URL(link);
	const token = readFileSync(join(state, "token"), "utf8").trim();
	return {
		url: origin,
		link,
		token,
		name,
		state,
		keeper,
		output: () => output,
		async ask<T>(path: string, { json, ...init }: RequestInit & { json?: unknown } = {}) {
			const headers: Record<string, string> = { authorization: `Bearer ${token}` };
			if (json !== undefined) headers["content-type"] = "application/json";
			const body = json === undefined ? {} : { body: JSON.stringify(json) };
			const answer = await fetch(new URL(path, origin), { ...init, ...body, headers: { ...headers, ...init.headers } });
			const text = await answer.text();
			if (!answer.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${answer.status} ${text}`);
			return (text === "" ? undefined : JSON.parse(text)) as T;
		},
		saved: () => readFile(join(state, "state.json"), "utf8").catch(() => ""),
		processes: () => below(keeper.pid as number),
		async [Symbol.asyncDispose]() {
			if (keeper.exitCode === null && keeper.signalCode === null) {
				keeper.kill("SIGTERM");
				await once(keeper, "exit");
			}
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

let count = 0;

/** Asks again until it holds; the test's own time limit ends it. */
export async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
	for (;;) {
		const seen = await Promise.resolve(look());
		if (seen !== undefined && seen !== false) return seen;
		await new Promise((next) => setTimeout(next, 20));
	}
}

/** Whether a process is there, whoever is its parent by now; one that only waits to be reaped is not. */
export function lives(pid: number): boolean {
	return statOf(pid) !== undefined;
}

/** The parent of a live process. */
function statOf(pid: number): { readonly parent: number } | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return state === "Z" ? undefined : { parent: Number(parent) };
	} catch {
		return undefined; // it ended while we looked
	}
}

function below(root: number): { pid: number; command: string }[] {
	const parents = new Map<number, number>();
	for (const entry of readdirSync("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		const stat = statOf(Number(entry));
		if (stat) parents.set(Number(entry), stat.parent);
	}
	const found: { pid: number; command: string }[] = [];
	const gather = (of: number) => {
		for (const [pid, parent] of parents) {
			if (parent !== of) continue;
			found.push({ pid, command: commandOf(pid) });
			gather(pid);
		}
	};
	gather(root);
	return found;
}

function commandOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
	} catch {
		return "";
	}
}
