import { defineConfig } from "vitest/config";

const conditions = ["mutoscope:source", "node", "import", "module", "default"];
const resolve = { conditions };
const ssr = { resolve };

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
					testTimeout: 30_000,
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
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
