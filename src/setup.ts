import { probe } from "./inference/providers/probe.ts";
import { fetchCuda } from "./inference/setup/cuda.ts";
import { type Arguments, Usage } from "./usage.ts";

/** `mutoscope setup --cuda`: fetches what models need for NVIDIA cards, and says whether it works now. */
export async function runSetup({ cuda }: Arguments, say: (line: string) => 0): Promise<number> {
	if (!cuda) throw new Usage("setup takes what to set up: --cuda.");
	let told = -1;
	const files = await fetchCuda({
		signal: new AbortController().signal,
		progress(bytes, of) {
			const tenth = Math.floor((10 * bytes) / of);
			if (tenth > told) say(`${tenth * 10} % of ${(of / 1e6).toFixed(0)} MB`);
			told = tenth;
		},
	});
	say(`In place: ${files.join(", ")}`);
	const trial = await probe({ provider: "cuda" });
	if (trial.works) return say(`CUDA works: ${trial.attention} attention in ${trial.dtype}.`);
	say(`CUDA does not work yet: ${trial.reason}. docs/guide/cuda.md says what the system has to have.`);
	return 1;
}
