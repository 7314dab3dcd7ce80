import type { ParamInfo } from "../client/index.ts";
import { applies, type ValueOf } from "./applies.ts";
import { hasRange } from "./controls/scale.ts";

/** What is drawn as one: a control, two that one finger moves, or a list of prompts or other things. */
export type Piece =
	| { readonly draw: "fader" | "knob" | "pad-list"; readonly info: ParamInfo }
	| {
			readonly draw: "toggle" | "trigger" | "choice" | "text" | "stepper" | "colour" | "numbers";
			readonly info: ParamInfo;
	  }
	| { readonly draw: "pad"; readonly info: ParamInfo; readonly y: ParamInfo }
	| { readonly draw: "prompts"; readonly info: ParamInfo; readonly slots: readonly Slot[] }
	| { readonly draw: "entries"; readonly info: ParamInfo; readonly entries: readonly (readonly Piece[])[] };

/** A prompt: its text, and how much it counts. */
export interface Slot {
	readonly text: ParamInfo;
	readonly weight?: ParamInfo | undefined;
}

/** Pieces of one shape, which stand side by side: faders, switches, or fields. */
interface Row {
	readonly shape: "bank" | "switches" | "fields" | "lists";
	readonly pieces: readonly Piece[];
}

/** Parameters that belong together. */
export interface Group {
	readonly title: string;
	readonly rows: readonly Row[];
	/** For how many faders it keeps room beside one another, so that nothing moves when some of them come or go. */
	readonly faders: number;
}

/**
 * How the parameters below an address are laid out; those that have no effect now are left out.
 *
 * `own`: parts with panels of their own, which are left out, too. `now`: what parameters are now; it is asked for those
 * that others depend on.
 */
export function planOf(
	tree: readonly ParamInfo[],
	at: string,
	own: readonly string[] = [],
	now: ValueOf = (address) => tree.find((info) => info.address === address)?.default,
): Group[] {
	const groups = new Map<string, ParamInfo[]>();
	for (const info of tree) {
		if (!info.address.startsWith(`${at}/`)) continue;
		const rest = info.address.slice(at.length);
		if (own.some((part) => rest === part || rest.startsWith(`${part}/`))) continue;
		const title = info.group ?? titleOf(rest);
		groups.set(title, [...(groups.get(title) ?? []), info]);
	}
	const rooms = new Map<string, number>();
	const planned = [...groups].map(([title, infos]) => {
		const pieces = piecesOf(infos);
		const room = pieces.every(({ info: { when } }) => when) ? placeOf(pieces) : title;
		const faders = pieces.filter(({ draw }) => SHAPES[draw] === "bank").length;
		rooms.set(room, Math.max(faders, rooms.get(room) ?? 0));
		return { title, room, rows: rowsOf(pieces.filter(({ info }) => applies(info, now))) };
	});
	const shown = planned.filter(({ rows }) => rows.length > 0);
	return shown.map(({ title, room, rows }) => ({ title, rows, faders: rooms.get(room) ?? 0 }));
}

/** Groups that come and go by the same parameters stand in for one another; they take the room of the largest. */
function placeOf(pieces: readonly Piece[]): string {
	return [...new Set(pieces.flatMap(({ info: { when = {} } }) => Object.keys(when)))].toSorted().join(" ");
}

/** The name of a group by its address: `/plugin/breathe/depth` → `breathe`, `/vace/scale` → `vace`, `/seed` → ``. */
function titleOf(rest: string): string {
	const segments = rest.split("/").slice(1, -1);
	const named = segments.filter((segment) => !/^\d+$/.test(segment));
	const title = named[0] === "plugin" || named[0] === "stage" ? (named[1] ?? "") : (named[0] ?? "");
	return title === "prompt" ? "" : title.replace(/[-_]/g, " ");
}

function piecesOf(infos: readonly ParamInfo[]): Piece[] {
	const pieces: Piece[] = [];
	const taken = new Set<string>();
	for (const info of infos) {
		if (taken.has(info.address)) continue;
		if (info.widget === "prompts") {
			const list = info.address.replace(/\/\d+\/[^/]+$/, "");
			const all = infos.filter(({ address, widget }) => widget === "prompts" && address.startsWith(`${list}/`));
			for (const { address } of all) taken.add(address);
			pieces.push({ draw: "prompts", info, slots: slotsOf(all) });
		} else if (NUMBERED.test(info.address)) {
			const entries = new Map<string, Piece[]>();
			for (const other of infos) {
				const [, list, number = ""] = NUMBERED.exec(other.address) ?? [];
				if (list !== NUMBERED.exec(info.address)?.[1]) continue;
				entries.set(number, [...(entries.get(number) ?? []), pieceOf(other)]);
				taken.add(other.address);
			}
			pieces.push({ draw: "entries", info, entries: [...entries.values()] });
		} else if (info.widget === "xy" && info.type !== "numbers") {
			const y = infos.find(
				({ address, widget }) => widget === "xy" && address !== info.address && sameParent(address, info.address),
			);
			if (y) taken.add(y.address);
			pieces.push(y ? { draw: "pad", info, y } : { draw: "fader", info });
		} else {
			pieces.push(pieceOf(info));
		}
	}
	return pieces;
}

/** The address of a field of something in a list: `/main/lora/2/scale`. */
const NUMBERED = /^(.+)[/](\d+)[/][^/]+$/;

function pieceOf(info: ParamInfo): Piece {
	return { draw: drawOf(info), info } as Piece;
}

/** The prompts among parameters: texts, each with the weight that stands beside it. */
export function slotsOf(infos: readonly ParamInfo[]): Slot[] {
	const texts = infos.filter(({ type }) => type === "string");
	return texts.map((text) => ({
		text,
		weight: infos.find(({ address, type }) => type === "number" && sameParent(address, text.address)),
	}));
}

function drawOf(info: ParamInfo): Piece["draw"] {
	switch (info.type) {
		case "number":
		case "integer":
			if (!hasRange(info) || info.apply === "reload" || isSerial(info)) return "stepper";
			return info.widget === "knob" ? "knob" : "fader";
		case "boolean":
			return "toggle";
		case "trigger":
			return "trigger";
		case "enum":
			return "choice";
		case "string":
			return info.widget === "colour" ? "colour" : "text";
		case "numbers":
			return info.widget === "xy" ? "pad-list" : "numbers";
	}
}

/** A number of so many possible values that a finger on a fader could never find one again: a seed. */
function isSerial({ type, min = 0, max = 0, step }: ParamInfo): boolean {
	return type === "integer" && (max - min) / (step ?? 1) > 1000;
}

const SHAPES: Readonly<Record<Piece["draw"], Row["shape"]>> = {
	fader: "bank",
	knob: "bank",
	pad: "bank",
	"pad-list": "bank",
	toggle: "switches",
	trigger: "switches",
	choice: "fields",
	text: "fields",
	stepper: "fields",
	colour: "fields",
	numbers: "fields",
	prompts: "lists",
	entries: "lists",
};

/** Pieces of one shape share a row, in the order of the schema: words on top, faders below them, switches at hand. */
function rowsOf(pieces: readonly Piece[]): Row[] {
	const order = ["lists", "fields", "bank", "switches"] as const;
	const rows = order.map((shape) => ({ shape, pieces: pieces.filter(({ draw }) => SHAPES[draw] === shape) }));
	return rows.filter(({ pieces }) => pieces.length > 0);
}

function sameParent(a: string, b: string): boolean {
	return a.slice(0, a.lastIndexOf("/")) === b.slice(0, b.lastIndexOf("/"));
}
