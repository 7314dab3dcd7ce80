import { defineConfig } from "vitest/config";

const conditions = ["mutoscope:source", "node", "import", "module", "default"];

export default defineConfig({
	resolve: { conditions },
	ssr: { resolve: { conditions } },
	test: {
		include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
		pool: "forks",
		testTimeout: 30_000,
		hookTimeout: 30_000,
	},
});
