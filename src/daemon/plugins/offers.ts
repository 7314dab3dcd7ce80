import type { Description } from "../../contract/describe.ts";
import type { PluginOffer, Plugins } from "../../server/backend.ts";
import type { Catalogue } from "../catalogue.ts";
import type { InstalledPlugins } from "./installed.ts";
import type { Installed } from "./shelf.ts";

/** Plugins as the server offers them: ours, which have our `version`, and those that are installed. */
export function pluginsOf(installed: InstalledPlugins, catalogue: Catalogue, version: string): Plugins {
	const offer = (plugin: Installed) => offerOf(plugin, installed.failure(plugin.name));
	return {
		list: () => [...bundled(catalogue, version), ...installed.list().map(offer)],
		add: async (spec, { editable = false, upgrade = false }) => offer(await installed.add(spec, { editable, upgrade })),
		remove: async (name) => offer(await installed.remove(name)),
		reload: async (name) => offer(await installed.reload(name)),
	};
}

function bundled(catalogue: Catalogue, version: string): PluginOffer[] {
	const own = [...catalogue.plugins.values()].filter((listed) => listed.package === undefined);
	return own.map(({ guest }) => ({
		name: guest.id,
		version,
		title: guest.title,
		description: guest.description,
		author: "Mutoscope",
		source: "bundled",
		permissions: [],
		...namesOf([guest]),
	}));
}

function offerOf(plugin: Installed, failure: string | undefined): PluginOffer {
	const { name, version, description, author, spec, editable, folder, permissions, guests } = plugin;
	return {
		name,
		version,
		title: guests[0]?.title ?? name,
		description: description || (guests[0]?.description ?? ""),
		author,
		source: sourceOf(spec),
		spec,
		...(editable ? { editablePath: folder } : {}),
		permissions,
		...namesOf(guests),
		...(failure === undefined ? {} : { failure }),
	};
}

function namesOf(guests: readonly Description[]): Pick<PluginOffer, "plugins" | "pipelines" | "bridges"> {
	const all = guests.flatMap((guest) =>
		guest.kind === "plugin" ? [guest, ...guest.pipelines, ...guest.bridges] : [guest],
	);
	return {
		plugins: all.filter(({ kind }) => kind === "plugin").map(({ id }) => id),
		pipelines: all.filter(({ kind }) => kind === "pipeline").map(({ id, title }) => ({ id, title })),
		bridges: all.filter(({ kind }) => kind === "bridge").map(({ id }) => id),
	};
}

function sourceOf(spec: string): PluginOffer["source"] {
	if (/^(git[+:@]|github:|gitlab:|bitbucket:)|\.git(#|$)/.test(spec)) return "git";
	return /^(\.|\/|~|[A-Za-z]:[\\/]|file:)/.test(spec) ? "local" : "npm";
}
