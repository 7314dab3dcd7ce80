import { bytes } from "../../base/bytes.ts";
import { useShow } from "../show.ts";
import { duration } from "../words.ts";
import { Panel } from "./panel.tsx";

/** Every process, and what it costs; and how to begin a session anew, or end it. */
export function Health({ session }: { session: string }) {
	const show = useShow();
	const status = show.status.value;
	const path = `/sessions/${encodeURIComponent(session)}`;
	return (
		<Panel title="Health">
			<div class="row switches">
				<button type="button" onClick={() => show.attempt(show.rest.post(`${path}/restart`))}>
					Restart {session}
				</button>
				<button
					type="button"
					disabled={(status?.sessions.length ?? 0) < 2}
					onClick={() => {
						if (confirm(`End ${session}? Its parameters go with it.`)) show.attempt(show.rest.remove(path));
					}}
				>
					End {session}
				</button>
			</div>
			<p class="hint numbers-line">
				{status ? `Mutoscope ${status.version} · up ${duration(status.uptime)}` : "Nothing heard yet."}
			</p>
			<table class="processes">
				<thead>
					<tr>
						<th scope="col">Process</th>
						<th scope="col">CPU</th>
						<th scope="col">Memory</th>
						<th scope="col">
							<abbr title="Restarts">↻</abbr>
						</th>
					</tr>
				</thead>
				<tbody>
					{status?.processes.map(({ name, state, reason, cpu, memory, restarts, bypassed = 0, slow }) => (
						<tr key={name} data-wrong={state === "waiting" || state === "quarantined" || slow === true}>
							<th scope="row">
								{name.replace(/^(\w+):/, "$1 ")}
								<small>
									{reason && state !== "running" ? `${state}: ${reason}` : state}
									{bypassed > 0 && ` · ${slow ? "too slow, " : ""}${bypassed} bypassed`}
								</small>
							</th>
							<td>{cpu === undefined ? "–" : `${(cpu * 100).toFixed(0)} %`}</td>
							<td>{memory === undefined ? "–" : bytes(memory)}</td>
							<td>{restarts}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Panel>
	);
}
