import { afterEach, expect, test } from "vitest";
import { childEnvironment } from "../../../src/host/fork.ts";
import type { Task } from "../../../src/host/messages.ts";
import { POLICY, type RestartPolicy } from "../../../src/host/policy.ts";
import type { Snapshot } from "../../../src/params/store.ts";
import { GUESTS, ring, SILENCE, session, turned, Viewer, Watched } from "./company.ts";

const open: (Disposable | AsyncDisposable)[] = [];

afterEach(async () => {
	for (const thing of open.splice(0).toReversed()) {
		if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
		else thing[Symbol.dispose]();
	}
});

function owned<T extends Disposable | AsyncDisposable>(thing: T): T {
	open.push(thing);
	return thing;
}

/** A session that plays one of our pipelines, and somebody who watches it. */
function play(
	pipeline: string,
	first: Snapshot,
	more: Record<string, Snapshot> = {},
	policy: Partial<RestartPolicy> = {},
) {
	const output = owned(ring());
	let parts = { "": first, ...more };
	let task: Task = session(pipeline, output);
	let read = 0;
	const watched = owned(
		new Watched({
			task: () => task,
			snapshots: () => {
				read++;
				return parts;
			},
			policy,
		}),
	);
	return {
		output,
		watched,
		viewer: owned(new Viewer(output)),
		get read() {
			return read;
		},
		turn(snapshot: Snapshot) {
			parts = { ...parts, "": snapshot };
			watched.supervisor.feed();
		},
		cast(next: string, snapshot: Snapshot) {
			task = session(next, output);
			parts = { ...parts, "": snapshot };
			watched.supervisor.feed();
			watched.supervisor.retask();
		},
	};
}

test("a killed session leaves its last picture, comes back with its parameters, and fades to the new one", async () => {
	const show = play("lamp", turned(1, { level: 10 }), { "/session": turned(1, { fade: 2 }) });
	show.watched.supervisor.start();
	await show.viewer.until(({ red }) => red === 10);
	show.turn(turned(2, { level: 200 }));
	await show.viewer.until(({ red }) => red === 200);

	show.watched.kill();
	await show.watched.reaches("waiting");
	expect(show.viewer.now()?.red).toBe(200);
	// Turned while nobody was there to hear it.
	show.turn(turned(3, { level: 40 }));
	const { reason, restarts } = await show.watched.reaches("running");
	expect(reason).toBe("it was killed by SIGKILL");
	expect(restarts).toBe(1);

	const way = await show.viewer.until(({ red }) => red === 40);
	const between = way.map(({ red }) => red).filter((red) => red > 40 && red < 200);
	expect(between.length).toBeGreaterThan(3);
	expect(between).toEqual(between.toSorted((a, b) => b - a));
	expect(way.every(({ red }) => red >= 40 && red <= 200)).toBe(true);
	await show.watched.until(() => show.watched.applied.at(-1)?.[0] === 3);
});

test("a child in an endless loop is killed for its silence and started again", async () => {
	const show = play("lamp", turned(1, {}), {}, { silence: SILENCE });
	show.watched.supervisor.start();
	await show.watched.reaches("running");
	show.turn(turned(2, { level: 99 }, { "/stuck": 1 }));
	await show.watched.until(() => show.watched.supervisor.status().restarts === 1);
	expect(show.watched.supervisor.status().reason).toBe(`it gave no sign of life for ${SILENCE} s`);
	await show.viewer.until(({ red }) => red === 99);
});

test("a child that keeps crashing is quarantined with the reason, until it is restarted by hand", async () => {
	const show = play("quitter", turned(1, {}));
	show.watched.supervisor.start();
	const { reason, restarts } = await show.watched.reaches("quarantined");
	expect(restarts).toBe(POLICY.crashes - 1);
	expect(reason).toBe("it exited with code 3: Error: no place for me here");
	await expect(show.watched.supervisor.call("echo", 1)).rejects.toMatchObject({ code: "process/quarantined" });
	show.cast("lamp", turned(2, {}));
	show.watched.supervisor.restart("by hand");
	expect((await show.watched.reaches("running")).reason).toBe("by hand");
});

