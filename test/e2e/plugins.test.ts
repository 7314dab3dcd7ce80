import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { type RunningDaemon, startDaemon, until } from "./daemon.ts";
import { lastRead, openCard, sights } from "./watching.ts";

/** Paints a corner in a grey, and does to its process whatever its mood says. */
const CORNER = `
import { definePlugin, Frame, z } from "mutoscope/sdk";
const params = z.object({
	grey: z.number().min(0).max(255).default(255),
	mood: z.enum(["kind", "stuck", "throws", "greedy"]).default("kind"),
});
export default definePlugin({
	id: "corner", title: "Corner", description: "For tests.", params,
	tap({ hooks, params }) {
		const kept = [];
		hooks.frameOut.tap("corner", (frame) => {
			const { grey, mood } = params();
			if (mood === "throws") throw new Error("no corner for you");
			if (mood === "stuck") for (;;);
			if (mood === "greedy") for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => i + String(kept.length)));
			const data = frame.data.slice();
			const { width, height } = frame.size;
			for (let y = height - 64; y < height; y++) data.fill(PAINT, 4 * (y * width + width - 64), 4 * (y + 1) * width);
			return new Frame(frame.size, data, frame.stamp);
		});
	},
});
`;
const papers = {
	name: "corner",
	version: "1.0.0",
	type: "module",
	mutoscope: { api: "^1", entry: "index.js", memory: 96 },
};

describe.skipIf(noBrowser)(`a stranger's plugin, seen in Chromium${noBrowser}`, () => {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-corner-"));
	let daemon: RunningDaemon;
	let browser: Browser;
	let page: Page;

	const write = (paint: string) => writeFileSync(join(folder, "index.js"), CORNER.replace("PAINT", paint));
	const turn = (values: Record<string, unknown>) =>
		daemon.ask("/api/v1/params", {
			method: "PATCH",
			json: {
				values: Object.fromEntries(Object.entries(values).map(([key, value]) => [`/main/plugin/corner/${key}`, value])),
			},
		});
	const value = async (name: string) =>
		(await daemon.ask<{ value: unknown }>(`/api/v1/params/main/plugin/corner/${name}`)).value;
	const processOf = async (name: string) =>
		(await daemon.ask<DaemonStatus>("/api/v1/status")).processes.find((process) => process.name === name);
	const viewers = async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0]?.viewers;
	/** The corner's brightness as the page shows it now. */
	const corner = async () =>
		Number(
			await page.evaluate(`(() => {
				const video = document.querySelector("video");
				const canvas = document.createElement("canvas");
				canvas.width = canvas.height = 16;
				const context = canvas.getContext("2d");
				context.drawImage(video, video.videoWidth - 40, video.videoHeight - 40, 16, 16, 0, 0, 16, 16);
				return context.getImageData(8, 8, 1, 1).data[0];
			})()`),
		);
	const painted = (grey: number) => until(async () => Math.abs((await corner()) - grey) < 12);
	const last = () => lastRead(page);
	const moves = async () => {
		const from = await last();
		await until(async () => (await last()) > from + 15);
	};

	beforeAll(async () => {
		write("grey");
		writeFileSync(join(folder, "package.json"), JSON.stringify(papers));
		daemon = await startDaemon();
		browser = await openBrowser();
		page = await openCard(daemon, browser);
	});

	afterAll(async () => {
		await browser?.close();
		await daemon?.[Symbol.asyncDispose]();
		rmSync(folder, { recursive: true, force: true });
	});

	test("it is installed while the show runs, and its parameters appear", async () => {
		await daemon.ask("/api/v1/plugins", { method: "POST", json: { package: folder, editable: true } });
		await turn({ enabled: true, grey: 250 });
		await painted(250);
		expect(await processOf("plugin:main/corner")).toMatchObject({ state: "running", restarts: 0 });
		const { plugins } = await daemon.ask<{ plugins: { name: string }[] }>("/api/v1/plugins");
		expect(plugins.map(({ name }) => name)).toEqual(["breathe", "cellular-automata", "corner"]);
	});

	test("killed with -9: viewers stay, the picture moves on without it, and it is back with its parameters", async () => {
		await turn({ grey: 20, deadline: 20 });
		await painted(20);
		const seen = (await sights(page)).length;
		const before = await viewers();
		const { pid, restarts = 0 } = (await processOf("plugin:main/corner")) ?? {};
		process.kill(pid as number, "SIGKILL");
		await until(async () => ((await processOf("plugin:main/corner"))?.restarts ?? 0) > restarts);
		await moves();
		await painted(20);
		expect(await value("grey")).toBe(20);
		expect(await viewers()).toBe(before);
		expect((await sights(page, seen)).some(({ black }) => black)).toBe(false);
		await until(async () => ((await processOf("plugin:main/corner"))?.bypassed ?? 0) > 0);
	});

	test("in an endless loop: the picture moves on, it is killed for its silence, and back once it is kind", async () => {
		const { restarts = 0 } = (await processOf("plugin:main/corner")) ?? {};
		await turn({ mood: "stuck" });
		await moves();
		await until(async () => (await processOf("plugin:main/corner"))?.reason?.startsWith("it gave no sign of life"));
		await moves();
		await turn({ mood: "kind", grey: 250, deadline: 500 });
		await painted(250);
		expect((await processOf("plugin:main/corner"))?.restarts).toBeGreaterThan(restarts);
	});

	test("out of memory: it dies alone, and comes back", async () => {
		const { restarts = 0 } = (await processOf("plugin:main/corner")) ?? {};
		await turn({ mood: "greedy", grey: 20 });
		await moves();
		await until(async () => ((await processOf("plugin:main/corner"))?.restarts ?? 0) > restarts);
		await turn({ mood: "kind" });
		await painted(20);
	});

	test("one that throws is switched off, says why, and can be switched on again", async () => {
		await turn({ mood: "throws" });
		await until(async () => (await value("enabled")) === false);
		await moves();
		expect(daemon.output()).toContain("no corner for you");
		await turn({ mood: "kind", enabled: true });
		await painted(20);
	});

	test("changed and reloaded it is swapped in the middle of the show, with its parameters", async () => {
		const seen = (await sights(page)).length;
		write("255 - grey");
		await daemon.ask("/api/v1/plugins/corner/reload", { method: "POST" });
		await painted(235);
		expect(await value("grey")).toBe(20);
		expect((await sights(page, seen)).some(({ black }) => black)).toBe(false);
	});

	test("the session may be killed meanwhile: all is as it was", async () => {
		const { pid } = (await processOf("session:main")) ?? {};
		process.kill(pid as number, "SIGKILL");
		await until(async () => (await processOf("session:main"))?.restarts === 1);
		await moves();
		await painted(235);
	});

	test("removed it is gone, and so are its parameters and its process", async () => {
		await daemon.ask("/api/v1/plugins/corner", { method: "DELETE" });
		await moves();
		expect(await processOf("plugin:main/corner")).toBeUndefined();
		await expect(value("grey")).rejects.toThrow("param/unknown");
		expect(Math.abs((await corner()) - 235)).toBeGreaterThan(12);
	});
});

