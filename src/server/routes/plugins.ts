import * as z from "zod";
import type { Backend, PluginOffer } from "../backend.ts";
import { type Route, route } from "../route.ts";

const plugin = z
	.object({
		name: z.string().describe("Of the package; of one that comes with Mutoscope, its id."),
		version: z.string(),
		author: z.string(),
		title: z.string(),
		description: z.string(),
		source: z.enum(["bundled", "npm", "git", "local"]),
		editable: z.boolean().describe("Whether the folder itself is used, and can be reloaded when it was changed."),
		editable_path: z.string().nullable(),
		package_spec: z.string().nullable().describe("What was asked for when it was installed."),
		bundled: z.boolean(),
		permissions: z.array(z.string()).describe("What it may do besides reading its own files."),
		plugins: z.array(z.string()).describe("Ids of the plugins that it exports: `/plugin/<id>` is where they stand."),
		pipelines: z.array(z.object({ pipeline_id: z.string(), pipeline_name: z.string() })),
		bridges: z.array(z.string()),
		latest_version: z.null(),
		update_available: z.null(),
		kind: z.null(),
		origin: z.literal("local"),
	})
	.meta({ id: "Plugin", description: "A plugin that is there, in Scope's shape and with more." });
const failed = z.object({
	package_name: z.string(),
	entry_point_name: z.string(),
	error_type: z.string(),
	error_message: z.string(),
});
const add = z.looseObject({
	package: z
		.string()
		.min(1)
		.max(1000)
		.describe("A package of npm with a version, a git URL, a packed file or a folder."),
	editable: z.boolean().optional().describe("Use the folder itself instead of a copy."),
	upgrade: z.boolean().optional().describe("Take the place of an installed one of the same name."),
	force: z.boolean().optional().describe("As Scope's clients send it; the same as `upgrade`."),
});
const named = z.object({ name: z.string().min(1).max(214).describe("Name of the package; a `/` in it as `%2F`.") });
const done = z.object({ success: z.literal(true), message: z.string() });

/** Installing, listing, reloading and removing plugins: Scope's routes and shapes. */
export function pluginRoutes({ plugins }: Backend): Route[] {
	const shared = { tag: "Guests", scope: true } as const;
	return [
		route({
			...shared,
			method: "get",
			path: "/api/v1/plugins",
			role: "viewer",
			summary: "All plugins",
			description: "One that taps hooks is switched on by `/main/plugin/<id>/enabled`.",
			answers: {
				200: {
					description: "Ours and installed ones.",
					schema: z.object({ plugins: z.array(plugin), total: z.int(), failed_plugins: z.array(failed) }),
				},
			},
			handle: () => {
				const all = plugins.list();
				const left = all.flatMap(({ name, failure }) => {
					const entry = { package_name: name, entry_point_name: name, error_type: "MutoscopeError" };
					return failure === undefined ? [] : [{ ...entry, error_message: failure }];
				});
				return { plugins: all.map(shapeOf), total: all.length, failed_plugins: left };
			},
		}),
		route({
			...shared,
			method: "post",
			path: "/api/v1/plugins",
			role: "admin",
			summary: "Install a plugin",
			description:
				"It is fetched by npm without running any of its scripts, tried in a process of its own, and in the show when this " +
				"answers. A refusal changes nothing.",
			body: add,
			answers: { 200: { description: "It is there.", schema: done.extend({ plugin }) } },
			handle: async ({ body }) => {
				const { editable, upgrade, force } = body;
				const added = await plugins.add(body.package, { editable, upgrade: upgrade || force });
				return { success: true, message: `${added.name} ${added.version} is installed.`, plugin: shapeOf(added) };
			},
		}),
		route({
			...shared,
			method: "delete",
			path: "/api/v1/plugins/{name}",
			role: "admin",
			summary: "Remove a plugin",
			description: "A session whose pipeline goes with it plays the first that there is.",
			params: named,
			answers: {
				200: { description: "It is gone.", schema: done.extend({ unloaded_pipelines: z.array(z.string()) }) },
			},
			handle: async ({ params }) => {
				const removed = await plugins.remove(params.name);
				return { success: true, message: `${removed.name} is removed.`, unloaded_pipelines: idsOf(removed) };
			},
		}),
		route({
			...shared,
			method: "post",
			path: "/api/v1/plugins/{name}/reload",
			role: "admin",
			summary: "Reload a plugin",
			description:
				"An editable one is read anew, another is installed again. The new one begins beside the old and takes over between " +
				"two frames; parameters stay.",
			params: named,
			body: z.looseObject({ force: z.boolean().optional() }),
			bodyOptional: true,
			answers: {
				200: {
					description: "The new one plays.",
					schema: done.extend({
						reloaded_pipelines: z.array(z.string()),
						added_pipelines: z.array(z.string()),
						removed_pipelines: z.array(z.string()),
					}),
				},
			},
			handle: async ({ params }) => {
				const last = plugins.list().find(({ name }) => name === params.name);
				const before = new Set(last ? idsOf(last) : []);
				const next = await plugins.reload(params.name);
				const after = new Set(idsOf(next));
				return {
					success: true,
					message: `${next.name} ${next.version} is reloaded.`,
					reloaded_pipelines: [...after].filter((id) => before.has(id)),
					added_pipelines: [...after].filter((id) => !before.has(id)),
					removed_pipelines: [...before].filter((id) => !after.has(id)),
				};
			},
		}),
	];
}

function idsOf({ pipelines }: PluginOffer): string[] {
	return pipelines.map(({ id }) => id);
}

function shapeOf({ spec, editablePath, pipelines, permissions, plugins, bridges, failure: _, ...said }: PluginOffer) {
	return {
		...said,
		editable: editablePath !== undefined,
		editable_path: editablePath ?? null,
		package_spec: spec ?? null,
		bundled: said.source === "bundled",
		permissions: [...permissions],
		plugins: [...plugins],
		pipelines: pipelines.map(({ id, title }) => ({ pipeline_id: id, pipeline_name: title })),
		bridges: [...bridges],
		latest_version: null,
		update_available: null,
		kind: null,
		origin: "local",
	};
}
