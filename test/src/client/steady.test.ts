import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Peer, type PeerOptions } from "../../../src/client/peer.ts";
import { type MediaState, Steady } from "../../../src/client/steady.ts";

/** A connection whose frames and end are up to the test: there is no WebRTC outside of browsers. */
class Line {
	readonly iceServers = [];
	readonly patience: number;
	readonly opened = performance.now();
	readonly ended: Promise<string>;
	closed = false;
	#fps: number;
	#end: (reason: string) => void = () => {};

	constructor({ patience }: PeerOptions, fps: number) {
		this.patience = patience;
		this.#fps = fps;
		this.ended = new Promise((resolve) => {
			this.#end = resolve;
		});
	}

	get frames(): number {
		return 1 + Math.floor((this.#fps * (performance.now() - this.opened)) / 1000);
	}

	die(): void {
		this.#end("nothing comes any more");
	}

	close(): void {
		this.closed = true;
		this.#end("closed");
	}
}

let lines: Line[];
let states: MediaState[];
let steady: Steady;

interface Scene {
	/** Frames a second. */
	readonly fps: number;
	/** What an attempt, counted from 1, takes. */
	readonly seconds: (attempt: number) => number;
	readonly fails: (attempt: number) => boolean;
	readonly carries: () => Promise<void>;
}

function begin(scene: Partial<Scene> = {}): void {
	const { fps = 30, seconds = () => 0, fails = () => false, carries = async () => {} } = scene;
	vi.spyOn(Peer, "open").mockImplementation(async (options, signal) => {
		const attempt = ++attempts;
		await new Promise<void>((resolve, reject) => {
			setTimeout(resolve, 1000 * seconds(attempt));
			signal.addEventListener("abort", () => reject(signal.reason));
		});
		if (fails(attempt)) throw new Error("nobody is there");
		const line = new Line(options, fps);
		lines.push(line);
		return line as unknown as Peer;
	});
	const endpoint = { url: new URL("http://daemon.test/whep") };
	const state = (state: MediaState) => states.push(state);
	steady = new Steady({ endpoint, prepare() {}, carries, state });
}

let attempts: number;

/** Lets time pass, with all that is due in it. */
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
const last = () => lines.at(-1) as Line;

beforeEach(() => {
	vi.useFakeTimers();
	[lines, states, attempts] = [[], [], 0];
});
afterEach(() => {
	steady.close();
	vi.useRealTimers();
	vi.restoreAllMocks();
});

describe("a steady connection", () => {
	test("looks again at once when a moving picture is lost, however often and soon", async () => {
		begin();
		for (let kill = 1; kill <= 10; kill++) {
			await pass(0.5);
			expect(steady.state).toBe("live");
			expect(lines).toHaveLength(kill);
			last().die();
			await pass(0); // no pause before the next attempt
			expect(attempts).toBe(kill + 1);
		}
		expect(lines.map(({ patience }) => patience)).toEqual(Array(11).fill(1.5));
	});

	test("asks one that holds its picture less and less often, until it moves", async () => {
		begin({ fps: 2 });
		for (let silence = 0; silence < 5; silence++) {
			await pass(2);
			last().die();
		}
		await pass(30);
		expect(lines.map(({ patience }) => patience)).toEqual([1.5, 3, 6, 12, 12, 12]);
		last().die();
		await pass(1);
		expect(last().patience).toBe(1.5); // it lived for long
	});

	test("keeps the dead connection, with its last frame, until the new one carries", async () => {
		let carry = () => {};
		const carries = () => (lines.length > 1 ? new Promise<void>((resolve) => (carry = resolve)) : Promise.resolve());
		begin({ carries });
		await pass(1);
		const [first] = lines;
		first?.die();
		await pass(1);
		expect(states.at(-1)).toBe("lost");
		expect(first?.closed).toBe(false);
		carry();
		await pass(0);
		expect(states.at(-1)).toBe("live");
		expect(first?.closed).toBe(true);
	});

	test("tries again with pauses of a second at most while nobody is there, and at once when asked to", async () => {
		let isNobodyThere = true;
		begin({ fails: () => isNobodyThere });
		await pass(8);
		// Pauses of 0.25, 0.5 and then 1 second, each shortened by a quarter at most.
		expect(attempts).toBeGreaterThanOrEqual(10);
		expect(attempts).toBeLessThanOrEqual(13);
		const before = attempts;
		steady.retry();
		await pass(0);
		expect(attempts).toBe(before + 1);
		isNobodyThere = false;
		await pass(5);
		expect(steady.state).toBe("live");
	});

	test("leaves a young attempt alone when somebody is in a hurry, and gives up an old one", async () => {
		begin({ seconds: (attempt) => (attempt === 1 ? 60 : 0) });
		await pass(1);
		steady.retry();
		await pass(0.5);
		expect(attempts).toBe(1);
		await pass(1);
		steady.retry();
		await pass(2);
		expect(steady.state).toBe("live");
		expect(attempts).toBe(2);
	});

	test("connects anew when asked to while it is live, and ends for good when closed", async () => {
		begin();
		await pass(1);
		steady.retry();
		await pass(1);
		expect(lines.map(({ closed }) => closed)).toEqual([true, false]);
		steady.close();
		await pass(60);
		expect(lines.map(({ closed }) => closed)).toEqual([true, true]);
		expect(states.at(-1)).toBe("closed");
		expect(attempts).toBe(2);
	});
});
