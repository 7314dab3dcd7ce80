import * as z from "zod";
import { easings } from "../params/ramp.ts";
import * as protocol from "../protocol/messages.ts";

/** A value of a parameter as it is sent. */
export const value = z
	.union([z.number(), z.string(), z.boolean(), z.array(z.number())])
	.meta({ id: "Value", description: "A number, text, yes or no, or a list of numbers." });

/** A value of a parameter as it may be set: `null` fires a trigger. */
export const input = z
	.union([z.number(), z.string().max(100_000), z.boolean(), z.array(z.number()).max(1024), z.null()])
	.meta({ id: "Input", description: "A value to set; `true` or `null` fires a trigger." });

/** The address of a parameter. */
export const address = z.string().startsWith("/").max(256).meta({
	description: "`/main/vace/scale`; `/main` may be left out. A number also has `…/norm`, 0 … 1 over its range.",
});

/** By which curve a value travels. */
export const curve = z.enum(Object.keys(easings) as (keyof typeof easings)[]).default("linear");

/** How a value travels to where it is set. */
export const ramp = z
	.object({ s: z.number().min(0).max(3600).describe("Seconds."), curve })
	.meta({ id: "Ramp", description: "Travel there instead of jumping. Numbers only." });

/** A parameter as clients see it. */
export const param = protocol.paramInfo.meta({ id: "Param", description: "A thing that can be turned." });

/** A session as panels show it. */
export const session = protocol.sessionStatus.meta({ id: "Session", description: "A running show." });

/** What the daemon is doing. */
export const status = protocol.daemonStatus
	.extend({ sessions: z.array(session) })
	.meta({ id: "Status", description: "What the daemon is doing." });

/** What came of a change. */
export const applied = z
	.object({
		rev: z.int().describe("The revision that holds the change."),
		clamped: z.record(z.string(), value).describe("Values that were out of range, as they were kept."),
		frames: z
			.record(z.string(), z.int())
			.optional()
			.describe("With `wait=applied`: by session, the first frame that shows the change."),
	})
	.meta({ id: "Applied" });

/** Whether to wait until a change shows. */
export const wait = z.object({
	wait: z
		.enum(["applied"])
		.optional()
		.describe("Answer once the change shows, naming the frame; with 202 when that takes longer than 5 s."),
});

/** The error that every refusal carries. */
export const error = z
	.object({
		code: z.string().describe("To switch on: `area/what-went-wrong`."),
		message: z.string().describe("A sentence to read."),
		details: z.record(z.string(), z.union([z.string(), z.number()])),
		hint: z.string().optional().describe("What to do about it."),
		detail: z.string().optional().describe("The message again, where Daydream Scope's clients look for it."),
	})
	.meta({ id: "Error" });

/** The name of a session in a path. */
export const inSession = z.object({ session: z.string().min(1).max(64).describe("Name of the session: `main`.") });
