import { setTimeout } from "node:timers/promises";
import { defineBridge, definePipeline, definePlugin, type Frame, type MutoscopeError } from "mutoscope/sdk";
import * as z from "zod";

/** A grey that can be turned, 60 times a second, and everything that can go wrong with it. */
const lampParams = z.object({
	level: z.number().min(0).max(255).default(10),
	stuck: z.boolean().default(false).meta({ trigger: true }),
	rude: z.boolean().default(false).meta({ trigger: true }),
	late: z.boolean().default(false).meta({ trigger: true }),
});

export const lamp = definePipeline({
	id: "lamp",
	title: "Lamp",
	description: "One grey.",
	source: "A test.",
	modes: ["text"],
	params: lampParams,
	async open({ frame }) {
		process.stdout.write("the lamp is on\n");
		return {
			rate: () => 60,
			generate(_input, { level, stuck, rude, late }) {
				while (stuck);
				if (late) setImmediate(() => void Promise.reject(new Error("out of nowhere")));
				if (rude) for (const message of ["nonsense", { type: "applied" }, null, 7]) process.send?.(message);
				const made = frame({ width: 64, height: 36 });
				made.data.fill(level);
				return { frames: [made] };
			},
			[Symbol.asyncDispose]: async () => {},
		};
	},
});

/** Leaves the building as soon as it is let in. */
export const quitter = definePipeline({
	...lamp,
	id: "quitter",
	async open() {
		process.stderr.write("Error: no place for me here\n");
		process.exit(3);
	},
});

/** Throws for no reason that it could name. */
export const thrower = definePipeline({
	...lamp,
	id: "thrower",
	open: () => Promise.reject(new Error("I cannot")),
});

/** Brings the lamp, under another name. */
export const bringer = definePlugin({
	id: "bringer",
	title: "Bringer",
	description: "Brings a pipeline.",
	pipelines: [definePipeline({ ...lamp, id: "brought" })],
});

/** Fails at the first frame. */
export const clumsy = definePlugin({
	id: "clumsy",
	title: "Clumsy",
	description: "Drops what it is given.",
	tap({ hooks }) {
		hooks.frameOut.tap("clumsy", () => {
			throw new Error("oops");
		});
	},
});

/** A source that counts in its level, a sink that tells what it is given, and a service that answers. */
export const desk = defineBridge({
	id: "desk",
	title: "Desk",
	description: "For tests.",
	source: {
		params: z.object({
			frames: z.int().min(1).default(1_000_000),
			first: z.int().min(0).max(255).default(0).meta({ apply: "reload" }),
		}),
		async open({ params, frame }) {
			if (params().first === 13) throw new Error("thirteen");
			let count = 0;
			return {
				async next(signal): Promise<Frame | undefined> {
					if (count >= params().frames) return undefined;
					await setTimeout(5, undefined, { signal });
					const made = frame({ width: 16, height: 8 }, { captured: 1000 + count });
					made.data.fill(Math.min(255, params().first + count++));
					return made;
				},
				report: () => ({ count }),
				[Symbol.asyncDispose]: async () => {},
			};
		},
	},
	sink: {
		params: z.object({ name: z.string().default("first").meta({ apply: "reload" }) }),
		async open({ params, log }) {
			const { name } = params();
			log.info(`${name} opened`);
			return {
				async write(frame) {
					using shown = frame;
					log.info(`${name} was given ${shown.data[0]}`);
				},
				[Symbol.asyncDispose]: async () => log.info(`${name} closed`),
			};
		},
	},
	service: {
		async open({ config, output, input, emit, log }) {
			if (config.broken === true) throw new Error("the desk is broken");
			return {
				async call(method, given, signal) {
					if (method === "echo") return given;
					if (method === "crash") process.kill(process.pid, "SIGKILL");
					if (method === "stuck") while (true);
					if (method === "emit") emit("said", given);
					if (method === "wait") await setTimeout(1_000_000, undefined, { signal });
					if (method === "look") {
						const reader = await output(String(given));
						using frame = await reader.next();
						reader.close();
						return frame?.data.slice(0, 4);
					}
					if (method === "feed") {
						const writer = await input(String(given));
						writer.close();
					}
					return null;
				},
				[Symbol.asyncDispose]: async () => log.info("the desk was closed"),
			};
		},
	},
});

/** A sink with a lamp, which turns what it should and what it cannot. */
export const panel = defineBridge({
	id: "panel",
	title: "Panel",
	description: "For tests.",
	sink: {
		params: z.object({
			name: z.string().default("first").meta({ apply: "reload" }),
			lamp: z.string().default("").meta({ readOnly: true }),
		}),
		async open({ session, config, show, turn, log }) {
			show({ "/lamp": `${config.lamp} of ${session}` });
			await turn({ "/level": 7 });
			log.info("turned");
			await turn({ "/nothing": "x" }).catch((error: MutoscopeError) =>
				log.info(`${error.code} ${error.details.address}`),
			);
			return { write: async (frame) => frame.close(), [Symbol.asyncDispose]: async () => {} };
		},
	},
});
