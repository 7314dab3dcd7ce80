import type { Held } from "../contract/real-time.ts";
import type { SessionTask } from "../host/messages.ts";
import type { Catalogue } from "./catalogue.ts";
import { understudy } from "./usual.ts";

/** What a session is to play, by the ids of pipelines. */
export interface Playing extends Pick<SessionTask, "session" | "models" | "compute" | "plugins" | "output"> {
	readonly pipeline: string;
	readonly standby: string | undefined;
	readonly input: string | undefined;
	/** What pipelines hold on this machine, by id. */
	readonly held: Readonly<Record<string, Held>>;
}

/** The same as the session's process is told: where everybody is found. Throws `pipeline/unknown`. */
export function sessionTask(catalogue: Catalogue, { pipeline, standby, input, ...rest }: Playing): SessionTask {
	const found = (id: string) => ({ module: catalogue.pipeline(id).module, id });
	const reader = catalogue.bridges.get("file");
	const stepsIn = understudy(catalogue);
	return {
		role: "session",
		...rest,
		pipeline: found(pipeline),
		...(standby !== undefined && { standby: found(standby) }),
		...(stepsIn && { understudy: found(stepsIn.guest.id) }),
		...(reader && { reader: { module: reader.module, id: reader.guest.id } }),
		stages: catalogue.processors().map(({ guest }) => found(guest.id)),
		...(input !== undefined && { input }),
	};
}
