import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Frame, type FrameOptions } from "../../../src/media/frame.ts";
import { type Ring, RingWriter } from "../../../src/media/ring.ts";
import { ndi } from "../../peers.ts";
import { ring, turned, Watched } from "../../src/host/company.ts";

/** NDI's library, or `undefined` where these tests are skipped. */
export const library = ndi();

const BRIDGE = new URL("../../../bridges/ndi/index.ts", import.meta.url).href;
const PEER = fileURLToPath(new URL("peer.py", import.meta.url));

/** Without mDNS programs of one machine find each other by its address. */
const CONFIG = { library, ips: ["127.0.0.1"], adapters: ["127.0.0.1"] };

let names = 0;

/** A name on the network that nobody else has. */
export function fresh(name = "stage"): string {
	return `${name} ${process.pid}-${++names}`;
}

/** Something that the peer tells. */
export interface Told {
	readonly video?: readonly [width: number, height: number];
	readonly fourcc?: string;
	readonly rate?: number;
	readonly timecode?: string;
	/** Seconds since it was sent. */
	readonly age?: number;
	/** RGBA in base64, of pictures that are not large. */
	readonly pixels?: string | null;
	readonly metadata?: string | null;
	readonly audio?: boolean;
	readonly connections?: number;
	readonly sources?: readonly string[];
	readonly tally?: readonly [program: boolean, preview: boolean];
	/** What the network calls the sources that it sends. */
	readonly names?: readonly string[];
}

/** Another program with NDI: Python, by its own account of the structures. */
export class Peer implements AsyncDisposable {
	/** Everything that it told, oldest first; of pictures the last few. */
	readonly told: Told[] = [];
	readonly #child: ChildProcess;
	readonly #folder = mkdtempSync(join(tmpdir(), "mutoscope-ndi-test-"));
	readonly #wakes = new Set<() => void>();
	#rest = "";
	#errors = "";

	constructor(role: "find" | "receive" | "send", ...words: string[]) {
		const networks = process.env.NDI_TEST_MDNS ? {} : { ips: "127.0.0.1," };
		const settings = { ndi: { networks, adapters: { allowed: ["127.0.0.1"] } } };
		writeFileSync(join(this.#folder, "ndi-config.v1.json"), JSON.stringify(settings));
		this.#child = spawn("python3", [PEER, String(library), role, ...words], {
			env: { ...process.env, NDI_CONFIG_DIR: this.#folder },
			stdio: ["pipe", "pipe", "pipe"],
		});
		this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
		this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			this.#errors += text;
		});
		this.#child.on("exit", () => this.#wake());
	}

	/** Tells it to do something. */
	tell(command: Readonly<Record<string, unknown>>): void {
		this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
	}

	/** The first thing from now on, or that was told already if `past`, of which `holds` is true. */
	async until<T extends Told>(holds: (told: Told) => boolean, past = false): Promise<T> {
		for (let at = past ? 0 : this.told.length; ; ) {
			for (; at < this.told.length; at++) {
				const told = this.told[at];
				if (told && holds(told)) return told as T;
			}
			if (this.#child.exitCode !== null) throw new Error(`the peer has ended: ${this.#errors}`);
			await new Promise<void>((resolve) => this.#wakes.add(resolve));
		}
	}

	/** The next picture of which `holds` is true. */
	async picture(holds: (told: Told) => boolean = () => true): Promise<Told & { readonly rgba: Buffer }> {
		const told = await this.until((one) => one.video !== undefined && holds(one));
		return { ...told, rgba: Buffer.from(told.pixels ?? "", "base64") };
	}

	/** Ends it as the system would. */
	async kill(): Promise<void> {
		const over = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await over;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) {
			const over = once(this.#child, "exit");
			this.#child.stdin?.end();
			await over;
		}
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#read(text: string): void {
		const lines = (this.#rest + text).split("\n");
		this.#rest = lines.pop() ?? "";
		this.told.push(...lines.map((line) => JSON.parse(line) as Told));
		this.#wake();
	}

	#wake(): void {
		for (const wake of this.#wakes) wake();
		this.#wakes.clear();
	}
}

/** The bridge's sink or source in a process of its own, as the daemon runs it. */
export class Bridge implements AsyncDisposable {
	readonly watched: Watched;
	readonly ring: Ring = ring();
	#values: Readonly<Record<string, unknown>>;
	#revision = 1;

	/** `flags` are for its Node. */
	constructor(
		role: "sink" | "source",
		values: Readonly<Record<string, unknown>>,
		config: object = CONFIG,
		flags: readonly string[] = [],
	) {
		this.#values = values;
		this.watched = new Watched({
			name: `${role}:main/ndi`,
			task: () => ({
				role,
				session: "main",
				bridge: { module: BRIDGE, id: "ndi" },
				config: { ...config },
				ring: this.ring.name,
			}),
			snapshots: () => ({ "": turned(this.#revision, this.#values) }),
			flags,
		});
		this.watched.supervisor.start();
	}

	/** Turns its parameters. */
	turn(values: Readonly<Record<string, unknown>>): void {
		this.#values = { ...this.#values, ...values };
		this.#revision++;
		this.watched.supervisor.feed();
	}

	/** Resolves with the first report, the last one included, of which `holds` is true. */
	async reports(holds: (report: Readonly<Record<string, unknown>>) => boolean) {
		await this.watched.until(() => holds(this.watched.reports.at(-1) ?? {}));
		return this.watched.reports.at(-1) ?? {};
	}

	/** What the network calls what it sends. */
	async called(): Promise<string> {
		return String((await this.reports(({ name }) => typeof name === "string")).name);
	}

	/** How its lights stand, once `holds` is true of them. */
	async lights(holds: (lights: Readonly<Record<string, unknown>>) => boolean) {
		const lights = () =>
			Object.assign({}, ...this.watched.events.flatMap(([event, data]) => (event === "show" ? [data] : [])));
		await this.watched.until(() => holds(lights()));
		return lights();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.watched[Symbol.asyncDispose]();
		this.ring[Symbol.dispose]();
	}
}

/** Pixels of a picture, by place. */
export type Paint = (x: number, y: number) => readonly [red: number, green: number, blue: number, alpha: number];

/** A picture for a ring. */
export function painted(width: number, height: number, paint: Paint, options: FrameOptions = {}): Frame {
	const data = new Uint8Array(width * height * 4);
	for (let at = 0; at < width * height; at++) data.set(paint(at % width, Math.floor(at / width)), at * 4);
	return new Frame({ width, height }, data, options);
}

/** Shows a picture in a ring again and again, so that receivers see it whenever they come. */
export class Showing implements Disposable {
	/** What is shown. */
	picture: Frame;
	readonly #writer: RingWriter;
	readonly #timer: NodeJS.Timeout;

	constructor(into: Ring, picture: Frame, fps = 30) {
		this.picture = picture;
		this.#writer = RingWriter.attach(into.name);
		this.#timer = setInterval(() => this.#writer.write(this.picture), 1000 / fps);
	}

	[Symbol.dispose](): void {
		clearInterval(this.#timer);
		this.#writer.close();
	}
}
