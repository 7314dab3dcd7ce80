import { expect, test } from "vitest";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { signIn } from "./browser.ts";
import { startDaemon, until } from "./daemon.ts";
import { peek, sights, watch } from "./watching.ts";

test.skipIf(noBrowser)(
	`a camera of the page goes in by WHIP and comes back out${noBrowser}`,
	async () => {
		await using daemon = await startDaemon();
		await daemon.ask("/api/v1/params/main/session/pipeline", { method: "PUT", json: { value: "passthrough" } });
		const browser = await openBrowser();
		try {
			const page = await signIn(browser, daemon.link);
			await page.getByRole("switch", { name: /camera/i }).click();
			const session = async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0];
			await until(async () => (await session())?.source === "webrtc" && ((await session())?.madeFps ?? 0) > 0);
			const viewer = await browser.newPage();
			const { view } = await daemon.ask<{ view: string }>("/api/v1/sessions/main/links");
			await viewer.goto(view);
			await watch(viewer);
			await until(async () => (await sights(viewer)).length > 20);
			expect(await peek(viewer)).toMatchObject({ black: false });

			const { processes } = await daemon.ask<DaemonStatus>("/api/v1/status");
			const media = processes.find(({ name }) => name === "service:webrtc");
			const frame = (await session())?.frame ?? 0;
			process.kill(media?.pid as number, "SIGKILL");
			await until(async () => ((await session())?.frame ?? 0) > frame + 10);
		} finally {
			await browser.close();
		}
	},
	240_000,
);
