import { writeFileSync } from "node:fs";
import * as z from "zod";
import { configSchema } from "../src/config.ts";

interface Node {
	readonly description?: string;
	readonly default?: unknown;
	readonly type?: string;
	readonly enum?: readonly unknown[];
	readonly minimum?: number;
	readonly maximum?: number;
	readonly anyOf?: readonly Node[];
	readonly items?: Node;
	readonly properties?: Readonly<Record<string, Node>>;
}

/** docs/reference/config.md, from the schema itself. */
export function configPage(): string {
	const root = z.toJSONSchema(configSchema, { io: "input" }) as Node;
	return `# The config file

\`~/.config/mutoscope/config.json\` (or \`$XDG_CONFIG_HOME/mutoscope/config.json\`, or \`mutoscope start --config FILE\`).
JSON; every key may be left out; an unknown key is an error that names it. This page is made from the schema in
\`src/config.ts\` by \`node --conditions=mutoscope:source test/config-page.ts\`.

| key | values | default | what it is |
|---|---|---|---|
${[...rows(root, "")].join("\n")}

\`\`\`json
{
	"http": { "port": 8080, "hosts": ["studio.local:8080"] },
	"osc": { "host": "0.0.0.0", "allow": ["192.168.1.20"] },
	"sessions": [{ "name": "main", "pipeline": "cellular-automata" }, { "name": "left", "pipeline": "passthrough", "source": "test-card" }]
}
\`\`\`
`;
}

function* rows(node: Node, path: string): Generator<string> {
	for (const [key, child] of Object.entries(node.properties ?? {})) {
		const here = path ? `${path}.${key}` : key;
		yield `| \`${here}\` | ${values(child)} | ${standard(child)} | ${child.description ?? ""} |`;
		yield* rows(child, here);
		if (child.items) yield* rows(child.items, `${here}[]`);
	}
}

function values(node: Node): string {
	if (node.enum) return node.enum.map((value) => `\`${value}\``).join(", ");
	if (node.anyOf) return node.anyOf.map(values).join(" or ");
	const range = node.minimum === undefined || (node.maximum ?? 0) > 1e9 ? "" : ` ${node.minimum} … ${node.maximum}`;
	return node.items && !node.items.properties ? `list of ${values(node.items)}` : `${node.type ?? ""}${range}`;
}

function standard(node: Node): string {
	return node.default === undefined || node.properties ? "" : `\`${JSON.stringify(node.default)}\``;
}

if (import.meta.main) writeFileSync("docs/reference/config.md", configPage());
