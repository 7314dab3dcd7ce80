#!/usr/bin/env node
// Finds what can run the command line, and runs it: a Node that is new enough (npm ci brings one), and the program as it
// was built or, in a clone, its sources. Plain JavaScript, so that whatever Node there is can read this much.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
const own = at("../node_modules/node/bin/node");
const modern = major > 22 || (major === 22 && minor >= 12);
// Node reads no TypeScript below node_modules: there the build is what runs.
const sources = !import.meta.url.includes("/node_modules/");
const node = (sources || !modern) && existsSync(own) ? own : process.execPath;
const program = sources ? ["--conditions=mutoscope:source", at("cli.ts")] : [at("../dist/src/cli.js")];

const child = spawn(node, [...program, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => {
	process.exitCode = code ?? 1;
});
