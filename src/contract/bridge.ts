import type * as z from "zod";
import type { Size } from "../base/geometry.ts";
import type { Log } from "../base/log.ts";
import type { Frame, FrameOptions } from "../media/frame.ts";
import type { RingReader, RingWriter } from "../media/ring.ts";
import type { ParamsSchema } from "../params/meta.ts";
import type { ParamValue } from "../params/schema.ts";

/** Where frames come from. May be closed twice. */
export interface Source extends AsyncDisposable {
	/**
	 * The next frame, when it is due. The caller closes it. `undefined` once there will be no more.
	 *
	 * A source keeps only its newest frame: whoever asks late skips frames, and is never behind.
	 */
	next(signal: AbortSignal): Promise<Frame | undefined>;
	/** Numbers for the panel: position, duration, rate … */
	report?(): Readonly<Record<string, number | string | boolean>>;
}

/** Where frames go. May be closed twice. */
export interface Sink extends AsyncDisposable {
	/** Hands a frame over and closes it. Resolves when it is handed over; a slow receiver loses frames. */
	write(frame: Frame): Promise<void>;
	/** Numbers for the panel: receivers, drops, bytes … */
	report?(): Readonly<Record<string, number | string | boolean>>;
}

/** What any part of a bridge is given. */
export interface BridgeContext<P> {
	/** Name of the session that it belongs to. */
	readonly session: string;
	/** Settings of the bridge from the config file. */
	readonly config: Readonly<Record<string, unknown>>;
	/** The newest values, whenever asked. Those marked `apply: "reload"` do not change while it is open. */
	readonly params: () => P;
	/** Calls back when a trigger of the part was fired, with its relative address. */
	onTrigger(listener: (address: string) => void): void;
	/**
	 * Says how read-only parameters of the part stand, by relative address: a light, a count. They are back at their defaults
	 * once it is closed. What is no such parameter, or cannot be one's value, is logged and left out.
	 */
	show(values: Readonly<Record<string, ParamValue>>): void;
	/**
	 * Turns parameters of the session as a hand would, by address relative to it, all or none. A text stands for the number,
	 * or the yes or no, that it spells.
	 *
	 * Rejects with `param/unknown`, `param/invalid`, `param/read-only`, `request/invalid`.
	 */
	turn(changes: Readonly<Record<string, ParamValue>>): Promise<void>;
	frame(size: Size, options?: Omit<FrameOptions, "release">): Frame;
	readonly log: Log;
}

/** A part of a bridge that takes frames in. */
export interface SourceDefinition<S extends ParamsSchema = ParamsSchema> {
	readonly params: S;
	open(context: BridgeContext<z.output<S>>, signal: AbortSignal): Promise<Source>;
}

/** A part of a bridge that puts frames out. */
export interface SinkDefinition<S extends ParamsSchema = ParamsSchema> {
	readonly params: S;
	open(context: BridgeContext<z.output<S>>, signal: AbortSignal): Promise<Sink>;
}

/** What a service is given: it serves every session at once, and is called by the daemon. */
export interface ServiceContext {
	/** Settings from the config file. */
	readonly config: Readonly<Record<string, unknown>>;
	/** A new reader of the frames that a session shows. Throws `session/unknown`. The service closes it. */
	output(session: string): Promise<RingReader>;
	/** The writer of frames for the session's source, as long as that is this service. Throws `session/unknown`. */
	input(session: string): Promise<RingWriter>;
	/** Tells the daemon something that it did not ask for. Plain data. */
	emit(event: string, data: unknown): void;
	readonly log: Log;
}

/** A service that was opened. */
export interface Service extends AsyncDisposable {
	/** Answers a call of the daemon. Input and answer are plain data, byte arrays included. */
	call(method: string, input: unknown, signal: AbortSignal): Promise<unknown>;
	/** Numbers for the panel and for metrics, by session where they belong to one. */
	report?(): Readonly<Record<string, unknown>>;
}

/**
 * A part of a bridge that is called rather than fed: WebRTC signalling, stills.
 *
 * Where a parameter has `choicesFrom: "sources/<id>"`, the service of the bridge `<id>` answers the method `choices`, with a
 * list of texts.
 */
export interface ServiceDefinition {
	/** Parameters of it as a session's source, if it can be one; it then writes what comes in to `context.input(session)`. */
	readonly input?: ParamsSchema;
	open(context: ServiceContext, signal: AbortSignal): Promise<Service>;
}

/** A way to exchange frames with other programs: what a guest exports, made with `defineBridge`. */
export interface BridgeDefinition<In extends ParamsSchema = ParamsSchema, Out extends ParamsSchema = ParamsSchema> {
	readonly kind: "bridge";
	/** Unique name in lower case: `webrtc`. */
	readonly id: string;
	readonly title: string;
	readonly description: string;
	/** Throws `bridge/unavailable` saying why it cannot work on this machine. `config`: its settings from the config file. */
	probe?(config: Readonly<Record<string, unknown>>): Promise<void>;
	readonly source?: SourceDefinition<In>;
	readonly sink?: SinkDefinition<Out>;
	readonly service?: ServiceDefinition;
}

/** Declares a bridge. Returns what it is given, with types. */
export function defineBridge<In extends ParamsSchema, Out extends ParamsSchema>(
	definition: Omit<BridgeDefinition<In, Out>, "kind">,
): BridgeDefinition<In, Out> {
	return { kind: "bridge", ...definition };
}
