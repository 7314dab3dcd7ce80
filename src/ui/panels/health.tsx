import { useShow } from "../show.ts";
import { bytes, duration } from "../words.ts";
import { Panel } from "./panel.tsx";

/** Every process, and what it costs. */
export function Health() {
	const show = useShow();
	const status = show.status.value;
	return (
		<Panel title="Health">
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
					{status?.processes.map(({ name, state, reason, cpu, memory, restarts }) => (
						<tr key={name} data-wrong={state === "waiting" || state === "quarantined"}>
							<th scope="row">
								{name.replace(/^(\w+):/, "$1 ")}
								<small>{reason && state !== "running" ? `${state}: ${reason}` : state}</small>
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
