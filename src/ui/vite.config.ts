import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
	root: here("."),
	base: "/",
	resolve: { conditions: ["mutoscope:source", "browser", "module", "import", "default"] },
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	build: {
		outDir: here("../../dist/ui"),
		emptyOutDir: true,
		// OBS 30 shows its browser sources with Chromium 103.
		target: ["chrome103", "firefox115", "safari16"],
		modulePreload: { polyfill: false },
		rolldownOptions: {
			input: { index: here("index.html"), view: here("view.html"), elements: here("elements.tsx") },
			output: {
				// Other people's pages name it: its address stays.
				entryFileNames: ({ name }) => (name === "elements" ? "elements.js" : "assets/[name]-[hash].js"),
			},
		},
	},
});
