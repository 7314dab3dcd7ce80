import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { MutoscopeError } from "../../../src/base/errors.ts";
import type { Log } from "../../../src/base/log.ts";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import { ParamStore } from "../../../src/params/store.ts";
import type { LoraFile } from "../../../src/protocol/lora.ts";
import type { DownloadStatus, SessionStatus } from "../../../src/protocol/messages.ts";
import { type App, type AppOptions, createApp } from "../../../src/server/app.ts";
import type { Backend, PluginOffer, Preset, Recording } from "../../../src/server/backend.ts";
import { type RuleOptions, type Rules, rulesOf } from "../../../src/server/guard.ts";
import type { Loras, Models } from "../../../src/server/models.ts";
import { Tokens } from "../../../src/server/tokens.ts";

/** The secret of tests. */
export const SECRET = "a-secret-that-nobody-guesses";

const slot = z.object({ text: z.string().max(2000).default(""), weight: z.number().min(0).max(2).default(0) });
const cells = z.object({
	prompt: z
		.array(slot)
		.max(2)
		.default([{ text: "a lake", weight: 1 }])
		.meta({ itself: "text", address: "prompt" }),
	rule: z.enum(["life", "seeds", "highlife"]).default("life").meta({ label: "Rule" }),
	density: z.number().min(0).max(1).default(0.3).meta({ label: "Density", modulate: true }),
	cellSize: z.int().min(1).max(64).default(4).meta({ label: "Cell size", unit: "px", apply: "reload" }),
	noise: z.object({ scale: z.number().min(0).max(1).default(0.7) }).default({ scale: 0.7 }),
	clear: z.boolean().default(false).meta({ trigger: true, label: "Clear" }),
	generation: z.int().default(0).meta({ readOnly: true }),
});
const session = z.object({ pipeline: z.enum(["cells", "mirror"]).default("cells") });
const transport = z.object({ paused: z.boolean().default(false) });
const source = z.object({ kind: z.enum(["none", "test-card", "file"]).default("none") });

/** A quiet log. */
export const quiet: Log & { lines: string[] } = {
	lines: [],
	debug: () => {},
	info: (message) => void quiet.lines.push(message),
	warn: (message) => void quiet.lines.push(message),
	error: (message) => void quiet.lines.push(message),
	with: () => quiet,
};

/** A grey JPEG of 16 × 16. */
export const JPEG = Uint8Array.from(
	Buffer.from(
		"/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg8PEc8R1JSUlJSUmFaYWVlZWFhYWFlZWVsbGx/f39sbGxlZWxseHh/f4qOioODf4OOjpaWlrS0rKzS0tn/////xABKAAEAAAAAAAAAAAAAAAAAAAAAAQEAAAAAAAAAAAAAAAAAAAAAEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgAEAAQAwEiAAIRAAMRAP/aAAwDAQACEQMRAD8AAA//2Q==",
		"base64",
	),
);

/** A LoRA that is there. */
const LORA: LoraFile = {
	name: "film-noir",
	path: "/models/lora/film-noir.safetensors",
	bytes: 12_340_000,
	folder: "",
	sha256: "a".repeat(64),
	provenance: { source: "local" },
};

/** A daemon of one session without processes: real parameters, remembered calls. */
export class FakeBackend implements Backend, Disposable {
	readonly version = "0.0.0-test";
	readonly started = 1_790_000_000;
	readonly store = new ParamStore();
	/** Everything that was asked for, oldest first. */
	readonly calls: unknown[][] = [];
	readonly #folder = mkdtempSync(join(tmpdir(), "mutoscope-server-"));
	readonly #sessions = new Map<string, SessionStatus>();
	readonly #presets = new Map<string, Preset>();
	readonly #recordings: Recording[] = [];
	/** What a still is; may be replaced. */
	picture: (signal: AbortSignal) => Promise<Uint8Array> = async () => JPEG;
	/** What the WebRTC service answers; may be replaced. */
	answerer: (method: string, input: unknown) => unknown = (method) => {
		if (method === "offer") return { id: "peer-1", sdp: "v=0\r\nanswer\r\n", etag: "e1", iceServers: [] };
		return method === "iceServers" ? [{ urls: "stun:stun.example:3478" }] : undefined;
	};

	constructor() {
		this.store.mount("/main", jsonSchemaOf(cells));
		this.store.mount("/main/session", jsonSchemaOf(session));
		this.store.mount("/main/transport", jsonSchemaOf(transport));
		this.store.mount("/main/source", jsonSchemaOf(source));
		this.store.mount("/main/stage/mirror", jsonSchemaOf(z.object({ enabled: z.boolean().default(false) })));
		this.#sessions.set("main", sessionOf("main"));
	}

	/** Changes what a session says of itself. */
	say(name: string, change: Partial<SessionStatus>): void {
		this.#sessions.set(name, { ...sessionOf(name), ...change });
	}

