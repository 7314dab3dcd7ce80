import { afterEach, beforeEach, expect, test } from "vitest";
import { Ring } from "../../../src/media/ring.ts";
import type { Snapshot } from "../../../src/params/store.ts";
import { apartRings, NOTE_BYTES } from "../../../src/session/apart/rings.ts";
import { ring, SILENCE, session, turned, Viewer, Watched } from "./company.ts";

const STRANGERS = new URL("./strangers.ts", import.meta.url).href;
/** Of the lamp of `guests.ts`, and of the stranger that lights it up. */
const LAMP = 10;
const LIT = 200;

const owned: (Disposable | AsyncDisposable)[] = [];
let revision = 1;
let values: Record<string, unknown>;
let base: string;
let output: Ring;

beforeEach(() => {
	revision = 1;
	values = { enabled: true, deadline: 900 };
	output = own(ring());
	base = `${output.name}.0`;
	for (const name of Object.values(apartRings(base))) own(Ring.create(name, { maxBytes: 2 * NOTE_BYTES }));
});
afterEach(async () => {
	for (const thing of owned.splice(0).toReversed()) {
		if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
		else thing[Symbol.dispose]();
	}
});

function own<T extends Disposable | AsyncDisposable>(thing: T): T {
	owned.push(thing);
	return thing;
}

const snapshots = (): Record<string, Snapshot> => ({ "": turned(1, {}), "/plugin/stranger": turned(revision, values) });

/** A session whose only plugin runs apart, and the plugin's process. */
function show(policy: object = {}, flags: readonly string[] = []) {
	const plugin = own(
		new Watched({
			name: "plugin:main/stranger",
			task: () => ({
				role: "plugin",
				session: "main",
				plugin: { module: STRANGERS, id: "stranger" },
				generator: { type: "object", properties: {} },
				ring: base,
			}),
			snapshots,
			flags,
			policy,
		}),
	);
	const task = { ...session("lamp", output), plugins: [{ id: "stranger", ring: base }] };
	const main = own(new Watched({ task: () => task, snapshots }));
	plugin.supervisor.start();
	main.supervisor.start();
	const viewer = own(new Viewer(output));
	return {
		plugin,
		main,
		viewer,
		turn(more: Record<string, unknown>) {
			values = { ...values, ...more };
			revision++;
			main.supervisor.feed();
			plugin.supervisor.feed();
		},
	};
}

const lit = ({ red }: { red: number }) => red === LIT;
const bare = ({ red }: { red: number }) => red === LAMP;

test("a plugin that runs apart changes what is shown", async () => {
	const { viewer } = show();
	await viewer.until(lit);
});

test("when it is killed the picture goes on without it, and its effect comes back with its parameters", async () => {
	const { plugin, viewer, turn } = show();
	await viewer.until(lit);
	turn({ light: 77 });
	await viewer.until(({ red }) => red === 77);
	turn({ deadline: 20 });
	plugin.kill();
	const without = await viewer.until(bare);
	const sequences = [...without, ...(await viewer.until(({ red }) => red === 77))].map(({ sequence }) => sequence);
	expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
	expect(plugin.supervisor.status()).toMatchObject({ restarts: 1, reason: "it was killed by SIGKILL" });
});

test("a frame carries the revision of the plugin's values that it was made with", async () => {
	const { viewer, turn } = show();
	await viewer.until(lit);
	for (const light of [30, 60, 90, 120]) {
		turn({ light });
		const last = (await viewer.until((seen) => seen.revision === revision)).at(-1);
		expect(last?.red).toBe(light);
	}
});

test("one in an endless loop costs one wait; it is killed for its silence, and again, until it is quarantined", async () => {
	const { plugin, viewer, turn } = show({ crashes: 2, healthy: 600, silence: SILENCE });
	await viewer.until(lit);
	turn({ mood: "stuck", deadline: 50 });
	await viewer.until(bare);
	await plugin.reaches("quarantined");
	expect(plugin.supervisor.status().reason).toBe(`it gave no sign of life for ${SILENCE} s`);
	await viewer.until(bare);
	turn({ mood: "kind" });
	plugin.supervisor.restart("it was mended");
	await viewer.until(lit);
});

test("one that throws is told of, and leaves the frame as it was; its process lives", async () => {
	const { plugin, viewer, turn } = show();
	await viewer.until(lit);
	turn({ mood: "throws" });
	await viewer.until(bare);
	await plugin.until(() => plugin.events.length > 0);
	expect(plugin.events).toEqual([["plugin/failed", { plugin: "stranger", hook: "frameOut", reason: "I will not" }]]);
	expect(plugin.supervisor.status()).toMatchObject({ state: "running", restarts: 0 });
	turn({ enabled: false });
	await viewer.until((seen) => seen.revision === revision);
	turn({ enabled: true, mood: "kind" });
	await viewer.until(lit);
});

test("one that takes all memory dies alone, and comes back", async () => {
	const { plugin, viewer, turn } = show({}, ["--max-old-space-size=64"]);
	await viewer.until(lit);
	turn({ mood: "greedy" });
	await viewer.until(bare);
	await plugin.until(() => plugin.states.some(({ state }) => state === "waiting"));
	turn({ mood: "kind" });
	await viewer.until(lit);
	expect(plugin.supervisor.status().reason).toMatch(/SIGABRT|out of memory|code 1/i);
});

test("one that leaves is started again", async () => {
	const { plugin, viewer, turn } = show();
	await viewer.until(lit);
	turn({ mood: "quits" });
	await plugin.until(() => plugin.states.some(({ state }) => state === "waiting"));
	expect(plugin.supervisor.status().reason).toContain("it exited with code 7");
	turn({ mood: "kind" });
	await viewer.until(lit);
});

test("the session may die too: what comes back finds the plugin where it was", async () => {
	const { main, plugin, viewer } = show();
	await viewer.until(lit);
	main.kill();
	await main.until(() => main.states.some(({ state, restarts }) => state === "running" && restarts === 1));
	const before = viewer.now()?.sequence ?? 0;
	await viewer.until((seen) => seen.sequence > before + 30 && lit(seen));
	expect(plugin.supervisor.status().restarts).toBe(0);
});

test("the session says how many frames went on without it", async () => {
	const { main, plugin, viewer, turn } = show();
	await viewer.until(lit);
	turn({ deadline: 20 });
	plugin.kill();
	await viewer.until(bare);
	const bypassed = () =>
		(main.reports.at(-1)?.plugins as Record<string, { bypassed: number }>)?.stranger?.bypassed ?? 0;
	await main.until(() => bypassed() > 0);
});
