import { createHash } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decode } from "../../src/control/osc/decode.ts";
import { encode } from "../../src/control/osc/encode.ts";
import { oscMessage } from "../../src/control/osc/peer.ts";
import { RingReader } from "../../src/media/ring.ts";
import type { DaemonStatus, SessionStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { type TinyModels, tinyModels } from "../pipelines/wan/tiny-models.ts";
import { type RunningDaemon, startDaemon, until } from "./daemon.ts";

describe("longlive, at tiny size, in the daemon", () => {
	let models: TinyModels;
	let folder: string;
	let daemon: RunningDaemon;
	let osc: Socket;
	let oscPort: number;
	const heard: (readonly [address: string, ...args: readonly unknown[]])[] = [];

	beforeAll(async () => {
		models = await tinyModels();
		folder = mkdtempSync(join(tmpdir(), "mutoscope-dream-"));
		const config = join(folder, "config.json");
		const session = { name: "main", pipeline: "longlive", source: "none" };
		const said = {
			folders: { models: models.folder },
			inference: { provider: "cpu", threads: 1 },
			sessions: [session],
		};
		writeFileSync(config, JSON.stringify(said));
		daemon = await startDaemon(["--config", config]);
		await turn({ "/main/width": 64, "/main/height": 48, "/main/lora/merge": "runtime_peft", "/main/pace": 30 });
		({ port: oscPort } = await daemon.ask<{ port: number }>("/api/v1/osc/status"));
		osc = createSocket("udp4");
		osc.bind(0, "127.0.0.1");
		await once(osc, "listening");
		osc.on("message", (bytes) => {
			const message = decode(bytes);
			if (message.kind === "message") heard.push([message.address, ...message.args]);
		});
		await until(async () => (await status()).width === 64 && (await status()).playing === "longlive");
	}, 120_000);

	afterAll(async () => {
		osc?.close();
		await daemon?.[Symbol.asyncDispose]();
		models?.[Symbol.dispose]();
		rmSync(folder, { recursive: true, force: true });
	});

	async function status(): Promise<SessionStatus> {
		const { sessions } = await daemon.ask<DaemonStatus>("/api/v1/status");
		return sessions[0] as SessionStatus;
	}

	function turn(values: Record<string, unknown>) {
		return daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	}

	/** Sends a message and waits until its acknowledgement names the frame. */
	async function send(address: string, types: string, ...args: (string | number)[]): Promise<number> {
		const from = heard.length;
		osc.send(encode(oscMessage(address, types, args)), oscPort, "127.0.0.1");
		const [, , , , frame] = await until(() => {
			return heard.slice(from).find(([name, changed]) => name === "/applied" && changed === address);
		});
		return frame as number;
	}

	test("prompts, LoRA scales and VACE's scale change live over OSC, and each acknowledgement names its frame", async () => {
		osc.send(encode(oscMessage("/acks", "i", [1])), oscPort, "127.0.0.1");
		const frames = [
			await send("/prompt", "s", "a snow fox in the morning"),
			await send("/lora/1/name", "s", "ink"),
			await send("/lora/ink/scale", "f", 2.5),
			await send("/vace/scale", "f", 0.25),
			await send("/prompt/2/text", "s", "a red house"),
			await send("/prompt/2/weight", "f", 0.5),
		];
		expect(frames).toEqual(frames.toSorted((a, b) => a - b));
		expect(frames[0]).toBeGreaterThan(0);
		expect(new Set(frames).size).toBe(frames.length);
		expect(await daemon.ask("/api/v1/params/main/lora/ink/scale")).toMatchObject({ value: 2.5 });
		expect((await status()).reason).toBeUndefined();
	}, 120_000);

	test.skipIf(noBrowser)(
		`Chromium sees it move over WebRTC${noBrowser}`,
		async () => {
			let browser: Browser | undefined;
			try {
				browser = await openBrowser();
				const page: Page = await browser.newPage();
				const { view } = await daemon.ask<{ view: string }>("/api/v1/sessions/main/links");
				await page.goto(view);
				await page.waitForFunction("document.querySelector('video')?.videoWidth > 0");
				const look = () =>
					page.evaluate(`(() => {
						const video = document.querySelector("video");
						const canvas = document.createElement("canvas");
						Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
						const context = canvas.getContext("2d");
						context.drawImage(video, 0, 0);
						return [...context.getImageData(0, 0, canvas.width, canvas.height).data].join();
					})()`) as Promise<string>;
				const first = await look();
				await until(async () => (await look()) !== first);
			} finally {
				await browser?.close();
			}
		},
		120_000,
	);

	test("the same seed gives the same pixels in another process, and another seed others", async () => {
		/** Hashes of the frames of the first two chunks after a fresh start, as far as they are seen. */
		const begin = async (seed: number): Promise<string[]> => {
			await turn({ "/main/seed": seed, "/main/pace": 4, "/main/session/fade": 0 });
			using reader = RingReader.attach(`${daemon.name}-main`);
			await daemon.ask("/api/v1/sessions/main/restart", { method: "POST", json: {} });
			const hashes: string[] = [];
			let begun = false;
			for (;;) {
				using frame = await reader.next();
				begun ||= frame?.chunk === 0;
				if (!frame || (begun && frame.chunk > 1)) return hashes;
				if (begun) hashes.push(createHash("sha256").update(frame.data).digest("hex"));
			}
		};
		const [one, again, other] = [await begin(7), await begin(7), await begin(8)];
		// A reader that is kept waiting passes over frames; those that it sees are the same ones.
		const shared = again.filter((hash) => one.includes(hash));
		expect(shared.length).toBeGreaterThan(again.length / 2);
		expect(shared).toEqual(one.filter((hash) => shared.includes(hash)));
		expect(other.filter((hash) => one.includes(hash))).toEqual([]);
	}, 120_000);
});