describe("a plugin of ours", () => {
	test("runs in a process of its own when it is told to, and here again when it is not", async () => {
		await using daemon = await startDaemon();
		const names = async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).processes.map(({ name }) => name);
		const running = async () => {
			const { processes } = await daemon.ask<DaemonStatus>("/api/v1/status");
			return processes.find(({ name, state }) => name === "plugin:main/breathe" && state === "running");
		};
		const set = (values: object) => daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
		await set({ "/main/plugin/breathe/isolated": true, "/main/plugin/breathe/enabled": true });
		await until(async () => (await names()).includes("plugin:main/breathe"));
		await set({ "/main/plugin/breathe/depth": 0.75 });
		const killed = await until(async () => (await running())?.pid);
		process.kill(killed, "SIGKILL");
		await until(async () => ((await running())?.pid ?? killed) !== killed);
		expect((await daemon.ask<{ value: number }>("/api/v1/params/main/plugin/breathe/depth")).value).toBe(0.75);
		await set({ "/main/plugin/breathe/isolated": false });
		await until(async () => !(await names()).includes("plugin:main/breathe"));
		expect((await daemon.ask<{ value: boolean }>("/api/v1/params/main/plugin/breathe/enabled")).value).toBe(true);
	});

	test("a package that brings a pipeline: it plays, and when it is removed another does", async () => {
		const folder = mkdtempSync(join(tmpdir(), "mutoscope-automata-"));
		await using daemon = await startDaemon();
		try {
			cpSync("examples/trails", folder, { recursive: true });
			const path = join(folder, "index.js");
			writeFileSync(
				path,
				`${readFileSync(path, "utf8")}
				import { definePipeline } from "mutoscope/sdk";
				export const lamp = definePipeline({
					id: "lamp", title: "Lamp", description: "One grey.", source: "a test", modes: ["text"], params: z.object({ level: z.number().min(0).max(255).default(99) }),
					open: async ({ frame }) => ({
						rate: () => 30,
						generate(_input, { level }) {
							const made = frame({ width: 64, height: 36 });
							made.data.fill(level);
							return { frames: [made] };
						},
						[Symbol.asyncDispose]: async () => {},
					}),
				});`,
			);
			const session = async () => (await daemon.ask<DaemonStatus>("/api/v1/status")).sessions[0];
			await daemon.ask("/api/v1/plugins", { method: "POST", json: { package: folder } });
			await daemon.ask("/api/v1/params/main/session/pipeline", { method: "PUT", json: { value: "lamp" } });
			await until(async () => (await session())?.width === 64);
			const { unloaded_pipelines: gone } = await daemon.ask<{ unloaded_pipelines: string[] }>(
				"/api/v1/plugins/mutoscope-trails",
				{ method: "DELETE" },
			);
			expect(gone).toEqual(["lamp"]);
			await until(async () => ((await session())?.width ?? 64) !== 64);
			expect((await session())?.pipeline).not.toBe("lamp");
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
