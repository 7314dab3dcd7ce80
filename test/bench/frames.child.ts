import { monotonic } from "../../src/media/clock.ts";
import { Frame } from "../../src/media/frame.ts";
import { RingReader, RingWriter } from "../../src/media/ring.ts";

/** What a process of the ring's bench measured. */
export interface ChildReport {
	/** Seconds from before the writer copied a frame in until the reader had copied it out, one a frame. */
	readonly latencies: readonly number[];
	readonly frames: number;
	readonly torn: number;
	/** Seconds of processor time, and of time. */
	readonly cpu: number;
	readonly seconds: number;
}

const [role, name = "", width = "0", height = "0", fps = "0", seconds = "0"] = process.argv.slice(2);
const size = { width: Number(width), height: Number(height) };
const duration = Number(seconds);

/** Writes at the rate, each frame's first and last word its number; as fast as it can at a rate of 0. */
async function write(): Promise<ChildReport> {
	using writer = RingWriter.attach(name);
	const data = new Uint8Array(size.width * size.height * 4).fill(128);
	const words = new Uint32Array(data.buffer);
	const { cpu, begin } = start();
	let frames = 0;
	for (; monotonic() - begin < duration; frames++) {
		const due = begin + frames / (Number(fps) || Number.POSITIVE_INFINITY);
		const wait = (due - monotonic()) * 1000;
		if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
		else await new Promise(setImmediate);
		words[0] = frames;
		words[words.length >>> 1] = frames;
		words[words.length - 1] = frames;
		writer.write(new Frame(size, data, { made: monotonic(), chunk: frames }));
	}
	return { latencies: [], frames, torn: 0, ...cpu() };
}

async function read(): Promise<ChildReport> {
	using reader = RingReader.attach(name);
	const latencies: number[] = [];
	let torn = 0;
	(await reader.next())?.close();
	const { cpu, begin } = start();
	while (monotonic() - begin < duration) {
		using frame = await reader.next(AbortSignal.timeout(1000)).catch(() => undefined);
		if (!frame) break;
		latencies.push(monotonic() - frame.made);
		const words = new Uint32Array(frame.data.buffer, frame.data.byteOffset, frame.data.length / 4);
		const marks = [words[0], words[words.length >>> 1], words[words.length - 1]];
		if (marks.some((mark) => mark !== frame.chunk)) torn++;
	}
	return { latencies, frames: latencies.length, torn, ...cpu() };
}

function start() {
	const before = process.cpuUsage();
	const begin = monotonic();
	return {
		begin,
		cpu() {
			const { user, system } = process.cpuUsage(before);
			return { cpu: (user + system) / 1e6, seconds: monotonic() - begin };
		},
	};
}

process.send?.(role === "write" ? await write() : await read());
process.disconnect();
