import { MODEL_ERRORS } from "./model-errors.ts";

interface ErrorEntry {
	/** HTTP status of a response that carries this error. */
	readonly status: number;
	/** A sentence for the user, with `{holes}`. */
	readonly message: string;
	/** What to do about it. */
	readonly hint?: string;
}

/** Every error we raise on purpose. A code is a promise: never renamed, never reused. */
export const ERRORS = {
	...MODEL_ERRORS,
	"param/unknown": {
		status: 404,
		message: "There is no parameter at {address}.",
		hint: "GET /api/v1/params lists every address.",
	},
	"param/invalid": { status: 422, message: "{address} cannot be {value}: {reason}." },
	"param/read-only": { status: 403, message: "{address} can be read but not set." },
	"param/clash": { status: 500, message: "Two parameters claim the address {address}." },
	"param/stale": {
		status: 412,
		message: "It was changed meanwhile, in revision {revision}.",
		hint: "Read it again, or send without If-Match.",
	},
	"request/invalid": { status: 422, message: "The request is not valid: {reason}." },
	"request/too-large": { status: 413, message: "The request is larger than {limit} bytes." },
	"request/not-found": { status: 404, message: "There is nothing at {path}." },
	"request/too-many": { status: 429, message: "Too many requests: {reason}.", hint: "Send less often." },
	"request/invalid-field": { status: 422, message: "{field} is not valid: {reason}." },
	"request/malformed": { status: 400, message: "The request cannot be read: {reason}." },
	"request/type": { status: 415, message: "A body of the type {type} is not read here; send {expected}." },
	"request/method": { status: 405, message: "{path} does not answer to {method}." },
	"request/range": { status: 416, message: "There are only {size} bytes." },
	"auth/required": {
		status: 401,
		message: "This needs a token.",
		hint: "Run `mutoscope token`, or open the link that the daemon printed when it started.",
	},
	"auth/forbidden": { status: 403, message: "The role {role} may not do this; it needs {needed}." },
	"auth/no-link": { status: 404, message: "There is no link {link}.", hint: "GET /api/v1/links lists them." },
	"auth/link-used": {
		status: 401,
		message: "This link has been used, or is too old.",
		hint: "Run `mutoscope link` for a new one.",
	},
	"auth/host": {
		status: 421,
		message: "This daemon does not answer to the host {host}.",
		hint: "Add it to `http.hosts` in the config file.",
	},
	"auth/origin": {
		status: 403,
		message: "Pages from {origin} may not talk to this daemon.",
		hint: "Add the origin to `http.origins` in the config file.",
	},
	"session/unknown": { status: 404, message: "There is no session called {session}." },
	"session/exists": { status: 409, message: "A session called {session} runs already." },
	"session/not-ready": { status: 503, message: "The session {session} shows no pictures yet: {reason}." },
	"session/failed": { status: 500, message: "The session {session} failed: {reason}." },
	"pipeline/unknown": { status: 404, message: "There is no pipeline called {pipeline}." },
	"pipeline/failed": { status: 500, message: "The pipeline {pipeline} failed: {reason}." },
	"pipeline/memory": {
		status: 507,
		message: "The pipeline {pipeline} needs {needed} of {place} memory, and {free} are free.",
		hint: "Choose a smaller size or a smaller model, close other programs, or end another session.",
	},
	"artifact/missing": {
		status: 409,
		message: "{file} of {repo} is not on this machine.",
		hint: "Run `mutoscope models download`, or press Download on the page.",
	},
	"wan/config": { status: 422, message: "{file} does not describe a Wan transformer: {reason}." },
	"artifact/unknown": {
		status: 404,
		message: "{file} of {repo} is not to be had at {host}.",
		hint: "The repository may have moved: set a mirror in `models.endpoints`, or put the file in place by hand.",
	},
	"artifact/forbidden": {
		status: 403,
		message: "{host} does not hand out {file} of {repo}.",
		hint: "Set HF_TOKEN (or CIVITAI_TOKEN), and accept the model's terms on its page.",
	},
	"artifact/unreachable": {
		status: 503,
		message: "{file} of {repo} could not be fetched: {reason}.",
		hint: "What has arrived is kept: the next try goes on from there.",
	},
	"artifact/corrupt": {
		status: 502,
		message: "What arrived as {file} of {repo} is not that file: {reason}.",
		hint: "It was thrown away. Try again, or another mirror.",
	},
	"artifact/no-space": {
		status: 507,
		message: "{file} needs {needed} on the disk of {folder}, and {free} are free.",
		hint: "Free some space, or set `folders.models` to another disk.",
	},
	"artifact/busy": { status: 409, message: "{file} of {repo} is being fetched by process {pid}." },
	"artifact/invalid": { status: 422, message: "{file} of {repo} cannot be had: {reason}." },
	"plugin/unknown": { status: 404, message: "There is no plugin called {plugin}." },
	"plugin/failed": {
		status: 500,
		message: "The plugin {plugin} failed in {hook} and was switched off: {reason}.",
		hint: "Switch it on again once it is mended.",
	},
	"plugin/invalid": {
		status: 422,
		message: "{plugin} is not a plugin of Mutoscope: {reason}.",
		hint: "docs/guide/plugins.md says what a plugin's package.json must have.",
	},
	"plugin/not-installed": {
		status: 422,
		message: "{plugin} could not be installed: {reason}.",
		hint: "See that the name, address or folder is right, and that this machine reaches it.",
	},
	"plugin/not-loaded": {
		status: 422,
		message: "{plugin} was tried in a process of its own and failed: {reason}.",
		hint: "Nothing was changed. Mend it, or tell its author.",
	},
	"plugin/exists": {
		status: 409,
		message: "The plugin {plugin} is installed already.",
		hint: "Add it with --upgrade (`upgrade: true`) to put another version in its place.",
	},
	"plugin/clash": {
		status: 409,
		message: "{plugin} cannot be added: there is something called {guest} already.",
		hint: "Remove what brought it, or ask the author for another name.",
	},
	"plugin/bundled": { status: 409, message: "{plugin} comes with Mutoscope: it is neither removed nor reloaded." },
	"guest/invalid": { status: 500, message: "{module} is not a guest of Mutoscope: {reason}." },
	"bridge/unknown": { status: 404, message: "There is no bridge called {bridge}." },
	"bridge/unavailable": {
		status: 503,
		message: "{bridge} is not available: {reason}.",
		hint: "Run `mutoscope doctor`.",
	},
	"source/unreadable": { status: 422, message: "{source} cannot be read: {reason}." },
	"sink/unknown": { status: 404, message: "There is no sink called {sink}." },
	"process/crashed": { status: 503, message: "The {process} process ended: {reason}.", hint: "It is being restarted." },
	"process/quarantined": {
		status: 503,
		message: "The {process} process keeps failing and was stopped: {reason}.",
		hint: "Start it again once the cause is gone.",
	},
	"process/timeout": { status: 504, message: "The {process} process did not answer within {seconds} s." },
	"client/unreachable": {
		status: 503,
		message: "The daemon could not be asked: {reason}.",
		hint: "See that it runs; the client connects again by itself.",
	},
	"ring/unknown": { status: 404, message: "There is no ring called {ring}." },
	"ring/exists": { status: 409, message: "The ring {ring} belongs to the running process {pid}." },
	"ring/taken": { status: 409, message: "The ring {ring} is written by the process {pid} now." },
	"ring/invalid": { status: 422, message: "{ring} is not a Mutoscope ring: {reason}." },
	"ring/too-large": {
		status: 413,
		message: "A frame of {bytes} bytes does not fit the ring {ring}, which holds {limit}.",
	},
	"ring/no-memory": {
		status: 507,
		message: "There is no shared memory left for the ring {ring}: {reason}.",
		hint: "Close programs, or give /dev/shm more room.",
	},
	"tokenizer/invalid": {
		status: 500,
		message: "The tokenizer cannot be used: {reason}.",
		hint: "Fetch the tokenizer.json of google/umt5-xxl again.",
	},
	"wan/token": {
		status: 500,
		message: "The text encoder has no token {id}: it knows {count}.",
		hint: "The tokenizer and the text encoder have to be of one model.",
	},
	"system/unsupported": { status: 501, message: "{feature} is not available on {platform}: {reason}." },
	"config/invalid": { status: 500, message: "The config file {path} is not valid: {reason}." },
	"storage/failed": { status: 507, message: "{path} could not be written: {reason}." },
	"server/not-running": {
		status: 503,
		message: "There is no daemon of yours on port {port}: {reason}.",
		hint: "Start one with `npm start`, or name its --port and --state.",
	},
	"server/port-taken": {
		status: 500,
		message: "Port {port} is in use by another program.",
		hint: "Set another with --port, or stop that program.",
	},
	"server/address": {
		status: 500,
		message: "The address {host} cannot be listened on: {reason}.",
		hint: "Set `http.host` in the config file.",
	},
	"server/no-page": {
		status: 503,
		message: "The page was not built.",
		hint: "Run `npm run prepare` in Mutoscope's folder.",
	},
	"server/bad-answer": { status: 502, message: "The {process} process gave an answer that makes no sense: {reason}." },
	"server/internal": { status: 500, message: "Something went wrong inside.", hint: "The log says more." },
	"preset/unknown": { status: 404, message: "There is no preset called {preset}." },
	"recording/unknown": { status: 404, message: "There is no recording called {recording}." },
	"recording/failed": { status: 507, message: "The recording {recording} stopped: {reason}." },
	"webrtc/invalid-offer": { status: 422, message: "The offer cannot be answered: {reason}." },
	"webrtc/unknown-peer": { status: 404, message: "There is no WebRTC session {peer}." },
	"webrtc/unknown-channel": { status: 404, message: "There is no open data channel {channel}." },
	"webrtc/precondition": { status: 428, message: "A PATCH needs an If-Match header." },
	"webrtc/stale": { status: 412, message: "The ETag does not match this session any more." },
	"webrtc/busy": { status: 503, message: "No further viewer can be served: {reason}." },
	"lora/file": {
		status: 422,
		message: "The LoRA {file} cannot be used: {reason}.",
		hint: "It has to be a low-rank adapter for the model that is loaded: Wan 2.1, of the same size.",
	},
	"osc/malformed": { status: 400, message: "The OSC packet is malformed at byte {offset}: {reason}." },
} as const satisfies Record<string, ErrorEntry>;

