import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import { reasonOf } from "../base/errors.ts";
import type { BridgeDefinition } from "../contract/bridge.ts";
import type { Settings } from "./catalogue.ts";

/** Why a bridge cannot work on this machine, by its id; those that can are not in it. */
export type Unavailable = ReadonlyMap<string, string>;

const answer = z.record(z.string(), z.string());

/** Asks every bridge, in this process: loads native libraries. `settings`: of a bridge, by its id. */
export async function probe(
	bridges: readonly BridgeDefinition[],
	settings: Readonly<Record<string, Settings>>,
): Promise<Unavailable> {
	const unavailable = new Map<string, string>();
	for (const bridge of bridges) {
		try {
			await bridge.probe?.(settings[bridge.id] ?? {});
		} catch (error) {
			unavailable.set(bridge.id, reasonOf(error));
		}
	}
	return unavailable;
}

/** Asks every bridge in a process of its own, `command`, which prints what `probe` found as JSON. Rejects on abort. */
export async function probeApart(
	[program = "", ...args]: readonly string[],
	signal: AbortSignal,
): Promise<Unavailable> {
	const { stdout } = await promisify(execFile)(program, args, { timeout: 30_000, signal, killSignal: "SIGKILL" });
	return new Map(Object.entries(answer.parse(JSON.parse(stdout))));
}
