import type { Service, ServiceContext } from "mutoscope/sdk";
import { AV_LOG_FATAL } from "node-av/constants";
import { Log as AvLog } from "node-av/lib";
import * as z from "zod";
import { Glances } from "./glances.ts";
import { Stills } from "./stills.ts";

const wanted = z.object({
	session: z.string(),
	format: z.enum(["png", "jpeg"]),
	/** Of a JPEG, 1 to 100. */
	quality: z.int().min(1).max(100).default(85),
	/** Pixels; the height follows. */
	width: z.int().min(2).max(7680).optional(),
});

/** Opens the service. Its one method, `still`, answers with the bytes of a file. */
export function openService(context: ServiceContext): Service {
	AvLog.setLevel(AV_LOG_FATAL);
	const glances = new Glances((session) => context.output(session));
	const stills = new Stills();
	return {
		async call(method, input, signal) {
			if (method !== "still") throw new TypeError(`the still service has no method ${method}`);
			const { session, ...style } = wanted.parse(input);
			using frame = await glances.take(session, signal);
			return await stills.make(session, frame, style);
		},
		async [Symbol.asyncDispose]() {
			glances[Symbol.dispose]();
			await stills[Symbol.asyncDispose]();
		},
	};
}
