import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { availableMemory } from "node:process";
import { promisify } from "node:util";
import { lost, placeOf } from "../artifacts/place.ts";
import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { MemoryNeed } from "../contract/artifact.ts";
import type { ComputeChoice } from "../contract/compute.ts";
import type { Machine } from "../session/machine.ts";
import type { SessionTask } from "./messages.ts";
import { firstPicture } from "./picture.ts";

/** What a session's task says of it: the folder of fetched files, the bridge that reads files, what models compute on. */
type MachineParts = Pick<SessionTask, "models" | "reader" | "compute">;

/** Seconds that the driver's tool gets to answer. */
const PATIENCE = 5;

/** The machine that this process runs on. */
export function thisMachine({ models, reader, compute }: MachineParts, log: Log): Machine {
	return {
		compute: compute as ComputeChoice,
		picture: (path, signal) => firstPicture(reader, path, log, signal),
		cache: join(models, ".cache"),
		file(artifact) {
			const path = placeOf(models, artifact);
			if (existsSync(path)) return path;
			if (artifact.shipped !== undefined) throw lost(artifact);
			throw new MutoscopeError("artifact/missing", { repo: artifact.repo, file: artifact.file });
		},
		// What the system could give without swapping, within the limit that a container sets.
		room: async () => ({
			host: availableMemory(),
			...(compute.provider !== "cpu" && (await videoMemory(compute.device))),
		}),
	};
}

/** Free memory of an NVIDIA GPU, if there is one: what `nvidia-smi` says. */
async function videoMemory(device = 0): Promise<Pick<MemoryNeed, "device">> {
	const query = [`--id=${device}`, "--query-gpu=memory.free", "--format=csv,noheader,nounits"];
	try {
		const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: PATIENCE * 1000 });
		const mebibytes = Number.parseInt(stdout, 10);
		return Number.isFinite(mebibytes) ? { device: mebibytes * 2 ** 20 } : {};
	} catch {
		return {};
	}
}
