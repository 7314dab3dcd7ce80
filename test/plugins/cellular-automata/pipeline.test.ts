import { describe, expect, test } from "vitest";
import plugin from "../../../plugins/cellular-automata/index.ts";
import type { Params } from "../../../plugins/cellular-automata/params.ts";
import { pipeline } from "../../../plugins/cellular-automata/pipeline.ts";
import { PALETTES } from "../../../plugins/cellular-automata/show/palettes.ts";
import { Frame } from "../../../src/media/frame.ts";
import { pipelineContract } from "../../../src/testing/index.ts";
import { type Knobs, open, type Player, valuesOf } from "./play.ts";

const small = { width: 128, height: 72, cell: 2, stir: 0 } as const;
const SYSTEMS = ["life", "generations", "cyclic", "elementary", "lenia", "reaction"] as const;

async function pixels(player: Player, values: Params, input: readonly Frame[] = []): Promise<Buffer> {
	using frame = await player.next(values, input);
	return Buffer.from(frame.data);
}

async function last(player: Player, values: Params, frames: number): Promise<Buffer> {
	for (let i = 1; i < frames; i++) (await player.next(values)).close();
	return pixels(player, values);
}

/** The last of so many frames of a fresh pipeline. */
async function played(knobs: Knobs, frames: number): Promise<Buffer> {
	const values = valuesOf({ ...small, ...knobs });
	return last(await open(values), values, frames);
}

/** Share of the pixels that differ by more than a shade. */
function differing(a: Buffer, b: Buffer): number {
	let count = 0;
	for (let i = 0; i < a.length; i += 4) {
		const far = [0, 1, 2].some((channel) => Math.abs((a[i + channel] as number) - (b[i + channel] as number)) > 8);
		if (far) count++;
	}
	return count / (a.length / 4);
}

/** A grey frame with a bright square at `x`. */
function video(x: number): Frame {
	const data = new Uint8Array(64 * 36 * 4).fill(20);
	for (let y = 10; y < 26; y++)
		for (let dx = 0; dx < 16; dx++) data.fill(250, 4 * (y * 64 + x + dx), 4 * (y * 64 + x + dx) + 4);
	return new Frame({ width: 64, height: 36 }, data, { captured: 5 });
}

describe.each(SYSTEMS)("%s keeps what every pipeline promises:", (system) => {
	const values = { "/system": system, "/width": 64, "/height": 64, "/stir": 0.5 };
	for (const clause of pipelineContract(pipeline, { values, chunks: 6 })) {
		test.skipIf(clause.skip !== undefined)(clause.name, () => clause.run());
	}
});

test("the plugin brings the pipeline", () => {
	expect(plugin.pipelines).toEqual([pipeline]);
});

describe("pictures", () => {
	test.each(SYSTEMS)("%s: same seed, same pixels; another seed, others", async (system) => {
		const first = await played({ system }, 12);
		expect((await played({ system }, 12)).equals(first)).toBe(true);
		expect((await played({ system, seed: 2 }, 12)).equals(first)).toBe(false);
	});

	test("every pixel is painted, opaque, also where cells do not divide the picture", async () => {
		for (const scaling of ["squares", "smooth"] as const) {
			for (const system of SYSTEMS) {
				const frame = await played({ system, scaling, width: 131, height: 67, cell: 7 }, 3);
				for (let i = 3; i < frame.length; i += 4) expect(frame[i]).toBe(255);
			}
		}
	});

	test("the first frame shows something already", async () => {
		for (const system of SYSTEMS) {
			const frame = await played({ system, width: 640, height: 360, cell: 4 }, 1);
			expect(frame.some((value, i) => i % 4 !== 3 && value > 120)).toBe(true);
		}
	});

	test("a palette, a hue and a background are another picture at once", async () => {
		const values = valuesOf(small);
		const player = await open(values);
		const seen = [await last(player, values, 20)];
		const looks: Knobs[] = [
			{ hue: 0.4 },
			{ background: 0 },
			...Object.keys(PALETTES).map((palette) => ({ palette }) as Knobs),
		];
		for (const look of looks) seen.push(await pixels(player, { ...valuesOf({ ...small, ...look }), speed: 0 }));
		expect(new Set(seen.map((picture) => picture.toString("base64"))).size).toBe(looks.length + 1);
	});

	test("colours turn by themselves", async () => {
		const turning = { speed: 0, hueSpeed: 10 };
		expect(differing(await played(turning, 2), await played(turning, 60))).toBeGreaterThan(0.05);
	});

	test("slow generations melt into one another: there is more than one picture to each", async () => {
		const values = valuesOf({ ...small, system: "life", speed: 2, fps: 30 });
		const player = await open(values);
		await last(player, values, 31);
		const seen = new Set<string>();
		for (let i = 0; i < 15; i++) seen.add((await pixels(player, values)).toString("base64"));
		expect(seen.size).toBeGreaterThan(10);
	});

	test("generations go by as fast at any frame rate", async () => {
		const life = { system: "life", speed: 30, trail: 0, cooling: 0, glow: 0, relief: 0 } as const;
		const living = (picture: Buffer) => Array.from(picture, (value, i) => (i % 4 === 0 && value > 100 ? 1 : 0));
		const half = living(await played({ ...life, fps: 15 }, 15));
		expect(half).toContain(1);
		expect(living(await played({ ...life, fps: 30 }, 30))).toEqual(half);
	});
});

