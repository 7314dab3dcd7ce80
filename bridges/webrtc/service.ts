import { MutoscopeError, reasonOf, type Service, type ServiceContext } from "mutoscope/sdk";
import { AV_LOG_FATAL } from "node-av/constants";
import { Log as AvLog } from "node-av/lib";
import { webrtcConfig } from "./config.ts";
import { IceServers } from "./ice.ts";
import { Peers } from "./peers.ts";
import { report } from "./report.ts";
import { signal } from "./signalling.ts";
import type { OpenTransport } from "./transport.ts";
import { openWerift } from "./werift.ts";

/** Opens the service, on werift unless told otherwise. Throws `config/invalid` if its section of the config file is not valid. */
export function openService(context: ServiceContext, open: OpenTransport = openWerift): Service {
	const parsed = webrtcConfig.safeParse(context.config);
	if (!parsed.success) {
		throw new MutoscopeError("config/invalid", { path: "webrtc", reason: reasonOf(parsed.error) });
	}
	AvLog.setLevel(AV_LOG_FATAL); // what matters is thrown
	process.env.SVT_LOG ??= "0"; // SVT-AV1 has a log of its own
	const peers = new Peers(parsed.data, context, open);
	const ice = new IceServers(parsed.data, { fetch, now: () => Date.now() / 1000, log: context.log });
	return {
		call: (method, input) => signal(peers, ice, method, input),
		report: () => report(peers),
		[Symbol.asyncDispose]: () => peers[Symbol.asyncDispose](),
	};
}
