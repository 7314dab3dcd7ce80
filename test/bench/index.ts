import { cpus, loadavg } from "node:os";
import type { Emit, Figure } from "./emit.ts";

const SUITES: Record<string, () => Promise<{ run: (emit: Emit) => Promise<void> }>> = {
	frames: () => import("./frames.ts"),
	files: () => import("./files.ts"),
	webrtc: () => import("./webrtc.ts"),
	bridges: () => import("./bridges.ts"),
	control: () => import("./control.ts"),
	graph: () => import("./graph.ts"),
	inference: () => import("./inference.ts"),
	soak: () => import("./soak.ts"),
	pocket: () => import("./pocket.ts"),
	"pocket-live": () => import("./pocket-live.ts"),
};

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unknown = wanted.find((suite) => !(suite in SUITES));
if (unknown) {
	process.stderr.write(`There is no suite ${unknown}. Suites: ${Object.keys(SUITES).join(", ")}\n`);
	process.exit(2);
}

const machine = `${cpus()[0]?.model.trim()} ×${cpus().length}, Node ${process.version}`;
for (const suite of wanted.length > 0 ? wanted : Object.keys(SUITES)) {
	const { run } = await (SUITES[suite] as (typeof SUITES)[string])();
	await run((figure) => print(suite, figure));
}

function print(suite: string, { name, value, unit, limit, better = "less", conditions }: Figure): void {
	const ok = limit === undefined ? null : better === "less" ? value <= limit : value >= limit;
	const load = `load ${loadavg()[0]?.toFixed(1)}`;
	const line = {
		suite,
		name,
		value: round(value),
		unit,
		limit: limit ?? null,
		ok,
		conditions: `${conditions}; ${machine}; ${load}`,
	};
	process.stdout.write(`${JSON.stringify(line)}\n`);
}

function round(value: number): number {
	return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
