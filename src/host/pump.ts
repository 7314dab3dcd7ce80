import { setImmediate } from "node:timers/promises";
import type { Sink, Source } from "../contract/bridge.ts";
import { monotonic } from "../media/clock.ts";
import { type RingFrame, RingReader, RingWriter } from "../media/ring.ts";
import { Bell } from "../session/bell.ts";
import { Intake } from "../session/intake.ts";
import type { Report } from "../session/report.ts";

/** Writes a source's frames into a ring until there are no more. Rejects with the signal's reason. */
export async function pumpSource(source: Source, ring: string, report: Report, signal: AbortSignal): Promise<void> {
	using writer = RingWriter.attach(ring);
	for (;;) {
		using frame = await source.next(signal);
		if (!frame) return;
		signal.throwIfAborted();
		const now = monotonic();
		using stamped = frame.clone({ captured: frame.captured || now });
		const { size, captured } = stamped;
		const sequence = writer.write(stamped);
		report.chunk(1, 0);
		report.shown(sequence, size, { captured, made: now, shown: now });
		// A source that is always ready must not keep the process from hearing and being heard.
		await setImmediate();
	}
}

/** Gives a ring's frames to a sink, the newest whenever it is ready. Rejects with the signal's reason. */
export async function pumpSink(sink: Sink, ring: string, report: Report, signal: AbortSignal): Promise<never> {
	const bell = new Bell();
	const because = (reason: string | undefined) => report.because("source", reason);
	using intake = new Intake({ attach: (name) => RingReader.attach(name), bell, because });
	intake.use(ring);
	let last = 0;
	for (;;) {
		const frame = intake.fresh() as RingFrame | undefined;
		if (!frame) {
			intake.ask();
			await bell.heard(signal);
			continue;
		}
		const { sequence, size, captured, made } = frame;
		if (last > 0 && sequence > last) report.dropped(sequence - last - 1);
		last = sequence;
		await sink.write(frame);
		signal.throwIfAborted();
		report.shown(sequence, size, { captured, made, shown: monotonic() });
		await setImmediate();
	}
}
