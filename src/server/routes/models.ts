import * as z from "zod";
import { MutoscopeError } from "../../base/errors.ts";
import { downloadStatus } from "../../protocol/messages.ts";
import type { Backend } from "../backend.ts";
import { type Route, route } from "../route.ts";

const file = z.object({
	repo: z.string(),
	file: z.string(),
	state: z.enum(["missing", "partial", "placed", "checked"]),
	needed: z.boolean().describe("Whether it is needed as the pipeline is turned now."),
	shipped: z.boolean().optional().describe("Whether it comes with the package, and cannot be fetched."),
	bytes: z.number().optional(),
	sha256: z.string().optional(),
});
const files = z
	.object({
		pipeline: z.string(),
		downloaded: z.boolean().describe("Whether everything is there that is needed now."),
		files: z.array(file),
		download: downloadStatus.optional(),
	})
	.meta({ id: "ModelFiles" });
const ofPipeline = z.object({ pipeline_id: z.string().min(1).max(100) });

/** The files that pipelines need; `status` and `download` have Scope's names and shapes. */
export function modelRoutes({ models, pipelines }: Backend): Route[] {
	const shared = { tag: "Models" } as const;
	return [
		route({
			...shared,
			method: "get",
			role: "viewer",
			path: "/api/v1/models",
			summary: "The files of every pipeline that needs some",
			answers: { 200: { description: "By pipeline.", schema: z.object({ models: z.array(files) }) } },
			handle: () => ({
				models: pipelines()
					.map(({ id }) => models.files(id))
					.filter(({ files }) => files.length > 0),
			}),
		}),
		route({
			...shared,
			method: "get",
			role: "viewer",
			scope: true,
			path: "/api/v1/models/status",
			summary: "Whether a pipeline's files are there",
			query: ofPipeline,
			answers: {
				200: {
					description: "And how far they have come.",
					schema: z.object({
						downloaded: z.boolean(),
						progress: z
							.object({
								is_downloading: z.boolean(),
								percentage: z.number(),
								current_artifact: z.string().nullable(),
								error: z.string().nullable(),
							})
							.nullable(),
					}),
				},
			},
			handle: ({ query: { pipeline_id } }) => {
				const { downloaded, download } = models.files(pipeline_id);
				if (!download) return { downloaded, progress: null };
				const { state, fraction, file, reason = null } = download;
				const percentage = Math.round(fraction * 1000) / 10;
				const progress = {
					is_downloading: state === "running",
					percentage,
					current_artifact: file || null,
					error: reason,
				};
				return { downloaded, progress };
			},
		}),
		route({
			...shared,
			method: "post",
			role: "operator",
			scope: true,
			path: "/api/v1/models/download",
			summary: "Fetch what a pipeline needs",
			description: "Answers at once. What was begun before goes on where it stopped.",
			body: ofPipeline.extend({
				all: z.boolean().default(false).describe("Also what it needs only when it is turned otherwise."),
			}),
			answers: {
				200: {
					description: "It is being fetched.",
					schema: z.object({ message: z.string(), download: downloadStatus }),
				},
			},
			handle: ({ body: { pipeline_id, all } }) => ({
				message: `Model download started for ${pipeline_id}`,
				download: models.download(pipeline_id, all),
			}),
		}),
		route({
			...shared,
			method: "delete",
			role: "operator",
			path: "/api/v1/models/download",
			summary: "Stop fetching; what has arrived stays",
			query: ofPipeline,
			answers: { 200: { description: "It has stopped.", schema: z.object({ pipeline_id: z.string() }) } },
			handle: async ({ query: { pipeline_id } }) => {
				if (await models.cancel(pipeline_id)) return { pipeline_id };
				throw new MutoscopeError("request/not-found", { path: `a download of ${pipeline_id}` });
			},
		}),
	];
}