test("a child in quarantine is given another try with another task", async () => {
	const show = play("quitter", turned(1, {}));
	show.watched.supervisor.start();
	await show.watched.reaches("quarantined");
	show.cast("lamp", turned(2, { level: 33 }));
	await show.viewer.until(({ red }) => red === 33);
});

test("what a guest throws is the reason", async () => {
	const show = play("thrower", turned(1, {}));
	show.watched.supervisor.start();
	const { reason } = await show.watched.reaches("waiting");
	expect(reason).toBe("The pipeline thrower failed: I cannot.");
});

test("a failure that nobody waited for ends the process, with its reason", async () => {
	const show = play("lamp", turned(1, {}));
	show.watched.supervisor.start();
	await show.watched.reaches("running");
	show.turn(turned(2, {}, { "/late": 1 }));
	await show.watched.until(() => show.watched.supervisor.status().restarts === 1);
	expect(show.watched.supervisor.status().reason).toBe("out of nowhere");
	await show.watched.reaches("running");
});

test("a plugin that fails is told, and the show goes on without it", async () => {
	const show = play("lamp", turned(1, { level: 60 }), { "/plugin/clumsy": turned(1, { enabled: true }) });
	show.watched.supervisor.start();
	await show.viewer.until(({ red }) => red === 60);
	await show.watched.until(() => show.watched.events.length > 0);
	expect(show.watched.events).toEqual([["plugin/failed", { plugin: "clumsy", hook: "frameOut", reason: "oops" }]]);
	await show.watched.until(() => show.watched.reports.at(-1)?.tapFailures === 1);
	expect(show.watched.supervisor.status().restarts).toBe(0);
});

test("another pipeline is opened in the same process", async () => {
	const show = play("lamp", turned(1, { level: 10 }));
	show.watched.supervisor.start();
	await show.viewer.until(({ red }) => red === 10);
	const { pid } = show.watched.supervisor.status();
	const output = owned(ring());
	expect(output.name).not.toBe(show.output.name);
	show.cast("brought", turned(2, { level: 150 }));
	await show.viewer.until(({ red }) => red === 150);
	expect(show.watched.supervisor.status().pid).toBe(pid);
});

test("a cast that cannot be loaded leaves the show as it is, and says why", async () => {
	const show = play("lamp", turned(1, { level: 10 }));
	show.watched.supervisor.start();
	await show.viewer.until(({ red }) => red === 10);
	show.cast("nobody", turned(2, { level: 77 }));
	await show.watched.until(() => String(show.watched.reports.at(-1)?.reason).includes("no pipeline called nobody"));
	await show.viewer.until(({ red }) => red === 77);
});

test("a hundred thousand changes are one message or two, and the last of them arrives", async () => {
	const show = play("lamp", turned(1, {}));
	show.watched.supervisor.start();
	await show.watched.reaches("running");
	const { pid } = show.watched.supervisor.status();
	process.kill(pid as number, "SIGSTOP");
	const { read } = show;
	for (let revision = 2; revision <= 100_001; revision++) show.turn(turned(revision, { level: revision % 100 }));
	expect(show.read - read).toBeLessThanOrEqual(2);
	show.turn(turned(100_002, { level: 222 }));
	process.kill(pid as number, "SIGCONT");
	await show.viewer.until(({ red, revision }) => red === 222 && revision === 100_002);
	expect(show.read - read).toBeLessThan(20);
});

test("malformed messages of a child are counted and change nothing", async () => {
	const show = play("lamp", turned(1, {}));
	show.watched.supervisor.start();
	await show.watched.reaches("running");
	show.turn(turned(2, {}, { "/rude": 1 }));
	await show.watched.until(() => show.watched.lines.some((line) => line.includes("malformed")));
	const { length } = show.watched.reports;
	await show.watched.until(() => show.watched.reports.length > length + 2);
	expect(show.watched.supervisor.status()).toMatchObject({ state: "running", restarts: 0 });
	expect(show.watched.applied.every(([revision]) => typeof revision === "number")).toBe(true);
});

