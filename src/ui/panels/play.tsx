import { useComputed } from "@preact/signals";
import { Control } from "../controls/piece.tsx";
import { planOf } from "../plan.ts";
import { useShow } from "../show.ts";
import { useSession } from "../status.ts";
import { Groups } from "./groups.tsx";
import { Panel } from "./panel.tsx";

/** Parts of a session that have panels of their own. */
const OWN = ["/session", "/transport", "/source", "/sink"];
/** Parts that come after what the pipeline itself has. */
const AFTER = ["/stage", "/plugin"];

/** Every knob of a session's pipeline and plugins. */
export function Play({ session }: { session: string }) {
	const { tree } = useShow();
	const isEmpty = useComputed(() => !tree.value.some(({ address }) => address.startsWith(`/${session}/`)));
	return (
		<Panel title="Play" class="play">
			<Transport session={session} />
			<Pace session={session} />
			<div class="desk">
				<Groups at={`/${session}`} own={[...OWN, ...AFTER]} />
				<Groups at={`/${session}/session`} own={["/pipeline"]} title="Session" />
				{AFTER.map((part) => (
					<Groups key={part} at={`/${session}${part}`} />
				))}
			</div>
			{isEmpty.value && <p class="hint">The parameters come with the connection.</p>}
		</Panel>
	);
}

/** What the pipeline was found to hold on this machine, as long as it plays at that size. */
function Pace({ session }: { session: string }) {
	const titles = useShow().options("pipelines");
	const { pipeline = "", playing, width, height, held } = useSession(session).value ?? {};
	if (!held || playing !== pipeline || held.width !== width || held.height !== height) return null;
	const title = titles.value.find(({ id }) => id === pipeline)?.title ?? pipeline;
	return (
		<p class="pace">
			<b>{title}</b> · {width}×{height} · {held.fps} fps
			<small>
				{held.holds ? "as measured on this machine" : "as measured: this machine is slower than it means to be"}
			</small>
		</p>
	);
}

/** What is played, and whether it runs. */
function Transport({ session }: { session: string }) {
	const show = useShow();
	const pieces = useComputed(() => {
		// Play and pause are for surfaces that know buttons only; here is a switch that shows where it stands.
		const wanted = ["session/pipeline", "transport/paused", "transport/reset"].map((rest) => `/${session}/${rest}`);
		const found = show.tree.value.filter(({ address }) => wanted.includes(address));
		return planOf(found, `/${session}`).flatMap(({ rows }) => rows.flatMap(({ pieces }) => pieces));
	});
	return (
		<div class="row transport">
			{pieces.value.map((piece) => (
				<Control key={piece.info.address} piece={piece} hold={(info) => show.knob(info)} lying />
			))}
		</div>
	);
}
