import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { MutoscopeError, reasonOf } from "./base/errors.ts";
import { Usage } from "./usage.ts";

const index = (id: string, title: string) => `import { definePlugin, Frame, z } from "mutoscope/sdk";

// What can be turned. It appears by itself on the page, over OSC, REST, WebSocket and MIDI, at /plugin/${id}/….
const params = z.object({
	amount: z.number().min(0).max(1).default(0.5).meta({ label: "Amount", step: 0.01 }),
});

export default definePlugin({
	id: "${id}",
	title: "${title}",
	description: "Turns colours into their opposites.",
	params,
	tap({ hooks, params }) {
		// Called for every frame before it is shown. Return nothing to leave it as it is.
		hooks.frameOut.tap("${id}", (frame) => {
			const { amount } = params();
			if (amount === 0) return undefined;
			const turned = Uint8Array.from({ length: 256 }, (_, value) => value + (255 - 2 * value) * amount);
			// Pixels that you are given are not yours: RGBA, 8 bits each, rows top to bottom. Write into a new frame.
			const data = frame.data.slice();
			for (let at = 0; at < data.length; at += 4) {
				data[at] = turned[data[at]];
				data[at + 1] = turned[data[at + 1]];
				data[at + 2] = turned[data[at + 2]];
			}
			return new Frame(frame.size, data, { alpha: frame.alpha, ...frame.stamp });
		});
	},
});
`;

const test = (title: string) => `import { pluginContract } from "mutoscope/testing";
import { test } from "node:test";
import plugin from "./index.js";

// What every plugin promises: it says what it is, throws nothing, loses no frame.
for (const { name, skip, run } of pluginContract(plugin)) test(\`${title} \${name}\`, { skip }, run);
`;

const readme = (id: string, title: string) => `# ${title}

A plugin of Mutoscope.

\`\`\`
mutoscope plugin add --link .      # uses this folder; the show goes on
mutoscope plugin reload ${id}      # after a change
mutoscope plugin test              # what every plugin promises
\`\`\`

Switch it on with \`/plugin/${id}/enabled\`; \`/plugin/${id}/amount\` goes from 0 to 1.
`;

const papers = (id: string, title: string) => ({
	name: id,
	version: "0.1.0",
	description: `${title}: a plugin of Mutoscope.`,
	type: "module",
	license: "MIT",
	main: "index.js",
	files: ["index.js"],
	keywords: ["mutoscope-plugin"],
	scripts: { test: "mutoscope plugin test" },
	peerDependencies: { mutoscope: "*" },
	mutoscope: { api: "^1", entry: "index.js", permissions: [] },
});

/** Writes a folder with a plugin that works. Returns what to say. Throws `Usage`, `storage/failed`. */
export function createPlugin(id: string): string {
	if (!/^[a-z][a-z0-9-]{0,49}$/.test(id)) {
		throw new Usage(`A plugin's name has lower-case letters, digits and hyphens and begins with a letter, not ${id}.`);
	}
	const folder = resolve(id);
	if (existsSync(folder)) throw new Usage(`${folder} exists already.`);
	const title = (id[0] as string).toUpperCase() + id.slice(1).replaceAll("-", " ");
	const files = {
		"package.json": `${JSON.stringify(papers(id, title), undefined, "\t")}\n`,
		"index.js": index(id, title),
		"index.test.js": test(title),
		"README.md": readme(id, title),
	};
	try {
		mkdirSync(folder);
		for (const [name, text] of Object.entries(files)) writeFileSync(resolve(folder, name), text);
	} catch (error) {
		throw new MutoscopeError("storage/failed", { path: folder, reason: reasonOf(error) }, { cause: error });
	}
	return `${folder} has a plugin that works. Next:\n  mutoscope plugin test ${id}\n  mutoscope plugin add --link ${id}`;
}
