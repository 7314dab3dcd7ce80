import { defineConfig } from "vitest/config";

const conditions = ["mutoscope:source", "node", "import", "module", "default"];
const resolve = { conditions };
const ssr = { resolve };

/** How long anything may take on a busy machine, in milliseconds: a test waits for what is to happen, and measures no time. */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } };

/** Tests with processes, browsers and codecs: one file at a time, so that they do not steal each other's processor. */
const HEAVY = [
	"test/e2e/**/*.test.ts",
	"test/bridges/**/*.test.ts",
	"test/src/{host,ui}/**/*.test.ts",
	"test/src/media/ring*.test.ts",
];

export default defineConfig({
	test: {
		pool: "forks",
		projects: [
			{
				resolve,
				ssr,
				test: {
					name: "light",
					include: ["test/**/*.test.ts"],
					exclude: HEAVY,
					sequence: { groupOrder: 0 },
					...PATIENCE,
				},
			},
			{
				resolve,
				ssr,
				test: {
					name: "heavy",
					include: HEAVY,
					fileParallelism: false,
					sequence: { groupOrder: 1 },
					...PATIENCE,
					testTimeout: 120_000,
				},
			},
		],
	},
});
