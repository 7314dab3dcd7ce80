import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Media, type MediaState, type MediaStats, play } from "../../client/index.ts";
import { useShow } from "../show.ts";
import { useSession } from "../status.ts";
import { ms } from "../words.ts";
import { Readiness } from "./readiness.tsx";

/** The show as it is seen, and the numbers that matter. */
export function Preview({ session }: { session: string }) {
	const show = useShow();
	const video = useRef<HTMLVideoElement>(null);
	const media = useRef<Media | undefined>(undefined);
	const state = useSignal<{ readonly state: MediaState; readonly reason: string }>({ state: "connecting", reason: "" });
	const stats = useSignal<MediaStats | undefined>(undefined);
	const status = useSession(session);
	useEffect(() => {
		if (!video.current) return undefined;
		media.current = play(video.current, session, {
			onState: (now, reason) => {
				state.value = { state: now, reason };
			},
			onStats: (now) => {
				stats.value = now;
			},
		});
		return () => media.current?.close();
	}, [session]);
	const service = useComputed(() => show.status.value?.processes.find(({ name }) => name === "service:webrtc")?.pid);
	const pid = service.value;
	const before = useRef(pid);
	useEffect(() => {
		// The process that sends the picture is another one: no need to wait until the old one is missed.
		if (pid !== undefined && before.current !== undefined && pid !== before.current) media.current?.retry();
		before.current = pid ?? before.current;
	}, [pid]);
	const { state: line } = show.connection.value;
	useEffect(() => {
		if (line === "open" && state.peek().state === "lost") media.current?.retry();
	}, [line]);
	const isLive = useComputed(() => state.value.state === "live");
	const note = useComputed(() => {
		if (isLive.value) return "";
		return stats.value?.frames ? "The picture is held while it comes back" : "Waiting for the picture";
	});
	return (
		<section class="preview" aria-label="Preview">
			<div class="screen">
				<video ref={video} aria-label={`What ${session} shows`} muted disablePictureInPicture />
				<p class="note" role="status">
					{note}
				</p>
				<Readiness session={session} />
				<button
					type="button"
					class="quiet full"
					aria-label="Full screen"
					onClick={() => show.attempt(video.current?.requestFullscreen() ?? Promise.resolve())}
				>
					<svg viewBox="0 0 16 16" aria-hidden="true">
						<path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
					</svg>
				</button>
			</div>
			<Numbers session={session} status={status.value} seen={stats.value} />
		</section>
	);
}

function Numbers({
	status,
	seen,
}: {
	session: string;
	status: ReturnType<typeof useSession>["value"];
	seen: MediaStats | undefined;
}) {
	const rate = (fps: number | undefined) => (fps === undefined ? "–" : fps.toFixed(fps < 10 ? 1 : 0));
	return (
		<dl class="vitals">
			<Vital
				name="made"
				value={rate(status?.madeFps)}
				unit="fps"
				more={status ? `${status.width}×${status.height}` : undefined}
			/>
			<Vital name="shown" value={rate(status?.shownFps)} unit="fps" />
			<Vital name="seen" value={rate(seen?.fps)} unit="fps" more={seen && `${megabits(seen.bitrate)} Mb/s`} />
			<Vital name="latency" value={ms(status?.latency?.p50)} unit="ms" more={`p95 ${ms(status?.latency?.p95)}`} />
			<Vital name="dropped" value={String(status?.dropped ?? "–")} />
			<Vital name="restarts" value={String(status?.restarts ?? "–")} wrong={status?.state === "quarantined"} />
		</dl>
	);
}

function megabits(bits: number): string {
	return (bits / 1e6).toFixed(1);
}

function Vital(props: { name: string; value: string; unit?: string; more?: string | undefined; wrong?: boolean }) {
	return (
		<div data-wrong={props.wrong}>
			<dt>
				{props.name} {props.unit && <small>{props.unit}</small>}
			</dt>
			<dd>
				<b>{props.value}</b>
				{props.more && <small>{props.more}</small>}
			</dd>
		</div>
	);
}
