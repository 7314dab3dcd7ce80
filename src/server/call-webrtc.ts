import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { answers, type WebRtcCalls } from "./webrtc.ts";

/** Calls the WebRTC service and checks what comes back. */
export async function callWebRtc<M extends keyof WebRtcCalls>(
	backend: Backend,
	method: M,
	input: WebRtcCalls[M],
	signal: AbortSignal,
): Promise<z.output<(typeof answers)[M]>> {
	const parsed = answers[method].safeParse(await backend.webrtc(method, input, signal));
	if (parsed.success) return parsed.data as z.output<(typeof answers)[M]>;
	throw new MutoscopeError("server/bad-answer", { process: "webrtc", reason: z.prettifyError(parsed.error) });
}
