import { fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import { type Description, description } from "../../contract/describe.ts";
import { childEnvironment } from "../../host/fork.ts";

/** Seconds and megabytes that telling what it is may cost a module. */
const PATIENCE = 15;
const MEMORY = 256;

const answer = z.union([z.object({ guests: z.array(description).min(1).max(100) }), z.object({ reason: z.string() })]);

/**
 * Imports a stranger's module in a process that is started for nothing else and is given `flags`, and returns what it
 * exports. `plugin` is what a person calls it.
 *
 * Throws `plugin/not-loaded`: it does not load, says nothing in time, takes too much memory, or exports no guest.
 */
export async function probeModule(module: string, plugin: string, flags: readonly string[]): Promise<Description[]> {
	const extension = extname(fileURLToPath(import.meta.url));
	const child = fork(fileURLToPath(new URL(`../../host/look${extension}`, import.meta.url)), [], {
		execPath: process.execPath,
		execArgv: [
			...(extension === ".ts" ? ["--conditions=mutoscope:source"] : []),
			`--max-old-space-size=${MEMORY}`,
			...flags,
		],
		env: childEnvironment(process.env, {}),
		serialization: "json",
		stdio: ["ignore", "ignore", "ignore", "ipc"],
		windowsHide: true,
	});
	const failed = (reason: string) => new MutoscopeError("plugin/not-loaded", { plugin, reason });
	const exited = once(child, "exit") as Promise<[code: number | null, signal: string | null]>;
	let late = false;
	const timer = setTimeout(() => {
		late = true;
		child.kill("SIGKILL");
	}, PATIENCE * 1000);
	try {
		let said: unknown;
		child.once("message", (message) => {
			said = message;
		});
		child.send(module);
		const [code, signal] = await exited;
		if (said === undefined) {
			throw failed(late ? `it said nothing for ${PATIENCE} s` : `its process ended with ${signal ?? `code ${code}`}`);
		}
		const parsed = answer.safeParse(said);
		if (!parsed.success) throw failed(`what it exports is no guest: ${z.prettifyError(parsed.error)}`);
		if ("reason" in parsed.data) throw failed(parsed.data.reason);
		return parsed.data.guests;
	} finally {
		clearTimeout(timer);
		child.kill("SIGKILL");
	}
}
