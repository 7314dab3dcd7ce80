import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("double.py", import.meta.url));

/** A project of ours: the folder it is in, and the component that it builds. */
export interface Project {
	readonly name: string;
	readonly component: string;
	/** Another folder than that of the repository. */
	readonly folder?: string;
}

export const PROJECTS: readonly [Project, Project] = [
	{ name: "remote-control", component: "mutoscope" },
	{ name: "live-camera", component: "mutoscope_camera" },
];

/** What a command led to. */
export interface Answer {
	/** OSC messages of OSC Out DATs: address and arguments. */
	readonly sent: [string, (string | number | boolean)[]][];
	/** HTTP requests: method, address, headers. */
	readonly asked: [string, string, Record<string, string>][];
	readonly lines: string[];
	readonly result: unknown;
}

/** A project that plays in a double of TouchDesigner. */
export class Double implements AsyncDisposable {
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #lines: AsyncIterator<string>;
	#complaint = "";

	/** `how`: run in the Textport, pasted into it, or started from the expanded form. */
	constructor(python: string, { name, component, folder }: Project, how: "run" | "paste" | "start" = "run") {
		const place = folder ?? fileURLToPath(new URL(`../../toe-projects/${name}`, import.meta.url));
		this.#child = spawn(python, [script, place, name, how, component]);
		this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#complaint += text));
		this.#child.stdin.on("error", () => {}); // it ended; what it said of that is thrown below
		this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
	}

	/** Does one command of double.py. Throws what Python says if it fails. */
	async do(command: Readonly<Record<string, unknown>>): Promise<Answer> {
		this.#child.stdin.write(`${JSON.stringify(command)}\n`);
		const { value, done } = await this.#lines.next();
		if (!done) return JSON.parse(value as string) as Answer;
		if (this.#child.exitCode === null) await once(this.#child, "close");
		throw new Error(this.#complaint);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const ended = this.#child.exitCode === null ? once(this.#child, "close") : undefined;
		this.#child.stdin.end();
		await ended;
	}
}
