import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { SessionStatus } from "../client/index.ts";
import { useShow } from "./show.ts";

/** How a session is doing; `undefined` until the daemon has said. */
export function useSession(name: string): ReadonlySignal<SessionStatus | undefined> {
	const show = useShow();
	return useComputed(() => show.status.value?.sessions.find((session) => session.name === name));
}