test("what a child prints goes to the log, its memory and processor time to the status", async () => {
	const show = play("lamp", turned(1, {}));
	show.watched.supervisor.start();
	await show.watched.until(() => (show.watched.supervisor.status().memory ?? 0) > 1e7);
	await show.watched.until(() => show.watched.lines.some((line) => line.includes("the lamp is on")));
	expect(show.watched.supervisor.status().cpu).toBeGreaterThanOrEqual(0);
	await show.watched.until(() => Number(show.watched.reports.at(-1)?.shownFps) > 1);
	expect(show.watched.reports.at(-1)).toMatchObject({ width: 64, height: 36, tapFailures: 0 });
});

test("a supervisor stops its child, also a stuck one, and may be closed twice", async () => {
	for (const [values, policy] of [
		[turned(2, {}), {}],
		[turned(2, {}, { "/stuck": 1 }), { grace: 1 }],
	] as const) {
		const show = play("lamp", turned(1, {}), {}, policy);
		show.watched.supervisor.start();
		const { pid } = await show.watched.reaches("running");
		show.turn(values);
		await show.watched.until(() => show.watched.reports.length > 2);
		await show.watched.supervisor[Symbol.asyncDispose]();
		await show.watched.supervisor[Symbol.asyncDispose]();
		expect(show.watched.supervisor.status().state).toBe("stopped");
		expect(() => process.kill(pid as number, 0)).toThrow("ESRCH");
		show.watched.supervisor.start();
		show.watched.supervisor.restart("too late");
		expect(show.watched.supervisor.status().state).toBe("stopped");
	}
});

test("a supervisor that was never started closes at once, one that waits starts nothing more", async () => {
	const never = play("lamp", turned(1, {}));
	await never.watched.supervisor[Symbol.asyncDispose]();
	const show = play("quitter", turned(1, {}));
	show.watched.supervisor.start();
	await show.watched.reaches("waiting");
	await show.watched.supervisor[Symbol.asyncDispose]();
	expect(show.watched.supervisor.status().state).toBe("stopped");
});

test("a task that cannot be told is a reason, not a crash of the daemon", async () => {
	const watched = owned(
		new Watched({
			task: () => {
				throw new Error("there is no such pipeline");
			},
			snapshots: () => ({}),
		}),
	);
	watched.supervisor.start();
	expect((await watched.reaches("quarantined")).reason).toBe("it could not be started: there is no such pipeline");
});

test("a guest's module that is not there is named", async () => {
	const output = owned(ring());
	const module = new URL("./nowhere.ts", GUESTS).href;
	const task = () => ({ ...session("lamp", output), pipeline: { module, id: "lamp" } });
	const watched = owned(new Watched({ task, snapshots: () => ({}) }));
	watched.supervisor.start();
	expect((await watched.reaches("waiting")).reason).toContain("nowhere.ts is not a guest of Mutoscope");
});

test("a child inherits what it needs to find the machine, and no secrets", () => {
	const env = {
		PATH: "/bin",
		HOME: "/home/vj",
		LC_ALL: "C",
		MUTOSCOPE_TOKEN: "secret",
		AWS_SECRET_ACCESS_KEY: "x",
		NODE_OPTIONS: "-r x",
	};
	const child = childEnvironment(env, { MORE: "1" });
	expect(child).toMatchObject({ PATH: "/bin", HOME: "/home/vj", LC_ALL: "C", UV_THREADPOOL_SIZE: "16", MORE: "1" });
	expect(Object.keys(child)).not.toContain("MUTOSCOPE_TOKEN");
	expect(Object.keys(child)).not.toContain("AWS_SECRET_ACCESS_KEY");
	expect(Object.keys(child)).not.toContain("NODE_OPTIONS");
});
