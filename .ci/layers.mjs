// Runs dependency-cruiser, and fails when it cruised nothing: without a compiler it can use it reports success over
// zero modules.
import { spawnSync } from "node:child_process";

const folders = ["src", "bridges", "pipelines", "plugins"];
const program = "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs";
const { stdout, stderr, status } = spawnSync(
	process.execPath,
	[program, ...folders, "--config", ".dependency-cruiser.mjs"],
	{ encoding: "utf8" },
);
process.stdout.write(stdout);
process.stderr.write(stderr);
const modules = Number(/(\d+) modules,/.exec(stdout)?.[1] ?? 0);
if (modules < 50) {
	process.stderr.write(`Only ${modules} modules were cruised: the layers were not checked.\n`);
	process.exit(1);
}
process.exit(status ?? 1);
