import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { loadRuntime } from "../../src/inference/ort/runtime.ts";

/** What `nvidia-smi` says of a card, or `undefined` where there is none. */
function card(query: string): string | undefined {
	try {
		const said = execFileSync("nvidia-smi", [`--query-gpu=${query}`, "--format=csv,noheader,nounits"], {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
		});
		return said.split("\n")[0]?.trim();
	} catch {
		return undefined;
	}
}

/** MiB in use on the first card, by whomever. */
export function deviceMemory(): number | undefined {
	const used = Number(card("memory.used"));
	return Number.isFinite(used) ? used : undefined;
}

/** What the figures of a report hold for. */
export function conditions(library: string | undefined, tiny: boolean): Readonly<Record<string, string>> {
	const [first] = cpus();
	return {
		date: new Date().toISOString().slice(0, 10),
		card: card("name,memory.total,driver_version") ?? "none that nvidia-smi knows",
		processor: `${first?.model.trim()} ×${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
		system: `${process.platform} ${release()}, Node ${process.version}`,
		"ONNX Runtime": loadRuntime(library).version,
		PyTorch: torch() ?? "not installed: no figures beside ours",
		weights: `random, of ${tiny ? "tiny" : "the released"} shapes`,
	};
}

/** The version of PyTorch that `python3` has, and that of its CUDA. */
export function torch(): string | undefined {
	try {
		const ask =
			"import torch; print(torch.__version__, 'cuda', torch.version.cuda, 'cudnn', torch.backends.cudnn.version())";
		return execFileSync("python3", ["-c", ask], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
	} catch {
		return undefined;
	}
}
