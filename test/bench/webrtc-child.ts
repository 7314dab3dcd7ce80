import { openService } from "../../bridges/webrtc/service.ts";
import type { OpenTransport } from "../../bridges/webrtc/transport.ts";
import { openWerift } from "../../bridges/webrtc/werift.ts";
import { RingReader, RingWriter } from "../../src/media/ring.ts";
import { lossy, narrow } from "../bridges/webrtc/link.ts";
import { quiet } from "../bridges/webrtc/media.ts";

/** What the media process is started with, as JSON in its first argument. */
export interface MediaTask {
	readonly output: string;
	readonly input: string;
	readonly config: Record<string, unknown>;
	/** Share of packets to lose. */
	readonly loss?: number;
	/** Bits per second to let through, with 0.2 s of queue. */
	readonly narrow?: number;
}

const task = JSON.parse(process.argv[2] ?? "{}") as MediaTask;
const open: OpenTransport = task.narrow ? narrow(task.narrow, 0.2) : task.loss ? lossy(task.loss).open : openWerift;
const { signal } = new AbortController();
const service = openService(
	{
		config: task.config,
		log: quiet,
		emit() {},
		output: async () => RingReader.attach(task.output),
		input: async () => RingWriter.attach(task.input),
	},
	open,
);

process.on("message", async ({ id, method, input }: { id: number; method: string; input: unknown }) => {
	try {
		process.send?.({ id, value: await answer(method, input) });
	} catch (error) {
		process.send?.({ id, error: String(error) });
	}
});
process.on("disconnect", async () => {
	await service[Symbol.asyncDispose]();
	process.exit(0);
});

async function answer(method: string, input: unknown): Promise<unknown> {
	if (method === "usage") return { cpu: process.cpuUsage(), report: service.report?.().main };
	return service.call(method, input, signal);
}
