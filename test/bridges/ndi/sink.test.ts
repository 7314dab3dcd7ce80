import { describe, expect, test } from "vitest";
import { Bridge, fresh, library, Peer, painted, Showing } from "./stage.ts";

/** How far flat colours may be off: they travel as 4:2:2 in video range. Blue suffers most. */
const NEAR = 16;

const COLOURS = [
	[255, 255, 255],
	[255, 0, 0],
	[0, 255, 0],
	[0, 0, 255],
	[128, 128, 128],
	[0, 0, 0],
	[200, 120, 40],
	[30, 90, 220],
] as const;
const ALPHAS = [0, 1, 10, 64, 128, 254, 255, 200];

/** Eight bars of eight pixels, each of one colour and alpha. */
const bars = (alpha: boolean) =>
	painted(
		64,
		36,
		(x) => {
			const [red, green, blue] = COLOURS[Math.floor(x / 8)] ?? [0, 0, 0];
			return [red, green, blue, alpha ? (ALPHAS[Math.floor(x / 8)] ?? 255) : 255];
		},
		{ alpha },
	);

describe.skipIf(!library)("what is sent (skipped where NDI's runtime is not installed)", () => {
	test("has every colour within what the runtime makes of it, and alpha exactly", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using showing = new Showing(bridge.ring, bars(true));
		await using peer = new Peer("receive", await bridge.called());
		const { rgba, fourcc, video, metadata, ...seen } = await peer.picture(({ fourcc }) => fourcc === "RGBA");
		expect(video).toEqual([64, 36]);
		for (const [bar, colour] of COLOURS.entries()) {
			const at = (18 * 64 + bar * 8 + 4) * 4;
			const [red = 0, green = 0, blue = 0, alpha] = rgba.subarray(at, at + 4);
			expect(alpha).toBe(ALPHAS[bar]);
			for (const [channel, value] of [red, green, blue].entries()) {
				expect(Math.abs(value - (colour[channel] ?? 0)), `${bar}/${channel}: ${value}`).toBeLessThanOrEqual(NEAR);
			}
		}
		expect(Math.abs(seen.age ?? 99)).toBeLessThan(60); // a time of day, not of a clock that began with the machine
		// Pictures without alpha say so, and are opaque.
		showing.picture = bars(false);
		const opaque = await peer.picture(({ fourcc }) => fourcc === "RGBX");
		expect(opaque.rgba.filter((_, at) => at % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
		expect(peer.told.some(({ audio }) => audio)).toBe(false);
	});

	test("is opaque or straight where that is asked for, without opening anew", async () => {
		await using bridge = new Bridge("sink", { name: fresh(), alpha: "opaque" });
		using _ = new Showing(bridge.ring, bars(true));
		await using peer = new Peer("receive", await bridge.called());
		await peer.picture(({ fourcc }) => fourcc === "RGBX");
		bridge.turn({ alpha: "straight" });
		await peer.picture(({ fourcc }) => fourcc === "RGBA");
		expect(peer.told.filter(({ connections }) => connections === 1)).toHaveLength(1);
	});

	test("has the rate at which pictures are really shown", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using _ = new Showing(bridge.ring, bars(false), 12.5);
		await using peer = new Peer("receive", await bridge.called());
		const { rate = 0 } = await peer.picture(({ rate }) => rate !== 30 && rate === bridge.watched.reports.at(-1)?.fps);
		expect(rate).toBeLessThan(20);
	});

	test("changes its size under way; odd sizes lose nothing, tiny ones are shown", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using showing = new Showing(bridge.ring, bars(false));
		await using peer = new Peer("receive", await bridge.called());
		await peer.picture(({ video }) => video?.[0] === 64);
		for (const [width, height, even] of [
			[511, 33, [512, 34]],
			[3, 5, [4, 6]],
			[1, 1, [2, 2]],
			[320, 180, [320, 180]],
		] as const) {
			showing.picture = painted(width, height, () => [200, 60, 30, 255]);
			const { rgba } = await peer.picture(({ video }) => String(video) === String(even));
			if (rgba.length > 0) expect(Math.abs((rgba[0] ?? 0) - 200)).toBeLessThanOrEqual(NEAR);
		}
		expect(peer.told.filter(({ connections }) => connections === 1)).toHaveLength(1);
	});

	test("is there for who comes later, though nothing moves", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		{
			using _ = new Showing(bridge.ring, bars(false));
			await bridge.reports(({ sent }) => Number(sent) > 2);
		}
		await using peer = new Peer("receive", await bridge.called());
		await peer.picture();
		await peer.picture();
	});

	test("says who shows it to whom, as lights, until they are gone", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using _ = new Showing(bridge.ring, bars(false));
		await using peer = new Peer("receive", await bridge.called());
		await bridge.lights((lights) => lights["/receivers"] === 1);
		peer.tell({ tally: [true, false] });
		expect(await bridge.lights((lights) => lights["/program"] === true)).toMatchObject({ "/preview": false });
		peer.tell({ tally: [false, true] });
		expect(await bridge.lights((lights) => lights["/preview"] === true)).toMatchObject({ "/program": false });
		await bridge.reports(({ receivers, preview }) => receivers === 1 && preview === true);
		await peer[Symbol.asyncDispose]();
		const left = await bridge.lights((lights) => lights["/receivers"] === 0);
		expect(left).toEqual({ "/program": false, "/preview": false, "/receivers": 0 });
	});

	test("goes by another name when it is told to, and by its session's without one", async () => {
		await using bridge = new Bridge("sink", { name: fresh("before") });
		using _ = new Showing(bridge.ring, bars(false));
		await using peer = new Peer("find");
		const first = await bridge.called();
		await peer.until(({ sources }) => sources?.includes(first) ?? false, true);
		bridge.turn({ name: "" });
		await peer.until(({ sources }) => sources?.some((name) => name.endsWith("(Mutoscope main)")) ?? false, true);
		const there = await peer.until(({ sources }) => sources?.includes(first) === false, true);
		expect(there.sources).not.toContain(first);
	});

	test.each([
		["umlauts", "Bühne für Ärger"],
		["emoji", "🎛️🎥 👩‍🎤"],
		["200 characters", "x".repeat(200)],
		["200 characters, four bytes each two of them", "😀".repeat(100)],
		["what XML and the runtime keep for themselves", 'a<b>&"c"\\d/e\n'],
	])("may be called with %s", async (_, name) => {
		const own = fresh("n");
		await using bridge = new Bridge("sink", { name: `${own} ${name}`.slice(0, 200) });
		using showing = new Showing(bridge.ring, bars(false));
		const called = await bridge.called();
		expect(called).toContain(`(${own} `);
		if (!/[<\\]/.test(name)) expect(called).toContain(name.slice(0, 4));
		await using peer = new Peer("receive", called);
		await peer.picture();
		expect(showing.picture.closed).toBe(false);
	});

	test("goes on when receivers come, go and are killed", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using _ = new Showing(bridge.ring, bars(false));
		const called = await bridge.called();
		await using first = new Peer("receive", called);
		await first.picture();
		{
			await using second = new Peer("receive", called);
			await second.picture();
			await bridge.lights((lights) => lights["/receivers"] === 2);
			await second.kill();
		}
		await bridge.lights((lights) => lights["/receivers"] === 1);
		await first.picture();
		expect(bridge.watched.supervisor.status().restarts).toBe(0);
	});

	test("is back for its receivers when its process was killed", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using _ = new Showing(bridge.ring, bars(false));
		await using peer = new Peer("receive", await bridge.called());
		await peer.picture();
		bridge.watched.kill();
		await peer.until(({ connections }) => connections === 0);
		await peer.picture();
		expect(bridge.watched.supervisor.status().restarts).toBe(1);
	});
});
