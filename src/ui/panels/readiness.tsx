import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { DaemonStatus } from "../../client/index.ts";
import { useShow } from "../show.ts";
import { useSession } from "../status.ts";
import { bytes } from "../words.ts";

/** Where what a pipeline needs is fetched and called off. */
const DOWNLOAD = "/models/download";

interface Files {
	readonly pipeline: string;
	readonly downloaded: boolean;
	readonly files: readonly { readonly state: string; readonly needed: boolean }[];
}

/** Over the picture, while the chosen pipeline is not there yet: what it waits for, how far it is, what can be done. */
export function Readiness({ session }: { session: string }) {
	const show = useShow();
	const status = useSession(session);
	const pipeline = useComputed(() => status.value?.pipeline ?? "");
	const download = useComputed(() =>
		show.status.value?.downloads.find((download) => download.pipeline === pipeline.value),
	);
	const isWaiting = useComputed(() => status.value !== undefined && status.value.playing !== pipeline.value);
	const files = useSignal<Files | undefined>(undefined);
	const asked = `${pipeline.value} ${isWaiting.value} ${download.value?.state}`;
	useEffect(() => {
		files.value = undefined;
		if (!isWaiting.peek() || pipeline.peek() === "") return;
		show.rest.get<{ models: Files[] }>("/models").then(
			({ models }) => {
				files.value = models.find((model) => model.pipeline === pipeline.peek());
			},
			() => {}, // without an answer there is nothing to offer
		);
	}, [asked]);
	if (!isWaiting.value) return null;
	const { loading, reason } = status.value ?? {};
	const coming = download.value;
	if (coming?.state === "running") return <Coming download={coming} />;
	if (files.value && !files.value.downloaded) return <Missing files={files.value} reason={coming?.reason} />;
	if (loading) return <Progress value={loading.fraction} what={loading.stage} more={loading.pipeline} />;
	if (!reason) return null;
	return (
		<div class="readiness">
			<p>{reason}</p>
		</div>
	);
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
	const missing = files.filter(({ needed, state }) => needed && (state === "missing" || state === "partial"));
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
