import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import { logLine } from "../../protocol/messages.ts";
import type { Backend } from "../backend.ts";
import { type MetricFamily, prometheus } from "../metrics.ts";
import { type Route, route } from "../route.ts";

const health = z
	.object({
		status: z.literal("healthy"),
		timestamp: z.string().describe("ISO 8601."),
		server_start_time: z.number().describe("Unix time in seconds."),
		version: z.string(),
		git_commit: z.string(),
	})
	.meta({ id: "Health" });

/** How the daemon is: for people, for supervisors, for Prometheus. */
export function healthRoutes(backend: Backend, served: () => readonly MetricFamily[]): Route[] {
	const wellbeing = (path: string) =>
		route({
			method: "get",
			path,
			role: "anyone",
			tag: "Health",
			summary: "Whether the daemon lives",
			scope: true,
			answers: { 200: { description: "It does.", schema: health } },
			handle: () => ({
				status: "healthy",
				timestamp: new Date().toISOString(),
				server_start_time: backend.started,
				version: backend.version,
				git_commit: "",
			}),
		});
	return [
		wellbeing("/health"),
		wellbeing("/api/v1/health"),
		route({
			method: "get",
			path: "/api/v1/ready",
			role: "anyone",
			tag: "Health",
			summary: "Whether every session shows pictures",
			answers: {
				200: { description: "All do.", schema: z.object({ ready: z.literal(true) }) },
				503: { description: "One does not." },
			},
			handle: () => {
				const sessions = backend.sessions();
				const waiting = sessions.find(({ state }) => state !== "running");
				if (!waiting) return { ready: true };
				throw new MutoscopeError("session/not-ready", {
					session: waiting.name,
					reason: waiting.reason ?? `it is ${waiting.state}`,
				});
			},
		}),
		route({
			method: "get",
			path: "/metrics",
			role: "viewer",
			tag: "Health",
			summary: "Measurements for Prometheus",
			answers: { 200: { description: "Text format 0.0.4.", type: "text/plain" } },
			handle: () =>
				new Response(prometheus([...backend.metrics(), ...served()]), {
					headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" },
				}),
		}),
		route({
			method: "get",
			path: "/api/v1/log",
			role: "operator",
			tag: "Health",
			summary: "The newest log lines",
			query: z.object({ lines: z.coerce.number().int().min(1).max(1000).default(200) }),
			answers: {
				200: { description: "Oldest first.", schema: z.object({ lines: z.array(logLine.meta({ id: "LogLine" })) }) },
			},
			handle: ({ query }) => ({ lines: backend.log(query.lines) }),
		}),
	];
}
