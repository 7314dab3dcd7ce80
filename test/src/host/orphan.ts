/** A daemon that will be killed: starts a busy session and a calm service, says their process ids, and waits. */
import { GUESTS, ring, session, turned, Watched } from "./company.ts";

const output = ring();
const busy = new Watched({
	task: () => session("lamp", output),
	snapshots: () => ({ "": fired }),
	policy: { silence: 1000 },
});
const calm = new Watched({
	name: "service:desk",
	task: () => ({ role: "service", bridge: { module: GUESTS, id: "desk" }, config: {} }),
	snapshots: () => ({}),
});
let fired = turned(1, {});
busy.supervisor.start();
calm.supervisor.start();
await busy.reaches("running");
await calm.reaches("running");
const pids = [busy, calm].map(({ supervisor }) => supervisor.status().pid);
fired = turned(2, {}, { "/stuck": 1 });
busy.supervisor.feed();
process.stdout.write(`${JSON.stringify({ pids, ring: output.name })}\n`);
