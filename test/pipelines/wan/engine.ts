import { Engine } from "mutoscope/inference";
import { onTestFinished } from "vitest";

/** An engine on one thread of the CPU, closed after the test. */
export async function cpu(): Promise<Engine> {
	const engine = await Engine.open({ provider: "cpu", threads: 1 });
	onTestFinished(() => engine[Symbol.asyncDispose]());
	return engine;
}
