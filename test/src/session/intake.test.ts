import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bell } from "../../../src/session/bell.ts";
import { Intake, type IntakeReader } from "../../../src/session/intake.ts";
import { grey, MemoryRing, StageTime } from "./rehearsal.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

/** An intake, and rings that come and go. */
function setup() {
	const rings = new Map<string, MemoryRing>();
	const reasons: (string | undefined)[] = [];
	const bell = new Bell();
	let rung = 0;
	bell.listen(() => rung++);
	const attach = (name: string): IntakeReader => {
		const ring = rings.get(name);
		if (!ring) throw new Error(`there is no ring called ${name}`);
		return ring.reader();
	};
	const intake = new Intake({ attach, bell, because: (reason) => void reasons.push(reason) });
	return {
		intake,
		reasons,
		get rung() {
			return rung;
		},
		ring(name: string) {
			const made = new MemoryRing(new StageTime());
			rings.set(name, made);
			return made;
		},
		lose(name: string) {
			rings.get(name)?.close();
			rings.delete(name);
		},
	};
}

function red(frame: (Disposable & { readonly data: Uint8Array }) | undefined): number | undefined {
	using shown = frame;
	return shown?.data[0];
}

test("the newest frame is taken once, and may be looked at again", () => {
	const { intake, ring } = setup();
	const camera = ring("camera");
	intake.use("camera");
	expect(red(intake.fresh())).toBeUndefined();
	camera.write(grey(1));
	camera.write(grey(2));
	expect(red(intake.fresh())).toBe(2);
	expect(red(intake.fresh())).toBeUndefined();
	expect(red(intake.latest())).toBe(2);
});

test("who asks is told once there is a frame, which is the newest when it is taken", async () => {
	const set = setup();
	const camera = set.ring("camera");
	set.intake.use("camera");
	const before = set.rung;
	set.intake.ask();
	set.intake.ask();
	await vi.advanceTimersByTimeAsync(0);
	expect(set.rung).toBe(before);
	camera.write(grey(1));
	await vi.advanceTimersByTimeAsync(0);
	expect(set.rung).toBe(before + 1);
	camera.write(grey(2));
	expect(red(set.intake.fresh())).toBe(2);
	expect(red(set.intake.fresh())).toBeUndefined();
});

test("a ring that is not there yet is waited for, with the reason", async () => {
	const { intake, reasons, ring } = setup();
	intake.use("later");
	intake.ask();
	expect(reasons.at(-1)).toBe("The source is not there: there is no ring called later");
	ring("later").write(grey(7));
	expect(intake.fresh()).toBeUndefined();
	await vi.advanceTimersByTimeAsync(100);
	expect(red(intake.fresh())).toBe(7);
	expect(reasons.at(-1)).toBeUndefined();
});

test("a ring that is closed and comes back is attached again", async () => {
	const { intake, reasons, ring, lose } = setup();
	ring("camera").write(grey(1));
	intake.use("camera");
	expect(red(intake.fresh())).toBe(1);
	intake.ask();
	lose("camera");
	await vi.advanceTimersByTimeAsync(0);
	expect(reasons.at(-1)).toContain("its ring was closed");
	ring("camera").write(grey(2));
	await vi.advanceTimersByTimeAsync(5000);
	expect(red(intake.fresh())).toBe(2);
});

test("another ring is read from the moment it is named, none after it was let go", async () => {
	const { intake, ring } = setup();
	ring("one").write(grey(1));
	ring("two").write(grey(2));
	intake.use("one");
	expect(red(intake.fresh())).toBe(1);
	intake.ask();
	intake.use("two");
	expect(red(intake.fresh())).toBe(2);
	intake[Symbol.dispose]();
	intake[Symbol.dispose]();
	expect(intake.fresh()).toBeUndefined();
	expect(vi.getTimerCount()).toBe(0);
});
