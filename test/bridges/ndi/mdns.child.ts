import ndi from "../../../bridges/ndi/index.ts";
import { contextOf } from "../open.ts";
import { library, Peer, painted } from "./stage.ts";

/** Run where mDNS is: two programs send, and so do we; each is to find the others. Prints what was found, as JSON. */
const [name = "", ...others] = process.argv.slice(2);
const config = { library };
const params = {
	name,
	groups: "",
	alpha: "auto",
	remote: false,
	program: false,
	preview: false,
	receivers: 0,
} as const;
const { signal } = new AbortController();
const { context } = contextOf<typeof params>(params);
const sink = await ndi.sink?.open({ ...context, config } as never, signal);
const service = await ndi.service?.open(
	{ config, log: context.log, emit: () => {}, output: () => Promise.reject(), input: () => Promise.reject() },
	signal,
);
if (!sink || !service) throw new Error("the bridge has no such parts");
await sink.write(painted(64, 36, () => [1, 2, 3, 255]));

const senders = others.map((other) => new Peer("send", other));
const finder = new Peer("find");
const wanted = [name, ...others];
const has = (names: readonly string[]) => wanted.every((one) => names.some((found) => found.endsWith(`(${one})`)));
const { sources } = await finder.until(({ sources = [] }) => has(sources), true);
let choices: string[] = [];
while (!has(choices)) {
	choices = (await service.call("choices", {}, signal)) as string[];
	await new Promise(setImmediate);
}
process.stdout.write(`${JSON.stringify({ sources, choices })}\n`);
for (const peer of [...senders, finder]) await peer[Symbol.asyncDispose]();
await service[Symbol.asyncDispose]();
await sink[Symbol.asyncDispose]();