describe("knobs", () => {
	test("the system changes without a reload, from every one to every other, and back", async () => {
		const player = await open(valuesOf(small));
		for (const from of SYSTEMS) {
			for (const to of SYSTEMS) {
				for (const system of [from, to]) {
					const frame = await last(player, valuesOf({ ...small, system }), 3);
					expect(frame.length).toBe(128 * 72 * 4);
				}
			}
		}
	});

	test("a rule in notation goes before the panel, whatever system it is of", async () => {
		const highlife = await played({ system: "life", life: { species: "highlife" } }, 30);
		expect((await played({ system: "lenia", rule: "B36/S23" }, 30)).equals(highlife)).toBe(true);
		const thirty = await played({ system: "elementary", elementary: { number: 30 } }, 30);
		expect((await played({ rule: "W30" }, 30)).equals(thirty)).toBe(true);
	});

	test("a rule that cannot be read is logged once, and the last good one stays", async () => {
		const warnings: string[] = [];
		const good = valuesOf({ ...small, rule: "B36/S23" });
		const [player, twin] = [await open(good, warnings), await open(good)];
		for (let i = 0; i < 5; i++) expect((await pixels(player, good)).equals(await pixels(twin, good))).toBe(true);
		const bad = { ...good, rule: "B36/S2X" };
		for (let i = 0; i < 5; i++) expect((await pixels(player, bad)).equals(await pixels(twin, good))).toBe(true);
		expect(warnings).toHaveLength(1);
		expect(warnings[0]).toContain("B36/S2X");
		const panel = valuesOf({ ...small, rule: "" });
		expect((await last(player, panel, 5)).equals(await last(twin, good, 5))).toBe(false);
	});

	test("a bad rule at the beginning falls back to the panel", async () => {
		const warnings: string[] = [];
		const values = valuesOf({ ...small, rule: "nonsense" });
		expect((await last(await open(values, warnings), values, 5)).equals(await played({}, 5))).toBe(true);
		expect(warnings).toHaveLength(1);
	});

	test("reseed and splash change the field once, and reseed each time differently", async () => {
		const values = valuesOf({ ...small, system: "life", speed: 0, revive: false, trail: 0, cooling: 0 });
		const player = await open(values);
		const still = await last(player, values, 60);
		expect((await last(player, values, 30)).equals(still)).toBe(true);
		const seen = [still];
		for (let i = 0; i < 3; i++) {
			await pixels(player, { ...values, reseed: true });
			seen.push(await last(player, values, 60));
			await pixels(player, { ...values, splash: true });
			seen.push(await last(player, values, 60));
		}
		for (const [i, picture] of seen.entries()) {
			for (const other of seen.slice(0, i)) expect(differing(picture, other)).toBeGreaterThan(0.01);
		}
	});
});

