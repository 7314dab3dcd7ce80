import { describe, expect, test } from "vitest";
import { Colours, SHADES, TONES } from "../../../plugins/cellular-automata/show/colours.ts";
import { Halo } from "../../../plugins/cellular-automata/show/halo.ts";
import { HEAT, heatTable, meltInto } from "../../../plugins/cellular-automata/show/heat.ts";
import { Light } from "../../../plugins/cellular-automata/show/light.ts";
import { labFrom, rgbFrom } from "../../../plugins/cellular-automata/show/oklab.ts";
import { paintSmoothly, paintSquares, Smoothing } from "../../../plugins/cellular-automata/show/paint.ts";
import { PALETTES, type PaletteName } from "../../../plugins/cellular-automata/show/palettes.ts";

const names = Object.keys(PALETTES) as PaletteName[];
const glow = { seconds: 1 / 30, trail: 1, cooling: 2 };

/** Colours of all tones in flat light. */
function flat(palette: PaletteName, circular = false): number[][] {
	const colours = new Colours();
	colours.update({ palette, hue: 0, background: 1, circular });
	const bytes = new Uint8Array(colours.pixels.buffer);
	const start = (SHADES / 2) * TONES * 4;
	return Array.from({ length: TONES }, (_, tone) => [...bytes.subarray(start + tone * 4, start + tone * 4 + 3)]);
}

describe("OKLab", () => {
	test.each(["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#123456", "#fedcba"])("%s comes back", (hex) => {
		const rgb = rgbFrom(labFrom(hex));
		expect(`#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`).toBe(hex);
	});

	test("white and red are where Ottosson's page has them", () => {
		expect(labFrom("#ffffff")[0]).toBeCloseTo(1, 3);
		const [lightness, a, b] = labFrom("#ff0000");
		expect([lightness, a, b].map((value) => Number(value.toFixed(3)))).toEqual([0.628, 0.225, 0.126]);
	});
});

describe.each(names)("palette %s", (palette) => {
	const lightness = flat(palette).map(([r, g, b]) => {
		return labFrom(`#${(((r ?? 0) << 16) | ((g ?? 0) << 8) | (b ?? 0)).toString(16).padStart(6, "0")}`)[0];
	});

	test("goes from nearly black to nearly white without a step", () => {
		expect(lightness[0]).toBeLessThan(0.2);
		expect(lightness.at(-1)).toBeGreaterThan(0.9);
		for (let tone = 1; tone < TONES; tone++) {
			expect(Math.abs((lightness[tone] ?? 0) - (lightness[tone - 1] ?? 0))).toBeLessThan(0.03);
		}
	});

	test("closes its circle", () => {
		const circle = flat(palette, true);
		expect(circle[0]).toEqual(circle.at(-1));
	});
});

describe("heat", () => {
	test("a newborn is hottest and cools to a settled cell; a trail starts below that and only falls", () => {
		const table = heatTable({ look: "states", states: 2 }, glow);
		for (let heat = 0; heat < HEAT / 2; heat++) expect(table[HEAT + heat]).toBe(HEAT - 1);
		for (let heat = HEAT / 2; heat < HEAT; heat++) expect(table[HEAT + heat]).toBeLessThanOrEqual(heat);
		for (let heat = 0; heat < HEAT; heat++) expect(table[heat]).toBeLessThan(Math.max(1, Math.min(heat, HEAT / 2)));
		let heat = HEAT - 1;
		for (let frame = 0; frame < 300; frame++) heat = table[HEAT + heat] as number;
		expect(heat).toBeGreaterThan(HEAT / 2);
		for (let frame = 0; frame < 300; frame++) heat = table[heat] as number;
		expect(heat).toBe(0);
	});

	test("a trail of a second has a twentieth left after a second", () => {
		const table = heatTable({ look: "states", states: 2 }, glow);
		let heat = HEAT / 2 - 1;
		for (let frame = 0; frame < 30; frame++) heat = table[heat] as number;
		expect(heat).toBeLessThan(0.06 * (HEAT / 2));
		expect(heat).toBeGreaterThan(0.02 * (HEAT / 2));
	});

	test("a phase reaches its angle by the shorter way", () => {
		const table = heatTable({ look: "phases", states: 8 }, glow);
		for (let state = 0; state < 8; state++) {
			for (let from = 0; from < HEAT; from += 37) {
				let heat = from;
				let way = 0;
				for (let frame = 0; frame < 200; frame++) {
					const next = table[state * HEAT + heat] as number;
					way += Math.abs(((next - heat + 1.5 * HEAT) % HEAT) - HEAT / 2);
					heat = next;
				}
				expect(heat).toBe(state * (HEAT / 8));
				expect(way).toBeLessThanOrEqual(HEAT / 2);
			}
		}
	});

	test("what melts arrives", () => {
		const shown = Uint16Array.of(0, 4095, 4000);
		for (let i = 0; i < 60; i++) meltInto(shown, Uint16Array.of(4095, 0, 50), 0.3, false);
		expect([...shown]).toEqual([4095, 0, 50]);
		const angle = Uint16Array.of(4000);
		meltInto(angle, Uint16Array.of(50), 0.3, true);
		expect(angle[0]).toBeGreaterThan(4000);
	});

	test("a halo only adds, most where it is hot, and nothing to the cold", () => {
		const size = { width: 30, height: 30 };
		const heat = new Uint16Array(900);
		new Halo(size).add(heat, 1, 4);
		expect(heat.every((value) => value === 0)).toBe(true);
		for (const i of [14, 15]) heat.fill(4095, i * 30 + 14, i * 30 + 16);
		new Halo(size).add(heat, 1, 4);
		const at = (x: number, y: number) => heat[y * 30 + x] as number;
		expect(at(16, 15)).toBeGreaterThan(at(20, 15));
		expect(at(20, 15)).toBeGreaterThan(0);
		for (let y = 0; y < 30; y++) {
			for (let x = 0; x < 30; x++) {
				expect(Math.abs(at(x, y) - at(29 - x, y))).toBeLessThan(12);
				expect(Math.abs(at(x, y) - at(y, x))).toBeLessThan(12);
			}
		}
		expect(Math.max(...heat)).toBeLessThan(HEAT);
	});
});

