import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ErrorBody, fromBody, MutoscopeError } from "./base/errors.ts";
import { type Config, stateFolder } from "./config.ts";
import type { Catalogue } from "./daemon/catalogue.ts";
import { InstalledPlugins } from "./daemon/plugins/installed.ts";
import { pluginsOf } from "./daemon/plugins/offers.ts";
import { adminToken } from "./daemon/token.ts";
import { createLog, lineWriter } from "./log.ts";
import { createPlugin } from "./plugin-template.ts";
import type { PluginOffer } from "./server/backend.ts";
import { type Arguments, say, Usage } from "./usage.ts";

/** What the plugin commands need. */
export interface PluginCommand {
	readonly config: Config;
	/** Our own guests. */
	readonly catalogue: Catalogue;
	readonly version: string;
}

/** `mutoscope plugin …`. Asks the daemon if one runs, so that its show follows; otherwise works on its folder. */
export async function runPluginCommand(
	[verb = "list", name, ...rest]: readonly string[],
	values: Arguments,
	own: PluginCommand,
): Promise<number> {
	if (rest.length > 0) throw new Usage(`mutoscope plugin ${verb} does not know what to do with ${rest[0]}.`);
	if (verb === "list") return list(await answerOf(own, "GET", ""));
	if (verb === "test") return test(name ?? ".");
	if (name === undefined) throw new Usage(`mutoscope plugin ${verb} needs the name of a plugin.`);
	if (verb === "create") return say(createPlugin(name));
	if (verb === "add") {
		const { link: editable = false, upgrade = false } = values;
		const wanted = { package: specOf(name, editable), editable, upgrade };
		return say(((await answerOf(own, "POST", "", wanted)) as { message: string }).message);
	}
	const path = `/${encodeURIComponent(name)}`;
	if (verb === "remove") return say(((await answerOf(own, "DELETE", path)) as { message: string }).message);
	if (verb === "reload")
		return say(((await answerOf(own, "POST", `${path}/reload`, {})) as { message: string }).message);
	throw new Usage(`There is no command plugin ${verb}: add, list, remove, reload, create, test.`);
}

/** A folder or file here is named in full: the daemon is at home elsewhere. */
function specOf(name: string, editable: boolean): string {
	const local = editable || /^\.{0,2}[\\/]|^\.{1,2}$/.test(name) || (!name.includes("@") && existsSync(name));
	return local ? resolve(name) : name;
}

interface Listed {
	readonly plugins: readonly {
		readonly name: string;
		readonly version: string;
		readonly source: string;
		readonly description: string;
		readonly editable_path: string | null;
		readonly package_spec: string | null;
	}[];
	readonly failed_plugins: readonly { readonly package_name: string; readonly error_message: string }[];
}

function list(answer: unknown): number {
	const { plugins, failed_plugins: failed } = answer as Listed;
	const width = Math.max(...plugins.map(({ name, version }) => name.length + version.length + 1));
	for (const { name, version, source, description, editable_path: path, package_spec: spec } of plugins) {
		const from = source === "bundled" ? "comes with Mutoscope" : (path ?? spec ?? source);
		say(`${`${name} ${version}`.padEnd(width)}  ${description}\n${" ".repeat(width)}  ${from}`);
		const left = failed.find((one) => one.package_name === name);
		if (left) say(`${" ".repeat(width)}  left out: ${left.error_message}`);
	}
	return 0;
}

/** Runs the tests of a plugin's folder on our Node, where `mutoscope/…` leads to this very program. */
function test(folder: string): number {
	const source = import.meta.url.endsWith(".ts");
	const welcome = new URL(source ? "host/welcome.ts" : "host/welcome.js", import.meta.url).href;
	const flags = [...(source ? ["--conditions=mutoscope:source"] : []), "--import", welcome];
	const args = [...flags, "--test", "--test-isolation=none"];
	return spawnSync(process.execPath, args, { cwd: resolve(folder), stdio: "inherit" }).status ?? 1;
}

/** What the route answers, of the daemon that runs or without one. */
async function answerOf(own: PluginCommand, method: string, path: string, body?: Wanted): Promise<unknown> {
	const { config } = own;
	const { port } = config.http;
	const token = await adminToken(stateFolder(config));
	const headers = { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) };
	const request = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
	const address = `http://127.0.0.1:${port}/api/v1/plugins${path}`;
	const answer = port === 0 ? undefined : await fetch(address, request).catch(() => undefined);
	if (!answer) return alone(own, method, path, body);
	if (answer.ok) return answer.json();
	const refused = (await answer.json().catch(() => undefined)) as ErrorBody | undefined;
	if (answer.status !== 401 && refused?.code) throw fromBody(refused);
	throw new MutoscopeError("server/not-running", { port, reason: `another one answers there, with ${answer.status}` });
}

interface Wanted {
	readonly package?: string;
	readonly editable?: boolean;
	readonly upgrade?: boolean;
}

/** The same without a daemon: what is changed is there when one starts. */
async function alone(own: PluginCommand, method: string, path: string, body: Wanted = {}): Promise<unknown> {
	const { config, catalogue, version } = own;
	const log = createLog(lineWriter(process.stderr, config.log.level, config.log.format));
	const folder = join(stateFolder(config), "plugins");
	const installed = new InstalledPlugins({ folder, catalogue, log, changed: async () => {} });
	installed.open();
	const plugins = pluginsOf(installed, catalogue, version);
	const [, name = "", again] = path.split("/").map(decodeURIComponent);
	if (method === "GET") return listed(plugins.list());
	if (method === "DELETE") return { message: `${(await plugins.remove(name)).name} is removed.` };
	const found = again ? await plugins.reload(name) : await plugins.add(body.package ?? "", body);
	return { message: `${found.name} ${found.version} is ${again ? "reloaded" : "installed"}.` };
}

function listed(plugins: readonly PluginOffer[]): Listed {
	return {
		plugins: plugins.map(({ spec, editablePath, ...said }) => {
			return { ...said, editable_path: editablePath ?? null, package_spec: spec ?? null };
		}),
		failed_plugins: plugins.flatMap(({ name, failure }) => {
			return failure === undefined ? [] : [{ package_name: name, error_message: failure }];
		}),
	};
}
