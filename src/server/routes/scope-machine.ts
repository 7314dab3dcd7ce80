import * as z from "zod";
import type { SessionStatus } from "../../protocol/messages.ts";
import type { Backend, BridgeOffer } from "../backend.ts";
import { type Route, route } from "../route.ts";

const open = z.record(z.string(), z.unknown());

/** Daydream Scope's routes that tell about the machine and its numbers. */
export function scopeMachineRoutes(backend: Backend): Route[] {
	const shared = { method: "get", tag: "Daydream Scope", scope: true, role: "viewer" } as const;
	return [
		route({
			...shared,
			path: "/api/v1/session/metrics",
			summary: "Numbers of every session",
			answers: {
				200: { description: "By name.", schema: z.object({ sessions: z.record(z.string(), open), gpu: open }) },
			},
			handle: () => ({
				sessions: Object.fromEntries(backend.sessions().map((session) => [session.name, measured(session)])),
				gpu: {},
			}),
		}),
		route({
			...shared,
			path: "/api/v1/hardware/info",
			summary: "What this machine has",
			answers: { 200: { description: "Video memory, and bridges to other programs.", schema: open } },
			handle: () => {
				const bridges = [...backend.sinks(), ...backend.sources()];
				const named = ["spout", "ndi", "syphon"].map((id) => [id, offered(bridges.find((bridge) => bridge.id === id))]);
				return { vram_gb: null, ...Object.fromEntries(named) };
			},
		}),
		route({
			...shared,
			path: "/api/v1/osc/status",
			summary: "Where OSC is listened to",
			answers: {
				200: {
					description: "No port where it is switched off, or its port was taken.",
					schema: z.object({
						enabled: z.boolean(),
						listening: z.boolean(),
						host: z.string(),
						port: z.number().nullable(),
						log_all_messages: z.literal(false),
					}),
				},
			},
			handle: () => {
				const { host, port = null } = backend.osc();
				return { enabled: port !== null, listening: port !== null, host, port, log_all_messages: false };
			},
		}),
		route({
			...shared,
			path: "/api/v1/input-sources",
			summary: "All kinds of sources in Scope's shape",
			answers: {
				200: { description: "Also those that cannot work here.", schema: z.object({ input_sources: z.array(open) }) },
			},
			handle: () => ({
				input_sources: backend.sources().map(({ id, title, description, available }) => ({
					source_id: id,
					source_name: title,
					source_description: description,
					available,
				})),
			}),
		}),
		route({
			...shared,
			role: "operator",
			path: "/api/v1/logs/tail",
			summary: "The newest log lines as text",
			query: z.object({
				lines: z.coerce.number().int().min(1).max(1000).default(200),
				since_offset: z.coerce.number().int().min(0).optional().describe("Time of the last line that was read, in ms."),
			}),
			answers: {
				200: { description: "Oldest first.", schema: z.object({ lines: z.array(z.string()), offset: z.int() }) },
			},
			handle: ({ query: { lines, since_offset = 0 } }) => {
				const newer = backend.log(lines).filter(({ at }) => at > since_offset);
				const text = newer.map(
					({ at, level, message }) => `${new Date(at).toISOString()} ${level.toUpperCase()} ${message}`,
				);
				return { lines: text, offset: Math.round(newer.at(-1)?.at ?? since_offset) };
			},
		}),
	];
}

function measured({ madeFps, shownFps, frame, source, sinks, viewers }: SessionStatus): Record<string, unknown> {
	return {
		frames_out: frame,
		fps_out: shownFps,
		pipeline_fps: madeFps,
		output_sinks: Object.fromEntries(sinks.map(({ id, kind }) => [id, { type: kind }])),
		input_source_enabled: source !== "none",
		input_source_type: source === "none" ? null : source,
		viewers,
	};
}

function offered(bridge: BridgeOffer | undefined): Record<string, unknown> {
	if (!bridge) return { available: false, reason: "This version has no such bridge.", install_hint: null };
	const { available, reason = null } = bridge;
	return { available, reason, install_hint: available ? null : "Run `mutoscope doctor`." };
}
