import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { BridgeDefinition } from "../contract/bridge.ts";
import type { Frame } from "../media/frame.ts";
import { FramePool } from "../media/pool.ts";
import { defaultsOf, jsonSchemaOf, paramsOf } from "../params/schema.ts";
import { type GuestRef, loadGuest } from "./guest.ts";

/**
 * The first picture of a file, read by the bridge that plays files. The caller closes it.
 *
 * Throws `source/unreadable`, `system/unsupported` where there is no such bridge.
 */
export async function firstPicture(
	reader: GuestRef | undefined,
	path: string,
	log: Log,
	signal: AbortSignal,
): Promise<Frame> {
	const bridge: BridgeDefinition | undefined = reader && (await loadGuest("bridge", reader));
	if (!bridge?.source) {
		const reason = "there is no bridge that reads files";
		throw new MutoscopeError("system/unsupported", { feature: "Reading pictures", platform: "this daemon", reason });
	}
	const pool = new FramePool();
	const values = { ...defaultsOf(paramsOf(jsonSchemaOf(bridge.source.params))), path };
	const context = {
		session: "",
		config: {},
		params: () => values,
		onTrigger: () => {},
		show: () => {},
		turn: async () => {},
		frame: pool.take.bind(pool),
		log,
	};
	await using source = await bridge.source.open(context as never, signal);
	const frame = await source.next(signal);
	if (frame) return frame;
	throw new MutoscopeError("source/unreadable", { source: path, reason: "there is no picture in it" });
}
