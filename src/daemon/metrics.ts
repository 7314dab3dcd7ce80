import type { ProcessStatus, SessionStatus } from "../protocol/messages.ts";
import type { MetricFamily, MetricSample } from "../server/metrics.ts";

/** Everything that is measured, for Prometheus. */
export function metricsOf(
	sessions: readonly SessionStatus[],
	processes: readonly ProcessStatus[],
	daemon: {
		readonly uptime: number;
		readonly memory: number;
		readonly clients: number;
		readonly osc: Readonly<Record<string, number>>;
	},
): MetricFamily[] {
	const bySession = (value: (session: SessionStatus) => number | undefined): MetricSample[] =>
		sessions.flatMap((session) => {
			const sample = value(session);
			return sample === undefined ? [] : [{ labels: { session: session.name }, value: sample }];
		});
	const bySink = (value: (sink: SessionStatus["sinks"][number]) => number | undefined): MetricSample[] =>
		sessions.flatMap(({ name, sinks }) =>
			sinks.flatMap((sink) => {
				const sample = value(sink);
				return sample === undefined ? [] : [{ labels: { session: name, sink: sink.id }, value: sample }];
			}),
		);
	const byProcess = (value: (process: ProcessStatus) => number | undefined): MetricSample[] =>
		processes.flatMap((process) => {
			const sample = value(process);
			return sample === undefined ? [] : [{ labels: { process: process.name }, value: sample }];
		});
	const gauge = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
		name,
		help,
		type: "gauge",
		samples,
	});
	const counter = (name: string, help: string, samples: readonly MetricSample[]): MetricFamily => ({
		name,
		help,
		type: "counter",
		samples,
	});
	return [
		gauge("mutoscope_uptime_seconds", "Seconds since the daemon started.", [{ value: daemon.uptime }]),
		gauge("mutoscope_memory_bytes", "Resident memory of the daemon itself.", [{ value: daemon.memory }]),
		gauge("mutoscope_control_clients", "Open control connections.", [{ value: daemon.clients }]),
		counter(
			"mutoscope_frames_total",
			"Index of the newest frame shown.",
			bySession(({ frame }) => frame),
		),
		counter(
			"mutoscope_frames_dropped_total",
			"Frames made that were never shown.",
			bySession(({ dropped }) => dropped),
		),
		gauge(
			"mutoscope_made_fps",
			"Frames made per second.",
			bySession(({ madeFps }) => madeFps),
		),
		gauge(
			"mutoscope_shown_fps",
			"Frames shown per second.",
			bySession(({ shownFps }) => shownFps),
		),
		gauge(
			"mutoscope_latency_p50_seconds",
			"Captured to shown in the ring, median.",
			bySession(({ latency }) => latency?.p50),
		),
		gauge(
			"mutoscope_latency_p95_seconds",
			"Captured to shown in the ring, 95th percentile.",
			bySession(({ latency }) => latency?.p95),
		),
		gauge(
			"mutoscope_viewers",
			"Viewers by WebRTC.",
			bySession(({ viewers }) => viewers),
		),
		gauge(
			"mutoscope_recording",
			"Whether the session is being recorded.",
			bySession(({ recording }) => Number(recording)),
		),
		gauge(
			"mutoscope_sink_fps",
			"Frames per second that a sink sent.",
			bySink(({ fps }) => fps),
		),
		gauge(
			"mutoscope_sink_latency_p50_seconds",
			"Captured to sent by a sink, median.",
			bySink(({ latency }) => latency?.p50),
		),
		gauge(
			"mutoscope_sink_latency_p95_seconds",
			"Captured to sent by a sink, 95th percentile.",
			bySink(({ latency }) => latency?.p95),
		),
		counter(
			"mutoscope_sink_dropped_total",
			"Frames that a sink let go.",
			bySink(({ dropped }) => dropped),
		),
		gauge(
			"mutoscope_process_up",
			"Whether a process runs.",
			byProcess(({ state }) => Number(state === "running")),
		),
		counter(
			"mutoscope_process_restarts_total",
			"Restarts of a process.",
			byProcess(({ restarts }) => restarts),
		),
		gauge(
			"mutoscope_process_memory_bytes",
			"Resident memory of a process.",
			byProcess(({ memory }) => memory),
		),
		gauge(
			"mutoscope_process_cpu_cores",
			"Cores that a process uses.",
			byProcess(({ cpu }) => cpu),
		),
		counter(
			"mutoscope_plugin_bypassed_total",
			"Frames and values that went on without a plugin that runs apart.",
			byProcess(({ bypassed }) => bypassed),
		),
		gauge(
			"mutoscope_plugin_slow",
			"Whether a plugin that runs apart is passed over, since it keeps missing its deadline.",
			byProcess(({ slow }) => (slow === undefined ? undefined : Number(slow))),
		),
		...Object.entries(daemon.osc).flatMap(([name, value]) =>
			typeof value === "number"
				? [counter(`mutoscope_osc_${name}_total`, `OSC: ${name.replaceAll("_", " ")}.`, [{ value }])]
				: [],
		),
	];
}
