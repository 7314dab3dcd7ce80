import type { LogFields } from "../base/log.ts";
import type { ProcessStatus, SessionStatus } from "../protocol/messages.ts";
import type { MetricFamily, MetricSample } from "../server/metrics.ts";
import type { Show } from "./show.ts";

type Report = Readonly<Record<string, unknown>>;

/** How a session is doing, of what its processes and the viewers' service reported last. */
export function sessionStatus(show: Show, webrtc: Report): SessionStatus {
	const [session] = show.processes;
	const { state = "stopped", restarts = 0, reason } = session?.status() ?? {};
	const report = show.reports.session ?? {};
	const viewers = (webrtc[show.name] ?? {}) as Report;
	const sinks = show.processes.filter(({ status }) => status().name.startsWith("sink:"));
	const said = reason ?? report.reason;
	return {
		name: show.name,
		state,
		pipeline: show.pipeline,
		source: show.source.id,
		width: number(report.width),
		height: number(report.height),
		frame: number(report.frame),
		madeFps: number(report.madeFps),
		shownFps: number(report.shownFps),
		dropped: number(report.dropped),
		restarts,
		...latencyOf(report),
		viewers: number(viewers.viewers),
		recording: sinks.some(({ status }) => status().name.endsWith("/recording")),
		...(typeof said === "string" ? { reason: said } : {}),
		sinks: [
			{ id: "webrtc", kind: "webrtc", state: number(viewers.viewers) > 0 ? "running" : "idle", ...numbersOf(viewers) },
			...sinks.map(({ status }) => {
				const id = status().name.split("/")[1] ?? "";
				const own = show.reports[`sink/${id}`] ?? {};
				const { state, reason } = status();
				return { id, kind: id, state, ...numbersOf(own), ...(reason === undefined ? {} : { reason }) };
			}),
		],
	};
}

/** Everything that is measured, for Prometheus. */
export function metricsOf(
	sessions: readonly SessionStatus[],
	processes: readonly ProcessStatus[],
	daemon: { readonly uptime: number; readonly memory: number; readonly clients: number; readonly osc: LogFields },
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
		...Object.entries(daemon.osc).flatMap(([name, value]) =>
			typeof value === "number"
				? [counter(`mutoscope_osc_${name}_total`, `OSC: ${name.replaceAll("_", " ")}.`, [{ value }])]
				: [],
		),
	];
}

function numbersOf(report: Report) {
	return {
		...(typeof report.fps === "number" ? { fps: report.fps } : {}),
		...(typeof report.dropped === "number" ? { dropped: report.dropped } : {}),
		...latencyOf(report),
	};
}

function latencyOf({ latencyP50: p50, latencyP95: p95 }: Report) {
	return typeof p50 === "number" && typeof p95 === "number" ? { latency: { p50, p95 } } : {};
}

function number(value: unknown): number {
	return typeof value === "number" ? value : 0;
}
