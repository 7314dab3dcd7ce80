import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { type Client, type ClientEvents, type ConnectOptions, connect } from "../../../src/client/index.ts";
import { FakeDaemon, type FakeOptions } from "./fake-daemon.ts";

const knobs = z.object({
	scale: z.number().min(0).max(2).default(1),
	seed: z.int().min(0).max(9).default(3),
	prompt: z
		.array(z.object({ text: z.string().default(""), weight: z.number().min(0).max(1).default(1) }))
		.max(2)
		.meta({ itself: "text" }),
	reset: z.boolean().default(false).meta({ trigger: true }),
});

const open: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

async function daemon(options: Partial<FakeOptions> = {}): Promise<FakeDaemon> {
	const fake = await new FakeDaemon({ parts: { "/main": knobs }, ...options }).start();
	open.push(() => fake.die());
	return fake;
}

async function client(fake: FakeDaemon, options: ConnectOptions = {}): Promise<Client> {
	const made = connect(fake.url, options);
	open.push(() => made.close());
	await event(made, "connection", ({ state }) => state === "open");
	return made;
}

function event<K extends keyof ClientEvents>(
	client: Client,
	name: K,
	is: (event: ClientEvents[K]) => boolean = () => true,
) {
	return new Promise<ClientEvents[K]>((resolve) => {
		const off = client.on(name, (event) => {
			if (!is(event)) return;
			off();
			resolve(event);
		});
	});
}

function reaches(client: Client, address: string, wanted: unknown): Promise<void> {
	return new Promise((resolve) => {
		const off = client.watch(address, (value) => {
			if (value !== wanted) return;
			queueMicrotask(() => off());
			resolve();
		});
	});
}

/** Resolves once the daemon keeps this value. */
function kept(fake: FakeDaemon, address: string, wanted: unknown): Promise<void> {
	return new Promise((resolve) => {
		const off = fake.store.watch(() => look());
		const look = () => {
			if (fake.store.get(address) !== wanted) return;
			off();
			resolve();
		};
		look();
	});
}

describe("a client", () => {
	test("knows every parameter and value once it is connected, also by alias and without /main", async () => {
		const c = await client(await daemon());
		expect(c.role).toBe("admin");
		expect(c.tree.map(({ address }) => address)).toContain("/main/prompt/2/weight");
		expect(c.value("/main/scale")).toBe(1);
		expect(c.value("/scale")).toBe(1);
		expect(c.param("/prompt")?.address).toBe("/main/prompt/1/text");
	});

	test("sees what it sets at once, and others soon after", async () => {
		const fake = await daemon();
		const [a, b] = [await client(fake), await client(fake)];
		a.set("/scale", 0.5);
		expect(a.value("/main/scale")).toBe(0.5);
		await reaches(b, "/main/scale", 0.5);
	});

	test("sends of a fast fader the newest value only, and ends exactly at the last", async () => {
		const fake = await daemon();
		const c = await client(fake);
		for (let i = 0; i <= 1000; i++) c.set("/main/scale", i / 1000);
		c.set("/main/scale", 0.123);
		await kept(fake, "/main/scale", 0.123);
		expect(fake.heard.filter(({ op }) => op === "set").length).toBeLessThan(5);
		expect(fake.store.get("/main/scale")).toBe(0.123);
	});

	test("what it holds is not moved by what another sent before", async () => {
		const fake = await daemon();
		const c = await client(fake);
		c.set("/main/scale", 0.25);
		fake.store.set([["/main/scale", 1.5]], "osc");
		await kept(fake, "/main/scale", 0.25);
		await c.get(["/main/scale"]);
		expect(c.value("/main/scale")).toBe(0.25);
	});

	test("what another sends after it counts", async () => {
		const fake = await daemon();
		const c = await client(fake);
		fake.store.watch(({ origin }) => {
			if (origin !== "osc") queueMicrotask(() => fake.store.set([["/main/scale", 1.5]], "osc"));
		});
		c.set("/main/scale", 0.25);
		await reaches(c, "/main/scale", 1.5);
		await c.get([]);
		expect(c.value("/main/scale")).toBe(1.5);
	});

	test("takes over the value that a clamped one was kept as", async () => {
		const c = await client(await daemon());
		c.set("/main/scale", 7);
		await reaches(c, "/main/scale", 2);
		expect((await c.change({ "/main/scale": -7 })).clamped).toEqual({ "/main/scale": 0 });
		expect(c.value("/main/scale")).toBe(0);
	});

	test("tells what was refused, puts it back, and keeps what was sent with it", async () => {
		const fake = await daemon();
		const c = await client(fake);
		const refused = event(c, "refused");
		c.set("/main/seed", "no number");
		c.set("/main/scale", 0.75);
		expect(await refused).toMatchObject({ addresses: ["/main/seed"], error: { code: "param/invalid" } });
		await reaches(c, "/main/seed", 3);
		await kept(fake, "/main/scale", 0.75);
	});

	test("hears of triggers that others fire, and fires its own", async () => {
		const fake = await daemon();
		const [a, b] = [await client(fake), await client(fake)];
		const fired = event(b, "fired");
		a.fire("/reset");
		expect(await fired).toEqual(["/main/reset"]);
	});

	test("is told in which frame a batch became visible", async () => {
		const c = await client(await daemon());
		const applied = event(c, "applied");
		const ack = await c.batch([
			{ op: "set", values: { "/main/scale": 0.5 } },
			{ op: "set", values: { "/main/seed": 7 } },
		]);
		expect(await applied).toEqual({ id: ack.id, session: "main", frame: ack.rev * 2 });
		expect(c.value("/main/seed")).toBe(7);
	});

	test("gets the answer of a call, or the reason why not", async () => {
		const c = await client(await daemon({ call: (method, params) => ({ method, ...params }) }));
		expect(await c.call("preset.save", { name: "a" })).toEqual({ method: "preset.save", name: "a" });
		await expect(c.change({ "/main/nothing": 1 })).rejects.toMatchObject({ code: "param/unknown" });
	});

	test("learns of parameters that come and go", async () => {
		const fake = await daemon();
		const c = await client(fake);
		const tree = event(c, "tree");
		fake.store.mount("/main/plugin/breathe", {
			type: "object",
			properties: { depth: { type: "number", default: 0.2 } },
		});
		await tree;
		expect(c.value("/plugin/breathe/depth")).toBe(0.2);
		const smaller = event(c, "tree");
		fake.store.unmount("/main/plugin/breathe");
		await smaller;
		expect(c.param("/plugin/breathe/depth")).toBeUndefined();
		expect(c.value("/main/plugin/breathe/depth")).toBeUndefined();
	});
});

