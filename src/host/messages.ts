import * as z from "zod";
import { held } from "../contract/real-time.ts";

/** The version of what parent and child say to each other; a child of another version is refused. */
export const HOST_PROTOCOL = 1;

const snapshot = z.object({
	revision: z.number(),
	values: z.record(z.string(), z.unknown()),
	fired: z.record(z.string(), z.number()),
});

const ring = z.string().min(1).max(200);

/** Rings that a service may read and write, by session. */
const rings = z.object({ outputs: z.record(z.string(), ring), inputs: z.record(z.string(), ring) });
export type Rings = z.output<typeof rings>;

/** A guest's module and the id of the definition in it, as a child loads it. */
const guestRef = z.object({ module: z.string(), id: z.string() });

/** A plugin that runs in a process of its own, and the beginning of the names of the rings to it. */
const apartRef = z.object({ id: z.string(), ring });
export type ApartRef = z.output<typeof apartRef>;

/** What a session process runs. */
const sessionTask = z.object({
	role: z.literal("session"),
	session: z.string(),
	/** The generator. */
	pipeline: guestRef,
	/** The pipeline to be held ready beside it. */
	standby: guestRef.optional(),
	/** The pipeline that steps in while the generator cannot play. */
	understudy: guestRef.optional(),
	/** What models are to compute on. */
	compute: z.object({
		provider: z.enum(["auto", "cpu", "cuda", "tensorrt", "webgpu", "dml", "coreml"]).optional(),
		device: z.number().optional(),
		threads: z.number().optional(),
		library: z.string().optional(),
		options: z.record(z.string(), z.string()).optional(),
	}),
	/** What pipelines were found to hold on this machine, by id. */
	held: z.record(z.string(), held).optional(),
	/** The bridge that reads files, for pipelines that need pictures. */
	reader: guestRef.optional(),
	/** Pre- and postprocessors that may be switched on, in order. */
	stages: z.array(guestRef),
	/** Folder of the files that pipelines need. */
	models: z.string(),
	/** Plugins that may be switched on, in order. */
	plugins: z.array(z.union([guestRef, apartRef])),
	/** The ring it shows in. It exists before the process and outlives it. */
	output: ring,
	/** The ring its source writes, if it has one. */
	input: ring.optional(),
});

/** What a process of a bridge's source or sink runs: between one ring and another program. */
const bridgeTask = z.object({
	role: z.enum(["source", "sink"]),
	session: z.string(),
	bridge: guestRef,
	config: z.record(z.string(), z.unknown()),
	ring,
});

/** What a process of a service runs: every session's rings, and calls. */
const serviceTask = z.object({
	role: z.literal("service"),
	bridge: guestRef,
	config: z.record(z.string(), z.unknown()),
});

/** What a process of a plugin runs: its taps, for one session. */
const pluginTask = z.object({
	role: z.literal("plugin"),
	session: z.string(),
	plugin: guestRef,
	/** JSON Schema of the generator's parameters. */
	generator: z.record(z.string(), z.unknown()),
	/** Beginning of the names of the rings between it and the session. */
	ring,
});

/** What a child is started for. */
const task = z.discriminatedUnion("role", [sessionTask, bridgeTask, serviceTask, pluginTask]);
export type Task = z.output<typeof task>;
export type SessionTask = z.output<typeof sessionTask>;
export type BridgeTask = z.output<typeof bridgeTask>;
export type ServiceTask = z.output<typeof serviceTask>;
export type PluginTask = z.output<typeof pluginTask>;

/**
 * Snapshots by part, relative to the session: `""` the generator's, `/session` the session's own, `/transport`, `/source`,
 * `/sink/<id>`, `/plugin/<id>`. A session gets all of its own, a source or sink gets its part as `""`, a plugin its
 * own under its name. The newest wins.
 */
const snapshots = z.record(z.string(), snapshot);
export type Snapshots = z.output<typeof snapshots>;

const errorBody = z.object({
	code: z.string(),
	message: z.string(),
	details: z.record(z.string(), z.union([z.string(), z.number()])),
	hint: z.string().optional(),
});

/** Changes that a guest asks for. */
const changes = z.record(
	z.string(),
	z.union([z.string(), z.number(), z.boolean(), z.array(z.number()).max(1024).readonly()]),
);
export type Changes = z.output<typeof changes>;

/** Parent → child. */
const toChild = z.discriminatedUnion("type", [
	z.object({
		type: z.literal("start"),
		protocol: z.literal(HOST_PROTOCOL),
		task,
		snapshots,
		rings,
		/** Seconds between heartbeats. */
		heartbeat: z.number().positive(),
	}),
	z.object({ type: z.literal("params"), snapshots }),
	/** Another task of the same role: a session opens its new pipeline beside the old one, then swaps. */
	z.object({ type: z.literal("task"), task, snapshots }),
	z.object({ type: z.literal("rings"), rings }),
	z.object({ type: z.literal("call"), id: z.number(), method: z.string(), input: z.unknown() }),
	/** Nobody waits for the answer of a call any more. */
	z.object({ type: z.literal("cancel"), id: z.number() }),
	/** What came of a `turn`. */
	z.object({ type: z.literal("turned"), id: z.number(), error: errorBody.optional() }),
	z.object({ type: z.literal("stop") }),
]);
export type ToChild = z.input<typeof toChild>;

/** Child → parent. */
export const toParent = z.discriminatedUnion("type", [
	z.object({ type: z.literal("ready") }),
	/** Once a second: alive, and numbers for panel and metrics. */
	z.object({
		type: z.literal("heartbeat"),
		report: z.record(z.string(), z.unknown()),
		/** Resident, in bytes. */
		memory: z.number(),
		/** Share of one core since the last one. */
		cpu: z.number(),
	}),
	/** The first frame made with a revision entered the ring. */
	z.object({ type: z.literal("applied"), revision: z.number(), frame: z.number() }),
	z.object({ type: z.literal("result"), id: z.number(), value: z.unknown() }),
	z.object({ type: z.literal("refused"), id: z.number(), error: errorBody }),
	/** Parameters of the session are to be turned, by relative address. */
	z.object({ type: z.literal("turn"), id: z.number(), changes }),
	z.object({ type: z.literal("event"), event: z.string(), data: z.unknown() }),
	z.object({
		type: z.literal("log"),
		level: z.enum(["debug", "info", "warn", "error"]),
		message: z.string(),
		fields: z.record(z.string(), z.unknown()),
	}),
	/** It ends on its own account, for this reason. */
	z.object({ type: z.literal("failed"), error: errorBody }),
]);
export type ToParent = z.input<typeof toParent>;
