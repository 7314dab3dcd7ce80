import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { bytes } from "../../base/bytes.ts";
import type { DaemonStatus } from "../../client/index.ts";
import { type Show, useShow } from "../show.ts";
import { useSession } from "../status.ts";

/** Where what a pipeline needs is fetched and called off. */
const DOWNLOAD = "/models/download";

interface Files {
	readonly pipeline: string;
	readonly files: readonly FileState[];
}

interface FileState {
	readonly state: string;
	readonly needed: boolean;
	readonly shipped?: boolean;
}

/** Whether a file is to be fetched. One that should have come with the package cannot be. */
function isLacking({ state, needed, shipped }: FileState): boolean {
	return needed && !shipped && (state === "missing" || state === "partial");
}

/**
 * Over the picture, while something is not as it was chosen: which files the pipeline, the one on standby, or a stage that is on
 * still needs; how far fetching and loading are; or why it does not come.
 */
export function Readiness({ session }: { session: string }) {
	const show = useShow();
	const status = useSession(session);
	const isWaiting = useComputed(() => status.value !== undefined && status.value.playing !== status.value.pipeline);
	const wanted = useComputed(() => [status.value?.pipeline ?? "", ...chosenBeside(show, session)]);
	const downloads = useComputed(() => {
		const all = show.status.value?.downloads ?? [];
		return all.filter(({ pipeline }) => wanted.value.includes(pipeline));
	});
	const files = useSignal<readonly Files[]>([]);
	const { loading, reason = "" } = status.value ?? {};
	const states = downloads.value.map(({ pipeline, state }) => `${pipeline} ${state}`);
	const asked = [...wanted.value, ...states, reason].join();
	useEffect(() => {
		if (status.peek() === undefined) return;
		show.rest.get<{ models: Files[] }>("/models").then(
			({ models }) => {
				files.value = models;
			},
			() => {}, // without an answer there is nothing to offer
		);
	}, [asked]);
	const coming = downloads.value.find(({ state }) => state === "running");
	if (coming) return <Coming download={coming} />;
	const lacking = wanted.value.flatMap(
		(id) => files.value.find((each) => each.pipeline === id && each.files.some(isLacking)) ?? [],
	);
	const [first] = lacking;
	if (first) {
		const failed = downloads.value.find(({ pipeline }) => pipeline === first.pipeline);
		return <Missing files={first} reason={failed?.reason} />;
	}
	// What opens at once is no news.
	if (loading && (isWaiting.value || loading.fraction > 0))
		return <Progress value={loading.fraction} what={loading.stage} more={loading.pipeline} />;
	if (!reason) return null;
	return (
		<div class="readiness">
			<p>{reason}</p>
		</div>
	);
}

/** The pipeline on standby, and the stages that are on. */
function chosenBeside(show: Show, session: string): string[] {
	const now = (rest: string) => {
		const info = show.tree.value.find(({ address }) => address === `/${session}${rest}`);
		return info && show.value(info.address, info.default).value;
	};
	const stages = show.tree.value.flatMap(({ address }) => /[/]stage[/]([^/]+)[/]enabled$/.exec(address)?.[1] ?? []);
	const on = new Set(stages.filter((id) => now(`/stage/${id}/enabled`) === true));
	return [String(now("/session/standby") ?? ""), ...on].filter((id) => id !== "");
}

/** Files are on their way. */
function Coming({ download }: { download: DaemonStatus["downloads"][number] }) {
	const show = useShow();
	const { pipeline, stage, file, bytes: here, fraction } = download;
	const what = `${stage === "checking" ? "Checking" : "Fetching"} ${file.split("/").at(-1) || "…"}`;
	const percent = `${Math.floor(fraction * 100)} %`;
	const path = `${DOWNLOAD}?pipeline_id=${encodeURIComponent(pipeline)}`;
	return (
		<Progress value={fraction} what={what} more={`${percent} · ${bytes(here)} here`}>
			<button type="button" onClick={() => show.attempt(show.rest.remove(path))}>
				Stop
			</button>
		</Progress>
	);
}

/** Files have to be fetched first. `reason`: why the last try failed. */
function Missing({ files: { pipeline, files }, reason }: { files: Files; reason: string | undefined }) {
	const show = useShow();
	const titles = show.options("pipelines");
	const title = titles.value.find(({ id }) => id === pipeline)?.title ?? pipeline;
	const missing = files.filter(isLacking);
	const [first, rest] = missing.length === 1 ? ["a file", "is"] : [`${missing.length} files`, "are"];
	return (
		<div class="readiness">
			<p>
				{title} needs {first} that {rest} not here yet.
				{reason && <small>{reason}</small>}
			</p>
			<button type="button" onClick={() => show.attempt(show.rest.post(DOWNLOAD, { pipeline_id: pipeline }))}>
				Download
			</button>
		</div>
	);
}

interface ProgressProps {
	readonly value: number;
	readonly what: string;
	readonly more: string;
	readonly children?: ComponentChildren;
}

function Progress({ value, what, more, children }: ProgressProps) {
	return (
		<div class="readiness">
			<div class="progress">
				<p id="readiness">{what}</p>
				<progress value={value} max={1} aria-labelledby="readiness" />
				<small>{more}</small>
			</div>
			{children}
		</div>
	);
}
