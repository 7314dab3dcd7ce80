/**
 * The front door for authors of pipelines, bridges and plugins.
 *
 * @module
 */
export * as z from "zod";
export { bytes } from "./base/bytes.ts";
export { MutoscopeError, reasonOf } from "./base/errors.ts";
export type { Fit, Rect, Size } from "./base/geometry.ts";
export type { Log, LogFields } from "./base/log.ts";
export * from "./contract/artifact.ts";
export * from "./contract/bridge.ts";
export type { ComputeChoice } from "./contract/compute.ts";
export type { Hooks, Moment } from "./contract/hooks.ts";
export * from "./contract/pipeline.ts";
export * from "./contract/plugin.ts";
export type { RealTime } from "./contract/real-time.ts";
export { type CardReading, drawCard, readCard } from "./media/card.ts";
export { monotonic } from "./media/clock.ts";
export { untilDue } from "./media/due.ts";
export { type FitOptions, fitFrame, type Turn as QuarterTurn } from "./media/fit.ts";
export { Frame, type FrameOptions, type FrameStamp } from "./media/frame.ts";
export { type Planes, ToI420 } from "./media/i420.ts";
export { FramePool } from "./media/pool.ts";
export type { RingFrame, RingReader, RingWriter, SlotHead } from "./media/ring.ts";
export { type Param, type ParamValue, type Values, valueAt, withValue } from "./params/schema.ts";
export { type Suggestions, suggestions } from "./params/suggestions.ts";
