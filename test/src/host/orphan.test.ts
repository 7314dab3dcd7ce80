import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sweepRings } from "../../../src/media/ring.ts";

function alive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

// Only Linux can kill a process that is stuck in a loop when its parent dies; elsewhere the keeper does.
test.skipIf(process.platform !== "linux")(
	"a daemon that is killed leaves no child behind, not even a stuck one",
	async () => {
		const program = fileURLToPath(new URL("./orphan.ts", import.meta.url));
		const daemon = spawn(process.execPath, ["--conditions=mutoscope:source", program], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		const [line] = (await once(createInterface(daemon.stdout), "line")) as [string];
		const { pids, ring } = JSON.parse(line) as { pids: number[]; ring: string };
		expect(pids.map(alive)).toEqual([true, true]);
		daemon.kill("SIGKILL");
		await once(daemon, "exit");
		// Nobody but the system knows when an orphan ends; it can only be asked.
		while (pids.some(alive)) await setTimeout(10);
		expect(sweepRings(ring)).toEqual([ring]);
	},
);
