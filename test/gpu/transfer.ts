import { Engine, type EngineOptions } from "mutoscope/inference";
import type { TransferLine } from "./line.ts";

/** What travels in every chunk of 3 latent frames at 512 × 512. */
const TENSORS = [
	["a chunk's latents", [3, 16, 64, 64]],
	["a chunk's pictures", [12, 3, 512, 512]],
] as const;
const ROUNDS = 15;

/** Copies tensors to the device and back. Nothing where the provider computes in the host's memory. */
export async function* transfers(options: EngineOptions): AsyncIterable<TransferLine> {
	await using engine = await Engine.open(options);
	const { id, dtype } = engine.provider;
	for (const [what, dims] of TENSORS) {
		using host = engine.tensor("float32", dims);
		using device = engine.deviceTensor("float32", dims);
		if (device.place === "host") return;
		const there = await median(() => engine.copy(host, device));
		const back = await median(() => engine.copy(device, host));
		yield { kind: "transfer", by: `ONNX Runtime ${id}, ${dtype}`, what, size: host.bytes, there, back };
	}
}

async function median(act: () => Promise<void>): Promise<number> {
	const times: number[] = [];
	for (let i = 0; i < ROUNDS; i++) {
		const begun = performance.now();
		await act();
		times.push(performance.now() - begun);
	}
	return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
}
