import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { MutoscopeError, reasonOf } from "./base/errors.ts";

const port = z.int().min(0).max(65535);
/** Short, so that `<name>-<session>-in` is a name for shared memory on macOS too, which allows 31 characters. */
export const sessionName = z
	.string()
	.regex(
		/^[a-z][a-z0-9-]{0,11}$/,
		"a name has 1 to 12 lower-case letters, digits and hyphens and begins with a letter",
	);

const iceServer = z.strictObject({
	urls: z.union([z.string(), z.array(z.string())]).describe("`stun:` or `turn:` addresses."),
	username: z.string().optional().describe("User name of a TURN server with fixed credentials."),
	credential: z.string().optional().describe("Password of a TURN server with fixed credentials."),
	secret: z
		.string()
		.optional()
		.describe(
			"Secret shared with a TURN server that makes short-lived credentials of it (coturn `static-auth-secret`).",
		),
});

/** The config file. Every key has a default: an empty file, or none, is a working one. */
export const configSchema = z.strictObject({
	name: sessionName
		.default("mutoscope")
		.describe("Name of this daemon: of its rings in shared memory (`<name>-<session>`) and of its state folder."),
	http: z
		.strictObject({
			host: z.string().default("127.0.0.1").describe("Address that HTTP and WebSocket listen on."),
			port: port.default(8000).describe("Port of HTTP and WebSocket; 0 lets the system choose."),
			hosts: z
				.array(z.string())
				.default([])
				.describe("Further names that browsers may use for this machine, `studio.local:8000`. Others are refused."),
			origins: z
				.array(z.string())
				.default([])
				.describe("Further pages that may talk to the daemon, `https://vj.example`. Others are refused."),
			local: z
				.enum(["viewer", "operator", "admin"])
				.optional()
				.describe(
					"What a program on this machine may do without a token, for clients of Daydream Scope. Pages of other sites stay refused.",
				),
		})
		.prefault({})
		.describe("The page, REST, WebSocket, WHIP and WHEP."),
	osc: z
		.strictObject({
			enabled: z.boolean().default(true).describe("Whether OSC is listened to."),
			host: z.string().default("127.0.0.1").describe("Address that OSC listens on."),
			port: port.default(9000).describe("UDP and TCP port of OSC; 0 lets the system choose."),
			allow: z
				.array(z.string())
				.default([])
				.describe(
					"Further machines whose OSC is obeyed, as addresses or subnets (`192.168.1.0/24`). OSC has no passwords.",
				),
			scope: z.boolean().default(true).describe("Whether Daydream Scope's `/scope/…` addresses are understood too."),
		})
		.prefault({})
		.describe("Open Sound Control."),
	webrtc: z
		.strictObject({
			iceServers: z
				.array(iceServer)
				.default([])
				.describe("STUN and TURN servers. None are needed on one machine or LAN."),
			iceServersUrl: z
				.url()
				.optional()
				.describe(
					"A page that answers `{ iceServers: [...] }` with short-lived credentials; asked again before they end.",
				),
			turnLifetime: z
				.number()
				.min(60)
				.max(604_800)
				.default(3600)
				.describe("Seconds that credentials made from a `secret` hold."),
			iceServersToken: z.string().optional().describe("Sent to `iceServersUrl` as a bearer token."),
			relayOnly: z.boolean().default(false).describe("Offers nothing but TURN relays as a way to reach this machine."),
			addresses: z
				.array(z.string())
				.default([])
				.describe("Further addresses of this machine: the public one behind a one-to-one NAT."),
			ports: z
				.tuple([port, port])
				.optional()
				.describe("First and last UDP port of WebRTC, for firewalls; any if not given."),
			maxPeers: z.int().min(1).max(1000).default(200).describe("How many viewers and cameras at most."),
			maxBitrate: z.number().min(0.1).max(50).default(6).describe("Mb/s at most for one picture."),
			maxWidth: z.int().min(64).max(7680).default(1920).describe("Pixels; wider pictures are scaled down for viewers."),
			maxHeight: z
				.int()
				.min(64)
				.max(4320)
				.default(1080)
				.describe("Pixels; higher pictures are scaled down for viewers."),
			codecs: z
				.array(z.enum(["h264", "vp8", "vp9", "av1"]))
				.min(1)
				.default(["h264", "vp8", "vp9", "av1"])
				.describe(
					"What is sent and received, the preferred one first. VP9 and AV1 are sent only where this machine keeps up.",
				),
		})
		.prefault({})
		.describe("Viewers and cameras by WebRTC."),
	ndi: z
		.strictObject({
			library: z
				.string()
				.optional()
				.describe("The library of the NDI 6 runtime, or the folder it is in; if not given it is looked for."),
			ips: z
				.array(z.string().max(255))
				.max(64)
				.default([])
				.describe("Further machines to ask for sources, by address: those that mDNS does not reach."),
			discovery: z
				.array(z.string().max(255))
				.max(8)
				.default([])
				.describe("NDI discovery servers, `host` or `host:port`. With one, nothing is announced by mDNS."),
			adapters: z
				.array(z.string().max(255))
				.max(16)
				.default([])
				.describe("Addresses of the network adapters to use; all of them if none is given."),
			groups: z
				.array(z.string().max(255))
				.max(16)
				.default([])
				.describe("NDI groups whose sources are seen; the public one if none is given."),
		})
		.prefault({})
		.describe("NDI®, video on the network; see https://ndi.video/."),
	sessions: z
		.array(
			z.strictObject({
				name: sessionName.describe("Name of the session; the first also answers without it."),
				pipeline: z
					.string()
					.optional()
					.describe("Pipeline that it starts with; the model that comes along, `pocket`, if not given."),
				source: z.string().default("none").describe("Kind of source that it starts with."),
			}),
		)
		.min(1)
		.default([{ name: "main", source: "none" }])
		.describe("Sessions of the first start. Later starts bring back what was there."),
	models: z
		.strictObject({
			endpoints: z
				.array(z.url())
				.default([])
				.describe(
					"Hugging Face hub and mirrors, in order; HF_ENDPOINT or huggingface.co unless set. HF_TOKEN is sent to them.",
				),
			civitai: z
				.url()
				.default("https://civitai.com")
				.describe("CivitAI or a mirror, for LoRA files. CIVITAI_TOKEN is sent to it."),
			connections: z.int().min(1).max(16).default(4).describe("Connections at a time for one file."),
			patience: z
				.number()
				.min(1)
				.max(600)
				.default(30)
				.describe("Seconds without a byte after which a connection is given up."),
		})
		.prefault({})
		.describe("Fetching the files that pipelines need."),
	inference: z
		.strictObject({
			provider: z
				.enum(["auto", "cpu", "cuda", "tensorrt", "webgpu", "dml", "coreml"])
				.default("auto")
				.describe(
					"What models compute on; `auto` takes the fastest that works. `mutoscope doctor` says which that is.",
				),
			device: z.int().min(0).default(0).describe("Number of the graphics card, for machines with several."),
			threads: z
				.int()
				.min(1)
				.max(256)
				.optional()
				.describe("Threads of a model that computes on the CPU; half of the logical cores if not given."),
			library: z
				.string()
				.optional()
				.describe("Another build of ONNX Runtime than ours, 1.24 or newer: path of its shared library."),
			options: z
				.record(z.string(), z.string())
				.default({})
				.describe("Settings of the provider by their names in ONNX Runtime's documentation: `gpu_mem_limit`."),
		})
		.prefault({})
		.describe("What models compute on."),
	folders: z
		.strictObject({
			state: z.string().optional().describe("Where last values, presets and the token are kept."),
			recordings: z.string().optional().describe("Where recordings are put."),
			models: z
				.string()
				.optional()
				.describe("Where the files that pipelines need are kept, for every daemon of yours."),
		})
		.prefault({})
		.describe("Folders."),
	log: z
		.strictObject({
			level: z.enum(["debug", "info", "warn", "error"]).default("warn").describe("What is written to the terminal."),
			format: z.enum(["text", "json"]).default("text").describe("Lines for people, or one JSON object a line."),
		})
		.prefault({})
		.describe("The log."),
});

