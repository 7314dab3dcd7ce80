import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Engine, Weights } from "../../src/inference/index.ts";
import type { Emit } from "./emit.ts";
import { cpuTime, GIGA, openPass } from "./inference-dit-pass.ts";

const PROGRAM = fileURLToPath(new URL("inference-torch.py", import.meta.url));
const RUNS = 12;
/** The C library keeps memory that was given back, as ONNX Runtime's arena does: otherwise it asks for its pages in every pass. */
const KEEPING = { MALLOC_MMAP_THRESHOLD_: `${2 ** 30}`, MALLOC_TRIM_THRESHOLD_: `${2 ** 32}` };

/** Our pass beside PyTorch's, by turns, where `MUTOSCOPE_TORCH` is a Python that has PyTorch. */
export async function besideTorch(
	engine: Engine,
	weights: { readonly fp32: Weights; readonly int8: Weights },
	emit: Emit,
): Promise<void> {
	const python = process.env.MUTOSCOPE_TORCH;
	if (!python) {
		process.stderr.write("MUTOSCOPE_TORCH names no Python with PyTorch: DiT passes beside it are not measured\n");
		return;
	}
	await using torch = await Torch.open(python);
	await using stack = new AsyncDisposableStack();
	const plain = await openPass(engine, stack, { weights: weights.fp32 });
	const int8 = await openPass(engine, stack, { weights: weights.int8 });
	const turns = {
		fp32: () => cpuTime(plain),
		fused: () => torch.time("fused"),
		int8: () => cpuTime(int8),
		tiled: () => torch.time("tiled"),
		product: () => torch.time("product"),
	};
	const times = { fp32: [], fused: [], int8: [], tiled: [], product: [] } as Record<keyof typeof turns, number[]>;
	for (let i = 0; i < RUNS; i++) {
		for (const [name, turn] of Object.entries(turns)) times[name as keyof typeof turns].push(await turn());
	}
	const rate = (2 * 1536 ** 3) / median(times.product) / 1e6;
	const shape = `the same shapes, one thread, fp32, medians of ${RUNS} by turns`;
	const asMany = `its plain product ran at ${rate.toFixed(0)} GFLOP/s: ${((GIGA / rate) * 1000).toFixed(0)} ms for as many`;
	const conditions = `PyTorch ${torch.version}, eager, ${shape}; ${asMany}`;
	const how = { fused: "scaled_dot_product_attention", tiled: "attention in tiles of 96 queries" } as const;
	for (const attention of ["fused", "tiled"] as const) {
		const theirs = median(times[attention]);
		emit({ name: `PyTorch's DiT pass, ${how[attention]}`, value: theirs, unit: "ms CPU", conditions });
		for (const form of ["fp32", "int8"] as const) {
			const ours = median(times[form]);
			const name = `DiT pass, ${form}, against PyTorch's, ${attention}`;
			emit({ name, value: ours / theirs, unit: "×", conditions: `ours ${ours.toFixed(1)} ms; ${conditions}` });
		}
	}
}

/** PyTorch in a process of its own, asked for one pass after the other. */
class Torch implements AsyncDisposable {
	readonly version: string;
	readonly #child: ChildProcess;
	readonly #lines: AsyncIterator<string>;

	static async open(python: string): Promise<Torch> {
		const child = spawn(python, [PROGRAM], { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...KEEPING } });
		const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
		const { done, value } = await lines.next();
		if (done) throw new Error(`${python} does not run PyTorch`);
		return new Torch(value, child, lines);
	}

	private constructor(version: string, child: ChildProcess, lines: AsyncIterator<string>) {
		this.version = version;
		this.#child = child;
		this.#lines = lines;
	}

	/** Milliseconds of the processor that one of its passes or products takes. */
	async time(what: "fused" | "tiled" | "product"): Promise<number> {
		this.#child.stdin?.write(`${what}\n`);
		const { value } = await this.#lines.next();
		return Number(value);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#child.stdin?.end();
		if (this.#child.exitCode === null) await once(this.#child, "exit");
	}
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
