import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { ProcessStatus, SupervisorListener } from "../host/status.ts";
import { spelt } from "../params/spelt.ts";
import type { ParamStore } from "../params/store.ts";

/** Parameters that a guest may turn at once. */
const MOST = 256;

/** Parts that no guest turns, and neither what names a file: that is not for a program on the network to say. */
const CLOSED = /^\/(source|sink)(\/|$)/;

/** Whose voice it is, and where it is heard. */
export interface VoiceOptions {
	readonly store: ParamStore;
	/** Address of the session. */
	readonly session: string;
	/** Address of the part that the guest is. */
	readonly part: string;
	readonly log: Log;
}

/** What a bridge's process says of parameters: how its own read-only ones stand, and what it wants turned of its session. */
export function voiceOf({ store, session, part, log }: VoiceOptions) {
	const show = (values: Readonly<Record<string, unknown>>) => {
		try {
			store.show(part, values, part);
		} catch (error) {
			log.warn("a guest showed what it cannot mean", { part, error });
		}
	};
	const rest = () => show(Object.fromEntries(ownOf(store, part).map(({ address, param }) => [address, param.default])));
	return {
		event(event: string, data: unknown) {
			if (event === "show" && typeof data === "object" && data !== null) show({ ...data });
			if (event === "closed") rest();
		},
		// What it showed is past when it is gone, however it went.
		state: ({ state }: ProcessStatus) => {
			if (state !== "running") rest();
		},
		turn(changes: Readonly<Record<string, unknown>>) {
			const asked = Object.entries(changes);
			if (asked.length > MOST) throw new MutoscopeError("request/invalid", { reason: `more than ${MOST} at once` });
			const told = asked.map(([address, value]) => {
				if (!address.startsWith("/")) throw new MutoscopeError("param/unknown", { address });
				if (CLOSED.test(address)) throw new MutoscopeError("param/read-only", { address });
				const full = session + address;
				const param = store.find(full)?.param;
				if (param?.widget === "file") throw new MutoscopeError("param/read-only", { address });
				return [full, typeof value === "string" ? spelt(param, value) : value] as const;
			});
			store.set(told, part);
		},
	} satisfies SupervisorListener;
}

function ownOf(store: ParamStore, part: string) {
	return store
		.list()
		.filter(({ address, param }) => param.readOnly && address === part + param.address)
		.map(({ param }) => ({ address: param.address, param }));
}