describe("paint", () => {
	const colours = Uint32Array.from({ length: SHADES * TONES }, (_, i) => i % TONES);
	const grid = { width: 5, height: 4 };
	const picture = { width: 33, height: 27 };
	const painting = { grid, cell: 7, colours, shades: new Light().shades };

	test("squares are squares", () => {
		const heat = Uint16Array.from({ length: 20 }, (_, i) => i * 200);
		const out = new Uint32Array(33 * 27);
		paintSquares(out, picture, { ...painting, heat, circular: false });
		for (const [i, tone] of out.entries()) {
			const [x, y] = [i % 33, Math.floor(i / 33)];
			expect(tone).toBe((Math.floor(y / 7) * 5 + Math.floor(x / 7)) * 25);
		}
	});

	test("a smooth surface stays between its cells, and is even where they are", () => {
		for (const value of [0, 4095]) {
			const out = new Uint32Array(33 * 27);
			const heat = new Uint16Array(20).fill(value);
			paintSmoothly(out, picture, { ...painting, heat, circular: false }, new Smoothing(5, 33));
			expect(new Set(out)).toEqual(new Set([value >> 3]));
		}
		const heat = Uint16Array.from({ length: 20 }, (_, i) => (i % 5) * 1000);
		const out = new Uint32Array(33 * 27);
		paintSmoothly(out, picture, { ...painting, heat, circular: false }, new Smoothing(5, 33));
		for (let x = 1; x < 33; x++) expect(out[x]).toBeGreaterThanOrEqual(out[x - 1] as number);
		expect(out[17]).toBe(250);
	});

	test("angles go the shorter way between cells", () => {
		const heat = Uint16Array.from({ length: 20 }, (_, i) => (i % 2 ? 4000 : 100));
		const out = new Uint32Array(33 * 27);
		paintSmoothly(out, picture, { ...painting, heat, circular: true }, new Smoothing(5, 33));
		for (const tone of out) expect(tone <= 12 || tone >= 500).toBe(true);
	});

	test("relief lights what rises to the right and darkens what falls", () => {
		const shades = Uint32Array.from({ length: SHADES * TONES }, (_, i) => Math.floor(i / TONES));
		const heat = Uint16Array.from({ length: 20 }, (_, i) => [0, 1500, 3000, 1500, 0][i % 5] as number);
		for (const paint of [paintSquares, paintSmoothly]) {
			const out = new Uint32Array(33 * 27);
			const light = new Light();
			light.update(1);
			const all = { ...painting, colours: shades, shades: light.shades, heat, circular: false };
			paint(out, picture, all, new Smoothing(5, 33));
			expect(out[13 * 33 + 10]).toBeGreaterThan(SHADES / 2);
			expect(out[13 * 33 + 24]).toBeLessThan(SHADES / 2);
		}
	});
});
