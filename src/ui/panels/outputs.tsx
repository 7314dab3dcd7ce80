import { nowIn } from "../applies.ts";
import { Control } from "../controls/piece.tsx";
import { planOf } from "../plan.ts";
import { useShow } from "../show.ts";
import { useSession } from "../status.ts";
import { Links } from "./links.tsx";
import { Panel } from "./panel.tsx";
import { Recordings } from "./recordings.tsx";

/** Where a session's frames go: viewers, other programs, files. */
export function Outputs({ session }: { session: string }) {
	const status = useSession(session);
	const frame = `/api/v1/sessions/${encodeURIComponent(session)}/frame.png`;
	return (
		<Panel title="Outputs">
			<dl class="facts">
				{(status.value?.sinks ?? []).map(({ id, state, fps, latency, dropped, reason }) => (
					<div key={id} title={reason}>
						<dt>{id === "webrtc" ? "Viewers" : id}</dt>
						<dd>
							<b>{id === "webrtc" ? status.value?.viewers : state}</b>
							<span>{fps === undefined ? "" : `${fps.toFixed(0)} fps`}</span>
							<span>{latency ? `${(latency.p50 * 1000).toFixed(0)} ms` : ""}</span>
							<span>{dropped ? `${dropped} dropped` : ""}</span>
						</dd>
					</div>
				))}
			</dl>
			{(status.value?.sinks ?? []).map(({ id, reason }) => reason && <p key={id}>{reason}</p>)}
			<Recordings session={session} />
			<Sinks session={session} />
			<h3>Into other programs</h3>
			<Links session={session} />
			<a class="button" href={frame} download={`${session}.png`}>
				Save a still
			</a>
		</Panel>
	);
}

/** The switches and knobs of every sink. */
function Sinks({ session }: { session: string }) {
	const show = useShow();
	const groups = planOf(show.tree.value, `/${session}/sink`, [], nowIn(show));
	return (
		<>
			{groups.map(({ title, rows }) => (
				<details key={title}>
					<summary>Settings of {title}</summary>
					{rows.map(({ shape, pieces }) => (
						<div class={`row ${shape}`} key={pieces[0]?.info.address}>
							{pieces.map((piece) => (
								<Control key={piece.info.address} piece={piece} hold={(info) => show.knob(info)} lying />
							))}
						</div>
					))}
				</details>
			))}
		</>
	);
}
