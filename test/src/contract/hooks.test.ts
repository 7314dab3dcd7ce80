import { expect, test, vi } from "vitest";
import type { HookName } from "../../../src/contract/guard.ts";
import { createHooks, type Moment } from "../../../src/contract/hooks.ts";
import { Frame } from "../../../src/media/frame.ts";

const MOMENT: Moment = { session: "main", chunk: 0, time: 0 };
const SIZE = { width: 2, height: 1 };

/** Frames that say how many of them are open. */
function frames() {
	const open = new Set<number>();
	let made = 0;
	return {
		open,
		frame(level = 0): Frame {
			const index = made++;
			open.add(index);
			return new Frame(SIZE, new Uint8Array(8).fill(level), { release: () => open.delete(index) });
		},
	};
}

function hooksWithFailures() {
	const failures: [plugin: string, hook: HookName, error: unknown][] = [];
	const hooks = createHooks((...failure) => void failures.push(failure));
	return { hooks, failures };
}

test("taps run in order, each on what the one before has made", async () => {
	const { hooks } = hooksWithFailures();
	hooks.params.tap("double", (values) => ({ ...values, x: Number(values.x) * 2 }));
	hooks.params.tap("nothing", () => undefined as never);
	hooks.params.tap("add", (values) => ({ ...values, x: Number(values.x) + 1 }));
	expect(await hooks.params.promise({ x: 5 }, MOMENT)).toEqual({ x: 11 });
});

test("a params tap that throws or returns nonsense is reported once and skipped", async () => {
	const { hooks, failures } = hooksWithFailures();
	hooks.params.tap("throws", () => {
		throw new Error("no");
	});
	hooks.params.tap("nonsense", () => 5 as never);
	hooks.params.tap("fine", (values) => ({ ...values, seen: true }));
	for (let i = 0; i < 3; i++) expect(await hooks.params.promise({ x: 1 }, MOMENT)).toEqual({ x: 1, seen: true });
	expect(failures.map(([plugin, hook]) => `${plugin} ${hook}`)).toEqual(["throws params", "nonsense params"]);
});

test.each(["frameIn", "frameOut"] as const)(
	"a frame that %s replaces is closed, whether the tap closes it or not",
	async (hook) => {
		for (const closes of [true, false]) {
			const { hooks, failures } = hooksWithFailures();
			const { open, frame } = frames();
			hooks[hook].tapPromise("other", async (given) => {
				if (closes) given.close();
				return frame(9);
			});
			const shown = await hooks[hook].promise(frame(1), MOMENT);
			expect(shown.data[0]).toBe(9);
			shown.close();
			expect(open.size).toBe(0);
			expect(failures).toEqual([]);
		}
	},
);

const broken: Record<string, (given: Frame) => Frame | undefined> = {
	"throws at once": () => {
		throw new Error("no");
	},
	"throws after it closed the frame": (given) => {
		given.close();
		throw new Error("no");
	},
	"returns a frame that is closed": (given) => {
		const other = given.clone();
		other.close();
		return other;
	},
	"returns no frame": () => "picture" as never,
};

test.each(Object.entries(broken))("a tap that %s leaves the frame open and is switched off", async (_, tap) => {
	for (const promised of [false, true]) {
		const { hooks, failures } = hooksWithFailures();
		const { open, frame } = frames();
		const calls = vi.fn(tap);
		if (promised) hooks.frameOut.tapPromise("broken", async (given) => calls(given) as Frame);
		else hooks.frameOut.tap("broken", (given) => calls(given) as Frame);
		for (let i = 0; i < 3; i++) {
			const shown = await hooks.frameOut.promise(frame(i), MOMENT);
			expect(shown.data[0]).toBe(i);
			shown.close();
		}
		expect(open.size).toBe(0);
		expect(calls).toHaveBeenCalledTimes(1);
		expect(failures.map(([plugin, hook]) => `${plugin} ${hook}`)).toEqual(["broken frameOut"]);
	}
});

test("an async function that was put in with tap is a failure, and its own failure is no crash", async () => {
	const { hooks, failures } = hooksWithFailures();
	const { frame } = frames();
	hooks.frameIn.tap("async", (async () => {
		throw new Error("unheard");
	}) as never);
	using shown = await hooks.frameIn.promise(frame(3), MOMENT);
	expect(shown.data[0]).toBe(3);
	expect(failures).toHaveLength(1);
});

test("a tap that keeps the frame waiting for more than a second is passed by, and what it makes later is closed", async () => {
	vi.useFakeTimers();
	try {
		const { hooks, failures } = hooksWithFailures();
		const { open, frame } = frames();
		const { promise, resolve } = Promise.withResolvers<Frame>();
		hooks.frameIn.tapPromise("slow", () => promise);
		const passing = hooks.frameIn.promise(frame(3), MOMENT);
		await vi.advanceTimersByTimeAsync(1001);
		const shown = await passing;
		expect(shown.data[0]).toBe(3);
		shown.close();
		resolve(frame(9));
		await vi.advanceTimersByTimeAsync(0);
		expect(open.size).toBe(0);
		expect(failures.map(([, , error]) => String(error))).toEqual(["Error: it took longer than 1 s"]);
	} finally {
		vi.useRealTimers();
	}
});

test("a plugin that failed in one hook is silent in all, but may still close", async () => {
	const { hooks } = hooksWithFailures();
	const called: string[] = [];
	hooks.params.tap("plugin", () => {
		throw new Error("no");
	});
	hooks.frameIn.tap("plugin", (frame) => {
		called.push("frameIn");
		return frame;
	});
	hooks.close.tap("plugin", () => void called.push("close"));
	await hooks.params.promise({}, MOMENT);
	using frame = frames().frame();
	await hooks.frameIn.promise(frame, MOMENT);
	await hooks.close.promise();
	expect(called).toEqual(["close"]);
});

test("a close that throws does not keep the others from closing", async () => {
	const { hooks, failures } = hooksWithFailures();
	const called: string[] = [];
	hooks.close.tapPromise("first", () => Promise.reject(new Error("no")));
	hooks.close.tap("second", () => void called.push("second"));
	await hooks.close.promise();
	expect(called).toEqual(["second"]);
	expect(failures).toHaveLength(1);
});

test("tapAsync is refused", () => {
	const { hooks } = hooksWithFailures();
	expect(() => hooks.frameIn.tapAsync("old", () => {})).toThrow("use tap or tapPromise");
});
