import * as z from "zod";
import { suggestions } from "../params/suggestions.ts";
import { RPC } from "./wire.ts";

export { CLOSE, RPC, SUBPROTOCOL } from "./wire.ts";

const address = z.string().startsWith("/").max(256);
/** What a client calls a message of its, to know the answer. */
export const messageId = z.union([z.int().nonnegative(), z.string().max(64)]);
const value = z.union([z.number(), z.string().max(100_000), z.boolean(), z.array(z.number()).max(1024), z.null()]);
const curve = z.enum(["linear", "smooth", "in", "out", "exp"]);

/** What a client may send after it identified itself; each may carry an `id`, and is then answered. */
const set = z.object({
	op: z.literal("set"),
	id: messageId.optional(),
	/** By address; a trigger takes `true` or `null`. All or none are kept. */
	values: z.record(address, value),
	/** Travel there instead of jumping. Numbers only. */
	ramp: z.object({ s: z.number().min(0).max(3600), curve: curve.default("linear") }).optional(),
});
const ramp = z.object({
	op: z.literal("ramp"),
	id: messageId.optional(),
	address,
	to: z.number(),
	s: z.number().min(0).max(3600),
	curve: curve.default("linear"),
});
const get = z.object({ op: z.literal("get"), id: messageId, addresses: z.array(address).max(1024) });
const batch = z.object({
	op: z.literal("batch"),
	id: messageId.optional(),
	/** Sets and ramps that land in one chunk, or not at all. */
	ops: z
		.array(z.discriminatedUnion("op", [set, ramp]))
		.min(1)
		.max(256),
});
const subscribe = z.object({
	op: z.literal("subscribe"),
	id: messageId.optional(),
	/** OSC patterns of the addresses to hear of; `/**` is everything. */
	patterns: z.array(z.string().max(256)).max(64),
	/** At most so many `values` messages a second. */
	maxHz: z.number().min(1).max(120).optional(),
});
const call = z.object({
	op: z.literal("call"),
	id: messageId,
	/** `preset.save`, `session.restart` … the REST reference lists them. */
	method: z.string().max(100),
	params: z.record(z.string(), z.unknown()).default({}),
});

/** The first message of a client. */
export const identify = z.object({
	op: z.literal("identify"),
	rpc: z.literal(RPC),
	/** The token, unless the connection was already authorised by cookie or header. */
	token: z.string().max(256).optional(),
	client: z.object({ name: z.string().max(100), version: z.string().max(50).optional() }).optional(),
	sub: z.array(z.string().max(256)).max(64).default(["/**"]),
	maxHz: z.number().min(1).max(120).default(60),
	/** Whether to be sent `status` twice a second, and log lines. */
	status: z.boolean().default(false),
	/** An earlier connection to go on with: only what changed since is sent, and its ids count as seen. */
	resume: z.object({ session: z.string().max(100), rev: z.number() }).optional(),
});

/** Client → server. */
export const clientMessage = z.discriminatedUnion("op", [identify, set, ramp, get, batch, subscribe, call]);
export type ClientMessage = z.output<typeof clientMessage>;
export type ClientInput = z.input<typeof clientMessage>;

const numbers: z.ZodType<readonly number[]> = z.array(z.number());
const outValue = z.union([z.number(), z.string(), z.boolean(), numbers]);
const values = z.record(z.string(), outValue);

/** A parameter as clients see it; the fields are those of `Param`, the address is full. */
export const paramInfo = z.looseObject({
	address: z.string(),
	type: z.enum(["number", "integer", "boolean", "string", "enum", "numbers", "trigger"]),
	default: outValue,
	label: z.string(),
	aliases: z.array(z.string()),
	min: z.number().optional(),
	max: z.number().optional(),
	step: z.number().optional(),
	curve: z.enum(["linear", "log"]).optional(),
	choices: z.array(z.string()).optional(),
	choicesFrom: z.string().optional(),
	/** Words that a panel offers for a text. */
	suggestions: suggestions.optional(),
	minLength: z.number().optional(),
	maxLength: z.number().optional(),
	multipleOf: z.number().optional(),
	description: z.string().optional(),
	unit: z.string().optional(),
	group: z.string().optional(),
	widget: z.string().optional(),
	/** The parameter that names the list item it belongs to. */
	calledBy: z.string().optional(),
	/** It has an effect while each of these parameters has one of the values; a panel hides it otherwise. */
	when: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).readonly()).optional(),
	apply: z.enum(["chunk", "reload"]),
	modulate: z.boolean(),
	readOnly: z.boolean(),
});
export type ParamInfo = z.output<typeof paramInfo>;

/** A process of the daemon, as panels show it. */
const processStatus = z.object({
	/** `session:main`, `source:main`, `plugin:main/breathe`, `sink:main/recording`, `service:webrtc`. */
	name: z.string(),
	state: z.enum(["starting", "running", "waiting", "quarantined", "stopped"]),
	pid: z.number().optional(),
	restarts: z.number(),
	/** Why it last ended, or will not start. */
	reason: z.string().optional(),
	/** Resident memory in bytes. */
	memory: z.number().optional(),
	/** Share of one core over the last second, 0 … */
	cpu: z.number().optional(),
	/** Of a plugin: frames and values that went on without it since the session began, and whether it is passed over. */
	bypassed: z.number().optional(),
	slow: z.boolean().optional(),
});
export type ProcessStatus = z.output<typeof processStatus>;

