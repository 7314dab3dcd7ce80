import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, connect, type ParamValue } from "../../src/client/index.ts";
import { encode } from "../../src/control/osc/encode.ts";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { peer } from "../peers.ts";
import { signIn } from "./browser.ts";
import { type RunningDaemon, startDaemon, until } from "./daemon.ts";

const oscsend = peer("oscsend");

describe("one fader, every surface", () => {
	let daemon: RunningDaemon;
	let client: Client;
	let oscPort: number;

	beforeAll(async () => {
		daemon = await startDaemon();
		({ port: oscPort } = await daemon.ask<{ port: number }>("/api/v1/osc/status"));
		client = connect(daemon.url, { token: daemon.token });
		await until(async () => ((await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0]?.frame ?? 0) > 5);
	});

	afterAll(async () => {
		client?.close();
		await daemon?.[Symbol.asyncDispose]();
	});

	function heard(address: string): { readonly values: ParamValue[] } {
		const values: ParamValue[] = [];
		client.watch(address, (value) => values.push(value));
		return { values };
	}

	test.skipIf(!oscsend)(
		`liblo's oscsend moves what a WebSocket client sees${oscsend ? "" : " (skipped: liblo-tools)"}`,
		async () => {
			const { values } = heard("/main/session/fade");
			await promisify(execFile)(oscsend as string, ["127.0.0.1", String(oscPort), "/main/session/fade", "f", "1.5"]);
			await until(() => values.at(-1) === 1.5);
			await promisify(execFile)(oscsend as string, ["127.0.0.1", String(oscPort), "/session/fade/norm", "f", "1"]);
			await until(() => values.at(-1) === 5);
		},
	);

	test("an acknowledgement names the frame in which the change showed, and that frame came later than the message", async () => {
		const before = (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0]?.frame ?? 0;
		const shown: { id: string | number; frame: number }[] = [];
		const unwatch = client.on("applied", (applied) => shown.push(applied));
		const ack = await client.change({ "/main/seed": 4711 });
		const { frame } = await until(() => shown.find(({ id }) => id === ack.id));
		unwatch();
		expect(frame).toBeGreaterThanOrEqual(before);
		const { frames } = await daemon.ask<{ frames: Record<string, number> }>("/api/v1/params/main/seed?wait=applied", {
			method: "PUT",
			json: { value: 4712 },
		});
		expect(frames.main).toBeGreaterThan(frame);
	});

	test("six hundred turns of a fader end exactly where it was left", async () => {
		const { values } = heard("/main/session/fade");
		const socket = createSocket("udp4");
		for (let i = 0; i < 600; i++) {
			const value = i === 599 ? 3.25 : 2 + Math.sin(i / 10);
			const packet = encode({ kind: "message", address: "/main/session/fade", types: "f", args: [value] });
			await new Promise<void>((sent) => socket.send(packet, oscPort, "127.0.0.1", () => sent()));
			// What a socket cannot keep is lost, also by who is only busy: he is waited for now and then.
			if (i % 100 === 99) await until(() => values.at(-1) === Math.fround(value));
		}
		socket.close();
		expect(await daemon.ask("/api/v1/params/main/session/fade")).toMatchObject({ value: 3.25 });
	});

	test("bad values are refused with a reason, and change nothing", async () => {
		await expect(client.change({ "/main/session/fade": "fast", "/main/seed": 1 })).rejects.toMatchObject({
			code: "param/invalid",
		});
		expect(await daemon.ask("/api/v1/params/main/seed")).toMatchObject({ value: 4712 });
	});

	test.skipIf(noBrowser)(`the page in Chromium shows what others do, and others what it does${noBrowser}`, async () => {
		const browser = await openBrowser();
		try {
			const page = await signIn(browser, daemon.link);
			const fader = page.getByRole("slider", { name: "Cross-fade" });
			await fader.waitFor();
			await promisify(execFile)(oscsend as string, ["127.0.0.1", String(oscPort), "/session/fade", "f", "2"]);
			await until(async () => Number(await fader.getAttribute("aria-valuenow")) === 2);
			await fader.focus();
			await page.keyboard.press("Home");
			const { values } = heard("/main/session/fade");
			await until(() => values.at(-1) === 0);
		} finally {
			await browser.close();
		}
	});
});
