import type { ParamInfo } from "../../client/index.ts";

/** The name of a control, and whether turning it opens the pipeline anew. */
export function Name({ info }: { info: ParamInfo }) {
	return (
		<span class="name" title={info.description ? `${info.description}\n${info.address}` : info.address}>
			{info.label}
			{info.apply === "reload" && <Reload />}
		</span>
	);
}

function Reload() {
	return (
		<svg class="reload" viewBox="0 0 16 16" role="img" aria-label="reopens the pipeline">
			<title>Changing this opens the pipeline anew</title>
			<path d="M13.5 8a5.5 5.5 0 1 1-1.8-4.1M13.6 1.2v3.3h-3.3" />
		</svg>
	);
}
