import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wan } from "../../../pipelines/wan/index.ts";
import { needOf } from "../../../pipelines/wan/memory.ts";
import { paramsOf as schemaOf } from "../../../pipelines/wan/params.ts";
import { VARIANTS, type Variant } from "../../../pipelines/wan/variants.ts";
import { defaultsOf, jsonSchemaOf, type Param, paramsOf } from "../../../src/params/schema.ts";

const page = new URL("../../../pipelines/wan/README.md", import.meta.url);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

const code = (text: unknown) => `\`${text}\``;
const paramsFor = (variant: Variant): Param[] => paramsOf(jsonSchemaOf(schemaOf(variant)));

function variants(): string {
	const rows = VARIANTS.map(({ id, source, size, modes, text, video, chunk, shift, curve }) => {
		const begins = ({ width, height, steps }: typeof text) => `${width}×${height}, ${steps.join(" ")}`;
		const [paper = ""] = source.split("; on ");
		return [
			code(id),
			size,
			modes[0],
			begins(text),
			begins(video),
			String(4 * chunk.latents),
			String(shift),
			curve,
			paper,
		];
	});
	const head = [
		"id",
		"transformer",
		"at its best in",
		"text: size, steps",
		"video: size, steps",
		"frames a chunk",
		"shift",
		"prompts travel",
		"paper",
	];
	return table(head, rows);
}

function files(): string {
	const every = wan.flatMap(({ id, artifacts = [] }) => artifacts.map((artifact) => ({ id, artifact })));
	const names = [...new Set(every.map(({ artifact: { repo, file } }) => `${repo}/${file}`))];
	const rows = names.map((name) => {
		const of = every.filter(({ artifact: { repo, file } }) => `${repo}/${file}` === name);
		const [first] = of;
		const when = Object.entries(first?.artifact.when ?? {}).map(
			([address, values]) => `${code(address)} is ${values.join(" or ")}`,
		);
		const others = wan.flatMap(({ id }) => (of.some((each) => each.id === id) ? [] : [code(id)]));
		const ids = others.length > 1 ? of.map(({ id }) => code(id)).join(", ") : `all but ${others.join("")}`;
		return [code(name), others.length === 0 ? "all" : ids, when.join(", ")];
	});
	return table(["file", "of", "while"], rows);
}

function memory(): string {
	const gigabytes = (bytes = 0) => `${(bytes / 1e9).toFixed(1)} GB`;
	const rows = VARIANTS.map((variant) => {
		const defaults = defaultsOf(paramsFor(variant)) as unknown as Parameters<typeof needOf>[1];
		const need = (enabled: boolean) => needOf(variant, { ...defaults, vace: { ...defaults.vace, enabled } });
		const { width, height } = defaults;
		return [
			code(variant.id),
			`${width}×${height}`,
			gigabytes(need(true).device),
			gigabytes(need(false).device),
			gigabytes(need(true).host),
		];
	});
	return table(["id", "at", "on the card", "without VACE", "beside the weights"], rows);
}

function parameters(): string {
	const all = VARIANTS.map((variant) => ({ variant, params: paramsFor(variant) }));
	const addresses = [...new Set(all.flatMap(({ params }) => params.map(({ address }) => address)))];
	const shown = addresses.filter((address) => !/[/]([2-9])[/]/.test(address));
	const rows = shown.map((address) => {
		const known = all.flatMap(({ variant, params }) =>
			params.filter((param) => param.address === address).map((param) => ({ id: variant.id, param })),
		);
		const { param } = known[0] as (typeof known)[number];
		const each = (say: (param: Param) => string) => {
			const usual = say(param);
			const unusual = known.filter(({ param }) => say(param) !== usual);
			return [usual, ...unusual.map(({ id, param }) => `${code(id)} ${say(param)}`)].join("; ");
		};
		const others = all.flatMap(({ variant: { id } }) => (known.some((each) => each.id === id) ? [] : [code(id)]));
		const ids = known.map(({ id }) => code(id)).join(", ");
		const only = others.length === 0 ? "" : known.length > 1 ? ` Not ${others.join(", ")}.` : ` Only ${ids}.`;
		const when = Object.entries(param.when ?? {}).map(
			([other, values]) => ` While ${code(other)} is ${values.join(" or ")}.`,
		);
		const said = param.description ?? param.label;
		return [
			code(address.replace("/1/", "/N/")),
			each(valuesOf),
			each(defaultOf),
			param.apply === "reload" ? "reopened" : "chunk",
			`${said}${/[.]$/.test(said) ? "" : "."}${when.join("")}${only}`,
		];
	});
	return table(["address", "values", "default", "takes hold", "what it is"], rows);
}

function defaultOf({ default: value, type }: Param): string {
	if (type === "trigger" || value === "") return "";
	if (typeof value === "boolean") return value ? "on" : "off";
	if (Array.isArray(value)) return value.join(" ");
	const text = String(value);
	return text.length > 24 ? `${text.slice(0, 21).trimEnd()} …` : text;
}

function valuesOf({ type, min, max, multipleOf, choices, maxLength, unit }: Param): string {
	if (type === "boolean") return "on, off";
	if (type === "trigger") return "trigger";
	if (choices) return choices.map(code).sort().join(", ");
	if (type === "string") return `text, up to ${maxLength} characters`;
	const every = multipleOf === undefined || multipleOf === 1 ? "" : `, multiples of ${multipleOf}`;
	const range = `${min} to ${max}${unit === undefined ? "" : ` ${unit}`}${every}`;
	return type === "numbers" ? `1 to ${maxLength} numbers, ${range}` : range;
}

const TABLES: Readonly<Record<string, () => string>> = { variants, files, memory, parameters };

/** `GOLDEN=write npx vitest run test/pipelines/wan/page.test.ts` writes the tables anew. */
test("the page's tables are those of the code", () => {
	const whole = Object.entries(TABLES).reduce(
		(text, [name, make]) => {
			const begin = `<!-- ${name}: written by test/pipelines/wan/page.test.ts -->\n`;
			const end = `<!-- end of ${name} -->`;
			const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
			return `${before}${begin}${make()}\n${after}`;
		},
		readFileSync(page, "utf8"),
	);
	if (process.env.GOLDEN === "write") writeFileSync(page, whole);
	expect(readFileSync(page, "utf8")).toBe(whole);
});