/** Latency of one sink in seconds: from captured to shown, over the last few seconds. */
const latency = z.object({ p50: z.number(), p95: z.number() });

/** Files of a pipeline that are on their way, or failed to come. */
export const downloadStatus = z.object({
	pipeline: z.string(),
	state: z.enum(["running", "failed"]),
	stage: z.enum(["locating", "fetching", "checking", "done"]),
	/** The file that is being fetched: repository and path. */
	file: z.string(),
	/** Of all files together, as far as their lengths are known. */
	bytes: z.number(),
	total: z.number(),
	/** From 0 to 1. */
	fraction: z.number(),
	reason: z.string().optional(),
});
export type DownloadStatus = z.output<typeof downloadStatus>;

/** A session, as panels show it. */
export const sessionStatus = z.object({
	name: z.string(),
	state: z.enum(["starting", "running", "waiting", "quarantined", "stopped"]),
	pipeline: z.string(),
	source: z.string(),
	width: z.number(),
	height: z.number(),
	/** Index of the newest frame shown. */
	frame: z.number(),
	/** Frames made and frames shown per second, over the last second. */
	madeFps: z.number(),
	shownFps: z.number(),
	/** Frames that were never shown since the start. */
	dropped: z.number(),
	restarts: z.number(),
	/** Captured → shown in the ring. */
	latency: latency.optional(),
	viewers: z.number(),
	recording: z.boolean(),
	/** The pipeline that is open and makes the frames; empty while none is. */
	playing: z.string(),
	/** The pipeline that is being opened, what is being done, and how much of it is done, from 0 to 1. */
	loading: z.object({ pipeline: z.string(), stage: z.string(), fraction: z.number() }).optional(),
	/** What the pipeline was found to hold on this machine; without it nothing was measured. */
	held: z
		.object({
			/** Pixels. */
			width: z.number(),
			height: z.number(),
			/** Frames a second, and whether they are as many as it means to show. */
			fps: z.number(),
			holds: z.boolean(),
			/** Whether it is the size that looks best. */
			best: z.boolean(),
			/** Threads of the processor, where another number than usual serves it better. */
			threads: z.number().optional(),
		})
		.optional(),
	reason: z.string().optional(),
	sinks: z.array(
		z.object({
			id: z.string(),
			kind: z.string(),
			state: z.string(),
			fps: z.number().optional(),
			latency: latency.optional(),
			dropped: z.number().optional(),
			reason: z.string().optional(),
		}),
	),
});
export type SessionStatus = z.output<typeof sessionStatus>;

/** What the daemon is doing, twice a second to clients that asked. */
export const daemonStatus = z.object({
	version: z.string(),
	/** Seconds since it started. */
	uptime: z.number(),
	sessions: z.array(sessionStatus),
	processes: z.array(processStatus),
	downloads: z.array(downloadStatus),
});
export type DaemonStatus = z.output<typeof daemonStatus>;

/** A log line as panels show it. */
export const logLine = z.object({
	/** Unix time in milliseconds. */
	at: z.number(),
	level: z.enum(["debug", "info", "warn", "error"]),
	message: z.string(),
	fields: z.record(z.string(), z.unknown()),
});
export type LogRecord = z.output<typeof logLine>;

const error = z.object({
	code: z.string(),
	message: z.string(),
	details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
	hint: z.string().optional(),
});

/** Server → client. */
export const serverMessage = z.discriminatedUnion("op", [
	z.object({ op: z.literal("hello"), rpc: z.literal(RPC), session: z.string(), authorised: z.boolean() }),
	z.object({
		op: z.literal("identified"),
		session: z.string(),
		resumed: z.boolean(),
		role: z.enum(["viewer", "operator", "admin"]),
		rev: z.number(),
		/** All parameters; absent when a resume found them unchanged. */
		tree: z.array(paramInfo).optional(),
		/** All values, or those that changed since the resumed revision. */
		values,
	}),
	/** Accepted: it is in revision `rev`. `clamped` has what was out of range, as it was kept. */
	z.object({ op: z.literal("ack"), id: messageId, rev: z.number(), clamped: values }),
	/**
	 * Visible: `frame` of that session was the first to be made with it. A change of no session has `""` and -1. One with
	 * ramps is told of twice: `begun`, and when the last of them `arrived`, or something else `ended` one.
	 */
	z.object({
		op: z.literal("applied"),
		id: messageId,
		rev: z.number(),
		session: z.string(),
		frame: z.number(),
		travel: z.enum(["begun", "arrived", "ended"]).optional(),
	}),
	z.object({ op: z.literal("values"), rev: z.number(), values, fired: z.array(z.string()).optional() }),
	z.object({ op: z.literal("tree"), rev: z.number(), tree: z.array(paramInfo), values }),
	z.object({ op: z.literal("result"), id: messageId, value: z.unknown() }),
	z.object({ op: z.literal("error"), id: messageId.optional(), error }),
	z.object({ op: z.literal("status"), status: daemonStatus }),
	z.object({ op: z.literal("log"), lines: z.array(logLine) }),
]);
export type ServerMessage = z.output<typeof serverMessage>;
