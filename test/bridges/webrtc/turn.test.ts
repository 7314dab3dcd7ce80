import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, openBrowser } from "../../browser.ts";
import { peer } from "../../peers.ts";
import { openMedia } from "./media.ts";
import { ask, Drawing, servePage, stripOf, type Taken, until } from "./stage.ts";
import { serveTurn, type TurnServer } from "./turn.ts";

const missing = noBrowser !== "" || peer("turnserver") === undefined;
const SIZE = { width: 320, height: 240 };

let browser: Browser;
let turn: TurnServer;

beforeAll(async () => {
	if (!missing) [browser, turn] = await Promise.all([openBrowser(), serveTurn()]);
});
afterAll(async () => {
	await browser?.close();
	await turn?.[Symbol.asyncDispose]();
});

describe.skipIf(missing)("through coturn (skipped where it or Chromium is not installed)", () => {
	test.each([
		["the browser", "udp", true, false],
		["the daemon", "udp", false, true],
		["the daemon", "tcp", false, true],
		["both sides", "udp", true, true],
	])("pictures come when %s may use relays only, %s", async (_, transport, theirs, ours) => {
		const iceServers = [{ urls: `${turn.urls}?transport=${transport}`, secret: turn.secret }];
		await using media = openMedia({ iceServers, relayOnly: ours });
		await using _drawing = new Drawing(media.output, SIZE, 30);
		const served = await servePage(media.call);
		const page = await browser.newPage();
		await page.goto(served.url);
		const viewer = await ask<number>(page, "watch", {
			crop: stripOf(SIZE),
			ice: { iceServers: await media.call("iceServers", {}), iceTransportPolicy: theirs ? "relay" : "all" },
		});
		const read: number[] = [];
		await until(
			async () => {
				const { readings } = await ask<Taken>(page, "take", viewer);
				read.push(...readings.flatMap(({ index }) => index ?? []));
			},
			() => read.length >= 60,
		);
		expect(read).toEqual(read.toSorted((a, b) => a - b));
		const { local, remote } = await ask<{ local: string; remote: string }>(page, "route", viewer);
		expect({ theirs: local === "relay", ours: remote === "relay" }).toEqual({ theirs, ours });
		await page.close();
		await served.close();
	});
});
