import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { useShow } from "../show.ts";
import { useSession } from "../status.ts";
import { bytes } from "../words.ts";

interface Files {
	readonly pipeline: string;
	readonly downloaded: boolean;
	readonly files: readonly { readonly state: string; readonly needed: boolean; readonly bytes?: number }[];
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
		if (!isWaiting.peek() || pipeline.peek() === "") {
			files.value = undefined;
			return;
		}
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
	const name = pipeline.value;
	const path = "/models/download";
	if (coming?.state === "running") {
		return (
			<div class="readiness">
				<Progress value={coming.fraction}>
					{coming.stage === "checking" ? "Checking" : "Fetching"} {coming.file}{" "}
					<small>
						{bytes(coming.bytes)} of {bytes(coming.total)}
					</small>
				</Progress>
				<button
					type="button"
					onClick={() => show.attempt(show.rest.remove(`${path}?pipeline_id=${encodeURIComponent(name)}`))}
				>
					Stop
				</button>
			</div>
		);
	}
	if (files.value && !files.value.downloaded) {
		const missing = files.value.files.filter(
			({ needed, state }) => needed && (state === "missing" || state === "partial"),
		);
		const size = missing.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
		return (
			<div class="readiness">
				<p>
					{name} needs {missing.length === 1 ? "a file" : `${missing.length} files`} that{" "}
					{missing.length === 1 ? "is" : "are"} not here{size > 0 ? `: ${bytes(size)}` : ""}.
					{coming?.reason && <small> {coming.reason}</small>}
				</p>
				<button type="button" onClick={() => show.attempt(show.rest.post(path, { pipeline_id: name }))}>
					Download
				</button>
			</div>
		);
	}
	if (loading) {
		return (
			<div class="readiness">
				<Progress value={loading.fraction}>
					{loading.stage} <small>{loading.pipeline}</small>
				</Progress>
			</div>
		);
	}
	return reason ? (
		<div class="readiness">
			<p>{reason}</p>
		</div>
	) : null;
}

function Progress({ value, children }: { value: number; children: ComponentChildren }) {
	return (
		<div class="progress">
			<p id="readiness">{children}</p>
			<progress value={value} max={1} aria-labelledby="readiness" />
		</div>
	);
}
