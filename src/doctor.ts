import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { reasonOf } from "./base/errors.ts";
import { bridgeSettings, type Config, recordingsFolder, stateFolder } from "./config.ts";
import type { BridgeDefinition } from "./contract/bridge.ts";
import type { Catalogue, Settings } from "./daemon/catalogue.ts";
import { Measured } from "./daemon/measured.ts";
import { devices } from "./devices.ts";
import type { Finding } from "./finding.ts";
import { Ring } from "./media/ring.ts";

/** What the daemon is made of. */
export interface Made {
	readonly bridges: readonly BridgeDefinition[];
	readonly catalogue: Pick<Catalogue, "pipelines">;
	/** Folder of the built page. */
	readonly ui: string;
	readonly version: string;
}

/** Looks at everything that the daemon needs, and says what is there, what is missing, and how to get it. */
export async function examine(config: Config, { bridges, catalogue, ui, version }: Made): Promise<Finding[]> {
	return [
		node(),
		sharedMemory(config),
		...(await devices(config.inference)),
		...realTime(catalogue, new Measured(config, version)),
		...(await Promise.all(bridges.map((one) => bridge(one, bridgeSettings(config))))),
		page(ui),
		folder("State folder", stateFolder(config)),
		folder("Recordings", recordingsFolder(config)),
		await port("Port of the page", config.http.host, config.http.port, "--port"),
		await port("Port of OSC", config.osc.host, config.osc.port, "--osc-port"),
	];
}

/** The findings as lines for a person. */
export function report(findings: readonly Finding[]): string {
	const width = Math.max(...findings.map(({ what }) => what.length));
	const marks = { ok: "✓", note: "·", missing: "✗" };
	return findings
		.map(({ what, state, said, remedy }) => {
			const line = `${marks[state]} ${what.padEnd(width)}  ${said}`;
			return remedy ? `${line}\n  ${" ".repeat(width)}  → ${remedy}` : line;
		})
		.join("\n");
}

function node(): Finding {
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	const what = "Node";
	const said = `${process.version} on ${process.platform} ${process.arch}`;
	if (major > 22 || (major === 22 && minor >= 12)) return { what, state: "ok", said };
	return {
		what,
		state: "missing",
		said: `${said}: 22.12 or newer is needed`,
		remedy: "npm ci brings its own; use npm start",
	};
}

function sharedMemory({ name }: Config): Finding {
	const what = "Shared memory";
	try {
		Ring.create(`${name}-doctor`).close();
	} catch (error) {
		const remedy = "Without it no picture reaches anyone. In a container, start it with a larger /dev/shm.";
		return { what, state: "missing", said: reasonOf(error), remedy };
	}
	if (!existsSync("/dev/shm")) return { what, state: "ok", said: "works" };
	const free = room("/dev/shm");
	if (free > 256) return { what, state: "ok", said: `works, ${free} MB free` };
	const remedy = "Large pictures need more: docker run --shm-size=1g, or remount /dev/shm with a larger size.";
	return { what, state: "note", said: `works, only ${free} MB free`, remedy };
}

/** What pipelines hold that are measured. */
function realTime({ pipelines }: Made["catalogue"], { held }: Measured): Finding[] {
	const measured = [...pipelines.values()].filter(({ guest }) => guest.realTime !== undefined);
	return measured.map(({ guest: { id, title, realTime } }) => {
		const found = held[id];
		if (!found) return { what: title, state: "note", said: "is measured when it plays for the first time" };
		const { width, height, fps, holds, threads } = found;
		const said = `${width}×${height} · ${fps} fps${threads === undefined ? "" : ` on ${threads} threads`}, by measurement`;
		if (holds) return { what: title, state: "ok", said };
		return { what: title, state: "note", said: `${said}: this machine is too slow for the ${realTime?.fps} it means` };
	});
}

async function bridge(
	{ id, title, probe }: BridgeDefinition,
	settings: Readonly<Record<string, Settings>>,
): Promise<Finding> {
	try {
		await probe?.(settings[id] ?? {});
		return { what: title, state: "ok", said: "works" };
	} catch (error) {
		return { what: title, state: "note", said: reasonOf(error) };
	}
}

function page(ui: string): Finding {
	const what = "Web page";
	if (existsSync(join(ui, "index.html"))) return { what, state: "ok", said: "is built" };
	return { what, state: "missing", said: "is not built", remedy: "npm run prepare" };
}

function folder(what: string, path: string): Finding {
	try {
		mkdirSync(path, { recursive: true, mode: 0o700 });
		accessSync(path, constants.W_OK);
		const free = room(path);
		const said = `${path}, ${free} MB free`;
		return free > 100 ? { what, state: "ok", said } : { what, state: "note", said, remedy: "Make room on this disk." };
	} catch (error) {
		return { what, state: "missing", said: reasonOf(error), remedy: "Set `folders` in the config file." };
	}
}

async function port(what: string, host: string, number: number, option: string): Promise<Finding> {
	const server = createServer();
	try {
		await new Promise<void>((done, failed) => server.once("error", failed).listen(number, host, done));
		return { what, state: "ok", said: `${host}:${number} is free` };
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code !== "EADDRINUSE")
			return { what, state: "missing", said: reasonOf(error), remedy: `Set another with ${option}.` };
		return {
			what,
			state: "note",
			said: `${host}:${number} is in use`,
			remedy: `A daemon that runs already, or set another with ${option}.`,
		};
	} finally {
		server.close();
	}
}

/** Free megabytes where a path lies. */
function room(path: string): number {
	const { bavail, bsize } = statfsSync(path);
	return Math.round((bavail * bsize) / 1e6);
}
