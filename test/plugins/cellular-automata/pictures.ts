/**
 * Makes the pictures of docs/guide/cellular-automata.md:
 *
 *     npx node --conditions=mutoscope:source test/plugins/cellular-automata/pictures.ts [NAME …]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { GENERATIONS, LENIA, LIFE, REACTIONS } from "../../../plugins/cellular-automata/rules/species.ts";
import { PALETTES } from "../../../plugins/cellular-automata/show/palettes.ts";
import { contactSheet, type Shot } from "./contact-sheet.ts";
import type { Knobs } from "./play.ts";

const FOLDER = new URL("../../../docs/guide/img/", import.meta.url);
const TILE = { width: 240, height: 135 };

const names = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[];
const shots = (all: readonly Knobs[], seconds: number): Shot[] => all.map((knobs) => ({ knobs, seconds }));
const palettes = names(PALETTES);
const paletteFor = (i: number) => palettes[i % palettes.length] as (typeof palettes)[number];

const SHEETS: Record<string, { shots: Shot[]; columns: number; shrink: 2 | 4 }> = {
	"automata-systems": {
		columns: 3,
		shrink: 4,
		shots: shots(
			[
				{ system: "reaction" },
				{ system: "lenia", palette: "abyss" },
				{ system: "cyclic", palette: "orchid" },
				{ system: "generations", palette: "neon" },
				{ system: "life", palette: "aurora" },
				{ system: "elementary", palette: "sunset" },
			],
			12,
		),
	},
	"automata-palettes": {
		columns: 4,
		shrink: 2,
		shots: shots(
			palettes.map((palette) => ({ palette })),
			9,
		),
	},
	"automata-reactions": {
		columns: 4,
		shrink: 2,
		shots: shots(
			names(REACTIONS).map((species, i) => ({
				reaction: { species, drift: i === 0 ? 0.6 : 0 },
				palette: paletteFor(i),
			})),
			15,
		),
	},
	"automata-lenia": {
		columns: 3,
		shrink: 4,
		shots: shots(
			names(LENIA).map((species, i) => ({ system: "lenia", lenia: { species }, palette: paletteFor(i + 1) })),
			15,
		),
	},
	"automata-generations": {
		columns: 4,
		shrink: 2,
		shots: shots(
			names(GENERATIONS).map((species, i) => ({
				system: "generations",
				generations: { species },
				palette: paletteFor(i),
			})),
			12,
		),
	},
	"automata-life": {
		columns: 4,
		shrink: 2,
		shots: shots(
			names(LIFE).map((species, i) => ({ system: "life", life: { species }, palette: paletteFor(i + 2) })),
			6,
		),
	},
};

const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
for (const [name, sheet] of Object.entries(SHEETS)) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	const size = { width: TILE.width * sheet.shrink, height: TILE.height * sheet.shrink };
	writeFileSync(new URL(`${name}.png`, FOLDER), await contactSheet(sheet.shots, sheet.columns, size, sheet.shrink));
}
