import type { ProcessStatus, SessionStatus } from "../protocol/messages.ts";
import type { Show } from "./show.ts";

type Report = Readonly<Record<string, unknown>>;

/** How a session is doing, of what its processes and the viewers' service reported last. */
export function sessionStatus(show: Show, webrtc: Report): SessionStatus {
	const [session] = show.processes;
	const { state = "stopped", restarts = 0, reason } = session?.status() ?? {};
	const report = show.report("session");
	const viewers = (webrtc[show.name] ?? {}) as Report;
	const sinks = show.processes.map((process) => process.status()).filter(({ name }) => name.startsWith("sink:"));
	const said = reason ?? show.report("source").reason ?? report.reason;
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
		playing: typeof report.playing === "string" ? report.playing : "",
		...loadingOf(report),
		...(show.held && { held: show.held }),
		recording: sinks.some(({ name }) => name.endsWith("/recording")),
		...(typeof said === "string" ? { reason: said } : {}),
		sinks: [
			{ id: "webrtc", kind: "webrtc", state: number(viewers.viewers) > 0 ? "running" : "idle", ...numbersOf(viewers) },
			...sinks.map(({ name, state, reason }) => {
				const id = name.split("/")[1] ?? "";
				const own = show.report(`sink/${id}`);
				const why = own.reason ?? reason;
				return { id, kind: id, state, ...numbersOf(own), ...(typeof why === "string" ? { reason: why } : {}) };
			}),
		],
	};
}

/** The processes of a session, and what its plugins cost it. */
export function processesOf(show: Show): ProcessStatus[] {
	const plugins = (show.report("session").plugins ?? {}) as Readonly<Record<string, Report>>;
	return show.processes.map((process) => {
		const status = process.status();
		const { bypassed, slow } = plugins[/^plugin:[^/]+\/(.*)$/.exec(status.name)?.[1] ?? ""] ?? {};
		return typeof bypassed === "number" ? { ...status, bypassed, slow: slow === true } : status;
	});
}

function loadingOf({ loading: pipeline, loadingStage: stage, loadingFraction: fraction }: Report) {
	if (typeof pipeline !== "string" || typeof stage !== "string" || typeof fraction !== "number") return {};
	return { loading: { pipeline, stage, fraction } };
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