	sessions = () => [...this.#sessions.values()];
	status = () => ({ version: this.version, uptime: 1, sessions: this.sessions(), processes: [], downloads: [] });
	log = () => [
		{ at: 1000, level: "info" as const, message: "started", fields: {} },
		{ at: 2000, level: "warn" as const, message: "slow", fields: { session: "main" } },
	];
	metrics = () => [
		{
			name: "mutoscope_frames_total",
			help: "Frames.",
			type: "counter" as const,
			samples: [{ labels: { session: 'a"b' }, value: 3 }],
		},
	];
	rings = () => ["their-camera"];
	choices = async (source: string) => [`their ${source}`];
	osc = () => ({ host: "127.0.0.1", port: 9000 });
	pipelines = () => [
		{
			id: "cells",
			title: "Cells",
			description: "Cells.",
			source: "Conway 1970",
			modes: ["text" as const],
			schema: jsonSchemaOf(cells),
			usage: [],
			needsFiles: true,
		},
		{
			id: "mirror",
			title: "Mirror",
			description: "As it is.",
			source: "",
			modes: ["video" as const],
			schema: { type: "object", properties: {} },
			usage: ["preprocessor" as const],
			needsFiles: false,
		},
	];
	readonly models: Models = {
		files: (pipeline) => {
			if (!this.pipelines().some(({ id }) => id === pipeline))
				throw new MutoscopeError("pipeline/unknown", { pipeline });
			const missing = { repo: "some/where", file: "weights.pt", state: "missing", needed: true, bytes: 1000 } as const;
			return pipeline === "mirror"
				? { pipeline, downloaded: true, files: [] }
				: { pipeline, downloaded: false, files: [missing], ...(this.download ? { download: this.download } : {}) };
		},
		download: (pipeline, all) => {
			this.calls.push(["download", pipeline, all]);
			if (this.download) throw new MutoscopeError("artifact/busy", { repo: pipeline, file: "Everything", pid: 1 });
			this.download = {
				pipeline,
				state: "running",
				stage: "fetching",
				file: "some/where/weights.pt",
				bytes: 250,
				total: 1000,
				fraction: 0.25,
			};
			return this.download;
		},
		cancel: async (pipeline) => {
			const there = this.download?.pipeline === pipeline;
			this.download = undefined;
			return there;
		},
	};
	download: DownloadStatus | undefined;
	readonly loras: Loras = {
		list: async () => [LORA],
		fetch: async (wish) => {
			this.calls.push(["lora", wish]);
			return LORA;
		},
		remove: async (name) => {
			if (name !== LORA.name) throw new MutoscopeError("artifact/missing", { repo: "lora", file: name });
		},
		describe: async (_name, provenance) => ({ ...LORA, provenance }),
	};
	sources = () => [bridge("none", true), bridge("test-card", true), bridge("ndi", false)];
	sinks = () => [bridge("ndi", false)];

	async createSession(wanted: { name: string }) {
		this.calls.push(["create", wanted]);
		if (this.#sessions.has(wanted.name)) throw new MutoscopeError("session/exists", { session: wanted.name });
		this.#sessions.set(wanted.name, sessionOf(wanted.name));
		return sessionOf(wanted.name);
	}

	async removeSession(name: string) {
		this.calls.push(["remove", name]);
		if (!this.#sessions.delete(name)) throw new MutoscopeError("session/unknown", { session: name });
	}

	async restartSession(name: string) {
		this.calls.push(["restart", name]);
		if (!this.#sessions.has(name)) throw new MutoscopeError("session/unknown", { session: name });
	}

	/** With `frames` set, a change shows in them at once; otherwise never. */
	frames: Record<string, number> | undefined;

	async setParams(changes: Iterable<readonly [string, unknown]>, origin: string, wait?: AbortSignal) {
		this.calls.push(["set", [...changes], origin]);
		const { revision, clamped } = this.store.set(changes, origin);
		return { rev: revision, clamped, ...(wait && this.frames && { frames: this.frames }) };
	}

	async still(name: string, wanted: unknown, signal: AbortSignal) {
		this.calls.push(["still", name, wanted]);
		if (!this.#sessions.has(name)) throw new MutoscopeError("session/unknown", { session: name });
		return this.picture(signal);
	}

	async webrtc(method: string, input: unknown) {
		this.calls.push(["webrtc", method, input]);
		return this.answerer(method, input);
	}

	#plugins: PluginOffer[] = [pluginOf("breathe", "bundled"), pluginOf("trails", "npm", { spec: "trails@^1" })];

	plugins = {
		list: () => this.#plugins,
		add: async (spec: string, options: unknown) => {
			this.calls.push(["plugin add", spec, options]);
			if (spec === "nothing") throw new MutoscopeError("plugin/not-installed", { plugin: spec, reason: "404" });
			const added = pluginOf("tint", "local", { spec });
			this.#plugins.push(added);
			return added;
		},
		remove: async (name: string) => {
			const removed = this.#plugin(name);
			this.#plugins = this.#plugins.filter((one) => one !== removed);
			return removed;
		},
		reload: async (name: string) => this.#plugin(name),
	};

	#plugin(name: string): PluginOffer {
		const found = this.#plugins.find((one) => one.name === name);
		if (!found) throw new MutoscopeError("plugin/unknown", { plugin: name });
		if (found.source === "bundled") throw new MutoscopeError("plugin/bundled", { plugin: name });
		return found;
	}

	presets = {
		list: async () => [...this.#presets.values()],
		get: async (name: string) => this.#preset(name),
		save: async (name: string, session: string) => {
			const preset = { name, session, saved: 1, values: this.store.save(`/${session}`) };
			this.#presets.set(name, preset);
			return preset;
		},
		remove: async (name: string) => {
			this.#preset(name);
			this.#presets.delete(name);
		},
		recall: async (name: string, options: unknown) => {
			this.calls.push(["recall", this.#preset(name).name, options]);
			return { rev: this.store.revision, clamped: {} };
		},
	};

	recordings = {
		list: () => this.#recordings,
		start: async (session: string) => {
			const running = this.#recordings.find((one) => one.session === session && one.running);
			if (running) return running;
			const recording = { id: `${session}-1.mp4`, session, bytes: 10, modified: 1, running: true };
			writeFileSync(join(this.#folder, recording.id), "0123456789");
			this.#recordings.unshift(recording);
			return recording;
		},
		stop: async (session: string) => {
			const at = this.#recordings.findIndex((one) => one.session === session && one.running);
			const running = this.#recordings[at];
			if (!running) return undefined;
			const ended = { ...running, running: false };
			this.#recordings[at] = ended;
			return ended;
		},
		path: (id: string) => {
			if (!this.#recordings.some((one) => one.id === id))
				throw new MutoscopeError("recording/unknown", { recording: id });
			return join(this.#folder, id);
		},
		remove: (id: string) =>
			void this.#recordings.splice(
				this.#recordings.findIndex((one) => one.id === id),
				1,
			),
	};

	[Symbol.dispose](): void {
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#preset(name: string): Preset {
		const preset = this.#presets.get(name);
		if (!preset) throw new MutoscopeError("preset/unknown", { preset: name });
		return preset;
	}
}

/** A server without a socket, at `http://127.0.0.1:8000`, and what it is made of. */
export interface Served extends Disposable {
	readonly app: App;
	readonly backend: FakeBackend;
	readonly tokens: Tokens;
	readonly rules: Rules;
	/** Asks with a token: the admin's unless another is given, none with `null`. */
	ask(path: string, init?: RequestInit & { json?: unknown; token?: string | null }): Promise<Response>;
}

/** Makes a server without a socket. */
export function serve(options: Partial<RuleOptions> & Partial<Pick<AppOptions, "ui" | "ration" | "now">> = {}): Served {
	const backend = new FakeBackend();
	const tokens = options.tokens ?? new Tokens(SECRET);
	const rules = rulesOf({ port: 8000, ...options, tokens });
	const { ui = "/nowhere", ration = { rate: 1e6, burst: 1e6 }, now } = options;
	const app = createApp({ backend, rules, ui, ration, log: quiet, ...(now && { now }) });
	return {
		app,
		backend,
		tokens,
		rules,
		ask: async (path, { json, token = SECRET, ...init } = {}) => {
			const headers = new Headers(init.headers);
			if (token !== null) headers.set("authorization", `Bearer ${token}`);
			if (json !== undefined) headers.set("content-type", "application/json");
			const body = json === undefined ? init.body : JSON.stringify(json);
			return app.request(`http://127.0.0.1:8000${path}`, { ...init, headers, ...(body !== undefined && { body }) });
		},
		[Symbol.dispose]: () => {
			app.close();
			backend[Symbol.dispose]();
		},
	};
}

/** The code of an error that was answered. */
export async function codeOf(response: Response): Promise<string> {
	return ((await response.json()) as { code: string }).code;
}

function pluginOf(name: string, source: PluginOffer["source"], more: Partial<PluginOffer> = {}): PluginOffer {
	return {
		name,
		version: "1.0.0",
		title: name,
		description: `${name}.`,
		author: "",
		source,
		permissions: [],
		plugins: [name],
		pipelines: [{ id: `${name}-cells`, title: "Cells" }],
		bridges: [],
		...more,
	};
}

function bridge(id: string, available: boolean) {
	const reason = available ? undefined : "the runtime is not installed";
	return { id, title: id, description: `${id}.`, available, reason, schema: { type: "object", properties: {} } };
}

function sessionOf(name: string): SessionStatus {
	return {
		name,
		state: "running",
		pipeline: "cells",
		playing: "cells",
		source: "none",
		width: 512,
		height: 512,
		frame: 100,
		madeFps: 30,
		shownFps: 30,
		dropped: 0,
		restarts: 0,
		viewers: 0,
		recording: false,
		sinks: [],
	};
}
