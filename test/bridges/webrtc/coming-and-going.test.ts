import { expect, test } from "vitest";
import { openMedia } from "./media.ts";
import { ask, stripOf, type Taken, until } from "./stage.ts";
import { flawless, inChromium, SMALL, visits } from "./visits.ts";

inChromium(() => {
	const { start, visit } = visits();

	test("talks over data channels", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", {
			kind: "scope",
			crop: stripOf(SMALL),
			channels: ["parameters", "fast"],
		});
		await until(
			() => ask<string>(page, "say", viewer, 0, "hello"),
			(state) => state === "open",
		);
		const opened = media.said.filter(({ event, data }) => event === "channel" && data.type === "open");
		expect(opened.map(({ data }) => data.label)).toEqual(expect.arrayContaining(["parameters", "fast"]));
		const heard = await until(
			() => media.said.find(({ data }) => data.type === "message"),
			(heard) => heard !== undefined,
		);
		expect(heard?.data.data).toBe("hello");
		await media.call("channel.send", { channel: heard?.data.channel, data: "there" });
		await media.call("channel.send", { channel: heard?.data.channel, data: new Uint8Array([1, 2, 3]) });
		await until(
			() => ask<Taken>(page, "take", viewer),
			({ received }) => received[0]?.join() === "there,1,2,3",
		);
		await ask(page, "close", viewer);
		await until(
			() => media.said,
			(said) => said.filter(({ data }) => data.type === "close").length === 2,
		);
		await expect(media.call("channel.send", { channel: heard?.data.channel, data: "gone" })).rejects.toMatchObject({
			code: "webrtc/unknown-channel",
		});
	});

	test("goes on through an ICE restart, under another tag", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 10);
		const { before, after } = await ask<{ before: string; after: string }>(page, "restart", viewer);
		expect(after).not.toBe(before);
		await flawless(page, viewer, 20);
		const { states } = await ask<Taken>(page, "take", viewer);
		expect(states).not.toContain("failed");
		expect(media.main()).toMatchObject({ peers: 1 });
	});

	test("leaves, and nothing is left of it: no encode, no socket", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === "UDPWrap").length;
		const before = sockets();
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 10);
		expect(sockets()).toBeGreaterThan(before);
		await ask(page, "close", viewer);
		await until(
			() => media.main(),
			(main) => Object.keys(main).length === 0,
		);
		await until(sockets, (now) => now === before);
		expect(media.said.filter(({ event }) => event === "peer").map(({ data }) => data.state)).toEqual([
			"connected",
			"closed",
		]);
	});

	test("is let go when its session ends, and told so", async () => {
		const media = start(openMedia());
		const page = await visit(media);
		const viewer = await ask<number>(page, "watch", { crop: stripOf(SMALL) });
		await flawless(page, viewer, 5);
		media.end();
		await until(
			() => media.said.at(-1)?.data,
			(last) => last?.state === "closed",
		);
		expect(media.said.at(-1)?.data.reason).toContain("There is no session called main");
		// It is told so, and need not wait for the five seconds after which silence makes it think.
		type Secured = { dtls: string; states: string[] };
		const { states } = await until(
			() => ask<Secured>(page, "secured", viewer),
			({ dtls }) => dtls === "closed",
		);
		expect(states).toEqual(["connecting", "connected"]);
	});
});