describe("when the daemon dies and comes back", () => {
	test("the client resumes, and hears what changed meanwhile", async () => {
		const fake = await daemon();
		const c = await client(fake);
		const lost = event(c, "connection", ({ state }) => state === "lost");
		await fake.die();
		await lost;
		fake.store.set([["/main/seed", 8]], "osc");
		await fake.start();
		await reaches(c, "/main/seed", 8);
		const [first, second] = fake.heard.filter((message) => message.op === "identify");
		expect(first?.resume).toBeUndefined();
		expect(second?.resume?.session).toEqual(expect.any(String));
	});

	test("the newest of what was set meanwhile arrives, and nothing older", async () => {
		const fake = await daemon();
		const c = await client(fake);
		await fake.die();
		for (let i = 0; i < 50; i++) c.set("/main/scale", i / 50);
		c.set("/main/scale", 0.333);
		fake.store.set([["/main/scale", 1.9]], "osc");
		const seen: unknown[] = [];
		fake.store.watch(({ values }) => seen.push(values.get("/main/scale")));
		await fake.start();
		await kept(fake, "/main/scale", 0.333);
		expect(seen).toEqual([0.333]);
		expect(c.value("/main/scale")).toBe(0.333);
	});

	test("a trigger fired meanwhile is refused, not fired late", async () => {
		const fake = await daemon();
		const c = await client(fake);
		const lost = event(c, "connection", ({ state }) => state === "lost");
		await fake.die();
		await lost;
		const refused = event(c, "refused");
		c.fire("/main/reset");
		expect(await refused).toMatchObject({ addresses: ["/main/reset"], error: { code: "client/unreachable" } });
	});

	test("a call made meanwhile is answered once it is back", async () => {
		const fake = await daemon({ call: (method) => method });
		const c = await client(fake);
		await fake.die();
		const answer = c.call("recording.start");
		await fake.start();
		expect(await answer).toBe("recording.start");
	});
});

describe("without permission", () => {
	test("a wrong token ends it with the reason, and it does not try again", async () => {
		const fake = await daemon({ token: "right" });
		const c = connect(fake.url, { token: "wrong" });
		open.push(() => c.close());
		expect(await event(c, "connection")).toEqual({ state: "refused", reason: "the token is wrong" });
		await expect(c.call("x")).rejects.toMatchObject({ code: "client/unreachable" });
	});

	test("the right token is let in", async () => {
		const c = await client(await daemon({ token: "right" }), { token: "right" });
		expect(c.state).toBe("open");
	});
});

describe("closed", () => {
	test("it refuses what is asked of it, and may be closed twice", async () => {
		const c = await client(await daemon());
		const waiting = expect(c.call("never")).rejects.toMatchObject({ code: "client/unreachable" });
		c.close();
		c.close();
		await expect(c.change({ "/main/scale": 1 })).rejects.toMatchObject({ code: "client/unreachable" });
		await waiting;
		expect(c.state).toBe("closed");
	});
});
