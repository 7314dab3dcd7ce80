import * as z from "zod";
import { MutoscopeError } from "../base/errors.ts";
import type { Caller, Method, Role } from "../control/context.ts";
import { easings } from "../params/ramp.ts";
import type { Backend } from "../server/backend.ts";

const name = z.string().min(1).max(100);
const session = z.object({ session: name });
const preset = z.object({ name });
const curve = z.enum(Object.keys(easings) as (keyof typeof easings)[]).default("linear");

/** What clients may ask for by name over WebSocket and data channel; each does what its REST route does. */
export function methodsOf(backend: Backend): Readonly<Record<string, Method>> {
	const { presets, recordings } = backend;
	return {
		"session.create": method(
			"operator",
			z.object({ name, pipeline: name.optional(), source: name.optional() }),
			(wanted) => backend.createSession(wanted),
		),
		"session.remove": method("operator", session, ({ session }) => backend.removeSession(session)),
		"session.restart": method("operator", session, ({ session }) => backend.restartSession(session)),
		"session.list": method("viewer", z.object({}), () => backend.sessions()),
		"pipeline.list": method("viewer", z.object({}), () => backend.pipelines()),
		"source.list": method("viewer", z.object({}), () => backend.sources()),
		"sink.list": method("viewer", z.object({}), () => backend.sinks()),
		"preset.list": method("viewer", z.object({}), () => presets.list()),
		"preset.save": method("operator", preset.extend({ session: name }), ({ name, session }) =>
			presets.save(name, session),
		),
		"preset.remove": method("operator", preset, ({ name }) => presets.remove(name)),
		"preset.recall": method(
			"operator",
			preset.extend({ session: name.optional(), seconds: z.number().min(0).max(3600).default(0), curve }),
			({ name, ...options }, { origin }) => presets.recall(name, options, origin),
		),
		"recording.list": method("viewer", z.object({}), () => recordings.list()),
		"recording.start": method("operator", session, ({ session }) => recordings.start(session)),
		"recording.stop": method("operator", session, ({ session }) => recordings.stop(session)),
		"recording.remove": method("admin", z.object({ id: name }), ({ id }) => recordings.remove(id)),
	};
}

function method<S extends z.ZodType>(
	role: Role,
	schema: S,
	run: (params: z.output<S>, caller: Caller) => unknown,
): Method {
	return {
		role,
		run: (params, caller) => {
			const checked = schema.safeParse(params);
			if (checked.success) return run(checked.data, caller);
			throw new MutoscopeError("request/invalid", { reason: z.prettifyError(checked.error) }, { cause: checked.error });
		},
	};
}