/** The name of an error: `area/what-went-wrong`. */
export type ErrorCode = keyof typeof ERRORS;

type Holes<S extends string> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;

/** What must be told to raise `C`: one value for each hole in its sentence. */
export type ErrorDetails<C extends ErrorCode> = Readonly<Record<Holes<(typeof ERRORS)[C]["message"]>, string | number>>;

/** An error as it is sent: over HTTP, WebSocket, IPC. */
export interface ErrorBody {
	readonly code: string;
	readonly message: string;
	readonly details: Readonly<Record<string, string | number>>;
	readonly hint?: string;
}

/** An error raised on purpose: a code to switch on, a sentence to read, a hint what to do. */
export class MutoscopeError<C extends ErrorCode = ErrorCode> extends Error {
	override readonly name = "MutoscopeError";
	readonly code: C;
	readonly details: Readonly<Record<string, string | number>>;
	/** HTTP status. */
	readonly status: number;
	readonly hint: string | undefined;

	constructor(code: C, details: ErrorDetails<C>, options?: ErrorOptions) {
		const entry: ErrorEntry = ERRORS[code];
		const values: Readonly<Record<string, string | number>> = details;
		super(
			entry.message.replace(/\{(\w+)\}/g, (_, hole: string) => String(values[hole])),
			options,
		);
		this.code = code;
		this.details = values;
		this.status = entry.status;
		this.hint = entry.hint;
	}

	/** The body that is sent to whoever caused it. */
	toJSON(): ErrorBody {
		const { code, message, details, hint } = this;
		return hint === undefined ? { code, message, details } : { code, message, details, hint };
	}
}

/** The sentence of anything thrown, for logs and for holes named `reason`. */
export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** An error that came over the wire, as an error again. A code we do not know becomes a plain `Error`. */
export function fromBody(body: ErrorBody): Error {
	if (!(body.code in ERRORS)) return new Error(body.message);
	return new MutoscopeError(body.code as ErrorCode, body.details as never);
}