/** The settings of a daemon, complete. */
export type Config = z.output<typeof configSchema>;

/** Settings of bridges, by their ids. */
export function bridgeSettings({ webrtc, ndi }: Config) {
	return { webrtc, ndi };
}

/** What the command line says over the file. */
export interface Overrides {
	readonly port?: number;
	readonly oscPort?: number;
	readonly host?: string;
	readonly state?: string;
	readonly name?: string;
	readonly level?: Config["log"]["level"];
}

/** The file that is read when none is named, if it exists. */
export function defaultConfigPath(env: NodeJS.ProcessEnv = process.env): string {
	return join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "mutoscope", "config.json");
}

/** Reads the config file. A missing one is an empty one unless it was `named`. Throws `config/invalid` with the key. */
export function readConfig(path: string, named: boolean, overrides: Overrides = {}): Config {
	let text = "{}";
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
		if (!missing || named)
			throw new MutoscopeError("config/invalid", { path, reason: reasonOf(error) }, { cause: error });
	}
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch (error) {
		throw new MutoscopeError("config/invalid", { path, reason: reasonOf(error) }, { cause: error });
	}
	const parsed = configSchema.safeParse(raw);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const where = issue?.path.join(".") || "the file";
		throw new MutoscopeError("config/invalid", { path, reason: `${where}: ${issue?.message}` });
	}
	return override(parsed.data, overrides);
}

function override(config: Config, { port, oscPort, host, state, name, level }: Overrides): Config {
	return {
		...config,
		name: name ?? config.name,
		http: { ...config.http, host: host ?? config.http.host, port: port ?? config.http.port },
		osc: { ...config.osc, port: oscPort ?? config.osc.port },
		folders: { ...config.folders, ...(state === undefined ? {} : { state: resolve(state) }) },
		log: { ...config.log, level: level ?? config.log.level },
	};
}

/** Where last values, presets and the token are kept. */
export function stateFolder({ folders, name }: Config, env: NodeJS.ProcessEnv = process.env): string {
	return folders.state ?? join(env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), name);
}

/** Where the files that pipelines need are kept: gigabytes, and the same for every daemon. */
export function modelsFolder({ folders }: Config, env: NodeJS.ProcessEnv = process.env): string {
	return folders.models ?? join(env.XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "mutoscope", "models");
}

/** Where recordings are put. */
export function recordingsFolder(config: Config): string {
	return config.folders.recordings ?? join(stateFolder(config), "recordings");
}