describe("video", () => {
	test("is not asked for while nothing is stirred, and is not waited for", async () => {
		const opened = await pipeline.open(
			{
				params: valuesOf(small),
				frame: () => {
					throw new Error("unused");
				},
				file: String,
				cache: "",
				compute: {},
				picture: () => Promise.reject(new Error("none")),
				progress: () => {},
				log: console as never,
			},
			new AbortController().signal,
		);
		expect(opened.demand?.(valuesOf({ stir: 0 }))).toEqual({ frames: 0, wait: false });
		expect(opened.demand?.(valuesOf({ stir: 0.1 }))).toEqual({ frames: 1, wait: false });
	});

	test.each(SYSTEMS)(
		"what moves in it sows %s, its frames are given back, and its time is the picture's",
		async (system) => {
			const values = valuesOf({ ...small, system, stir: 1, seeding: "point", revive: false });
			const [stirred, calm] = [await open(values), await open(values)];
			const inputs = Array.from({ length: 12 }, (_, i) => video(4 * i));
			let difference = 0;
			for (const input of inputs) {
				using made = await stirred.next(values, [input]);
				using alone = await calm.next(values);
				expect(made.captured).toBe(5);
				difference = differing(Buffer.from(made.data), Buffer.from(alone.data));
			}
			expect(inputs.every((input) => input.closed)).toBe(true);
			expect(difference).toBeGreaterThan(0.01);
		},
	);

	test("what stands still in it sows nothing by motion, and does by light", async () => {
		const motion = valuesOf({ ...small, system: "life", stir: 1, seeding: "point", revive: false, trail: 0 });
		const player = await open(motion);
		const alone = await open(motion);
		for (let i = 0; i < 5; i++) {
			const picture = await pixels(player, motion, [video(20)]);
			expect(picture.equals(await pixels(alone, motion))).toBe(true);
		}
		const light = { ...motion, stirBy: "light" as const };
		const lit = await pixels(player, light, [video(20)]);
		expect(differing(lit, await pixels(alone, light))).toBeGreaterThan(0.02);
	});
});

describe("revival", () => {
	const blocks = { system: "life", rule: "B3678/S012345678", patience: 2, trail: 0, cooling: 0 } as const;

	test("a picture that stands still is splashed once patience is over, and is not when told so", async () => {
		for (const revive of [true, false]) {
			const values = valuesOf({ ...small, ...blocks, revive });
			const player = await open(values);
			const seen: Buffer[] = [];
			for (let second = 0; second < 12; second++) seen.push(await last(player, values, 30));
			const changes = seen.slice(1).filter((picture, i) => differing(picture, seen[i] as Buffer) > 0.001).length;
			if (revive) expect(changes).toBeGreaterThan(2);
			else expect(seen.slice(7).every((picture) => picture.equals(seen.at(-1) as Buffer))).toBe(true);
		}
	});

	test("a dead field is sown anew after a second, however long patience is", async () => {
		const dying = valuesOf({ ...small, rule: "B8/S8", patience: 60, trail: 0, glow: 0, relief: 0 });
		const player = await open(dying);
		const bright: boolean[] = [];
		for (let i = 0; i < 120; i++)
			bright.push((await pixels(player, dying)).some((value, i) => i % 4 !== 3 && value > 100));
		expect(bright.slice(10, 20)).toContain(false);
		expect(bright.slice(20, 80)).toContain(true);
		expect(bright.slice(80)).toContain(true);
	});

	test.each(SYSTEMS)("%s keeps changing over 5,000 generations", async (system) => {
		const values = valuesOf({ width: 96, height: 64, cell: 2, stir: 0, speed: 120, fps: 10, system, patience: 4 });
		const player = await open(values);
		let before = await pixels(player, values);
		let quiet = 0;
		let longest = 0;
		for (let frame = 0; frame < 5000 / 12; frame++) {
			const picture = await pixels(player, values);
			quiet = differing(picture, before) > 0.002 ? 0 : quiet + 1;
			longest = Math.max(longest, quiet);
			before = picture;
		}
		expect(longest / values.fps).toBeLessThan(4 * values.patience);
	});
});
