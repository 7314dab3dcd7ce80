import { beginPublishing, endPublishing, noCamera, publishing } from "../publishing.ts";
import { useShow } from "../show.ts";
import { Groups } from "./groups.tsx";
import { Panel } from "./panel.tsx";

/** Where a session's frames come from. */
export function Source({ session }: { session: string }) {
	return (
		<Panel title="Source">
			<Camera session={session} />
			<Groups at={`/${session}/source`} />
		</Panel>
	);
}

function Camera({ session }: { session: string }) {
	const show = useShow();
	const now = publishing.value?.session === session ? publishing.value : undefined;
	const reason = noCamera();
	const toggle = (kind: "camera" | "screen") => {
		if (now?.kind === kind) endPublishing();
		else beginPublishing(show, session, kind).catch((error: unknown) => show.tell(error));
	};
	return (
		<div class="row switches">
			{(["camera", "screen"] as const).map((kind) => (
				<button
					key={kind}
					type="button"
					class="toggle"
					role="switch"
					aria-checked={now?.kind === kind}
					disabled={reason !== undefined}
					title={reason}
					onClick={() => toggle(kind)}
				>
					<span class="name">
						{kind === "camera" ? "Camera" : "Screen"}
						<small>{now?.kind === kind ? now.state.value : "this device"}</small>
					</span>
					<i class="lamp" />
				</button>
			))}
		</div>
	);
}
