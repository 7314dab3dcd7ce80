import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How a child ended, and the end of what it complained of. */
export interface Ended {
	readonly code: number;
	readonly words: string;
}

/** Bytes of complaints that are kept. */
const WORDS = 2000;

/** Runs a program of its own, and tells each line that it prints. */
export function runChild(
	program: string,
	args: readonly string[],
	told: (line: string) => void,
	signal?: AbortSignal,
): Promise<Ended> {
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...(signal ? { signal } : {}) });
	let words = "";
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		words = (words + text).slice(-WORDS);
	});
	createInterface({ input: child.stdout }).on("line", told);
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, ended) =>
			resolve({ code: code ?? 1, words: ended ? `it was ended by ${ended}. ${words}` : words }),
		);
	});
}

/** Runs one of our own programs. */
export function runNode(file: URL, args: readonly string[], told: (line: string) => void): Promise<Ended> {
	return runChild(process.execPath, ["--conditions=mutoscope:source", file.pathname, ...args], told);
}
