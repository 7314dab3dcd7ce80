import { MutoscopeError } from "mutoscope/sdk";

/** An element without text: its name, its attributes, what it holds. */
export interface Element {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: readonly Element[];
}

/** Elements within one another, and all of them together. */
const DEEPEST = 4;
const MOST = 300;

const TAG = /\s*<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads one element of XML: elements and attributes, and nothing else. No text, comments, instructions, documents' types or
 * entities of their own, so that nothing grows and nothing is fetched. Throws `request/malformed`.
 */
export function readXml(text: string): Element {
	const open: { name: string; attributes: Record<string, string>; children: Element[] }[] = [];
	TAG.lastIndex = 0;
	for (let count = 0; count < MOST; count++) {
		const [, end, name = "", attributes = "", alone] =
			TAG.exec(text) ?? malformed("there is something other than an element");
		if (end) {
			const closed = open.pop();
			if (closed?.name !== name || attributes !== "" || alone) malformed(`</${name}> closes nothing`);
			if (open.length === 0) return whole(text, closed as Element);
			continue;
		}
		const element = { name, attributes: attributesOf(attributes), children: [] };
		open.at(-1)?.children.push(element);
		if (!alone) open.push(element);
		else if (open.length === 0) return whole(text, element);
		if (open.length > DEEPEST) malformed(`elements lie more than ${DEEPEST} deep`);
	}
	return malformed(`there are more than ${MOST} tags`);
}

/** A text as it stands between quotation marks. */
export function quoted(text: string): string {
	return text.replaceAll(/[&<>"\n\r\t]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function whole(text: string, element: Element): Element {
	return text.slice(TAG.lastIndex).trim() === "" ? element : malformed("something comes after the end");
}

function attributesOf(text: string): Record<string, string> {
	const found: Record<string, string> = Object.create(null);
	for (const [, name = "", double, single] of text.matchAll(ATTRIBUTE)) {
		if (name in found) malformed(`${name} is there twice`);
		found[name] = (double ?? single ?? "").replaceAll(/&([^;&]*);?/g, (_, entity: string) => meant(entity));
	}
	return found;
}

function meant(entity: string): string {
	const known = Object.hasOwn(ENTITIES, entity) ? ENTITIES[entity] : undefined;
	const [, hex, decimal] = /^#(?:x([\da-fA-F]{1,6})|(\d{1,7}))$/.exec(entity) ?? [];
	const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
	if (known !== undefined) return known;
	return code > 0 && code <= 0x10ffff
		? String.fromCodePoint(code)
		: malformed(`&${entity.slice(0, 20)}; means nothing`);
}

function malformed(reason: string): never {
	throw new MutoscopeError("request/malformed", { reason });
}
