import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile } from "../../src/base/clock.ts";
import { monotonic } from "../../src/media/clock.ts";
import { RingReader } from "../../src/media/ring.ts";
import type { DaemonStatus } from "../../src/protocol/messages.ts";
import { noBrowser, openBrowser } from "../browser.ts";
import { startDaemon, until } from "../e2e/daemon.ts";
import { sights, watch } from "../e2e/watching.ts";
import type { Emit } from "./emit.ts";

const TIMES = 4;

type Daemon = Awaited<ReturnType<typeof startDaemon>>;

/** How long a show is without new pictures when a process is killed, of four deaths each, 720p test card at 30 fps. */
export async function recovery(emit: Emit): Promise<void> {
	await using daemon = await startDaemon();
	const values = { "/main/session/pipeline": "passthrough", "/main/source/kind": "test-card" };
	await daemon.ask("/api/v1/params", { method: "PATCH", json: { values } });
	await until(async () => (await processOf(daemon, "source:main"))?.state === "running");
	const conditions = `${TIMES} times kill -9, passthrough of the 720p30 test card`;

	using reader = RingReader.attach(`${daemon.name}-main`);
	const gaps = await times(async () => {
		const { pid } = await running(daemon, "session:main");
		const stamps: number[] = [];
		const take = async () => {
			using frame = await reader.next();
			if (frame) stamps.push(frame.shown);
		};
		await take();
		process.kill(pid, "SIGKILL");
		const died = monotonic();
		// What was written before the blow may still be read after it.
		while ((stamps.at(-9) ?? 0) < died + 0.1) await take();
		return Math.max(...stamps.slice(1).map((shown, i) => shown - (stamps[i] as number)));
	});
	report(emit, "session killed, longest time without a new frame", gaps, 2, conditions);

	const { gaps: without, back: effects } = await pluginDeaths(daemon, reader);
	report(
		emit,
		"plugin killed, longest time without a new frame",
		without,
		0.5,
		`${conditions}, a plugin that copies each frame`,
	);
	report(emit, "plugin killed, its effect is back", effects, 2, `${conditions}, a plugin that copies each frame`);

	if (!noBrowser) {
		const browser = await openBrowser();
		try {
			const page = await browser.newPage();
			const { view } = await daemon.ask<{ view: string }>("/api/v1/sessions/main/links");
			await page.goto(view);
			await watch(page);
			await until(async () => (await sights(page)).length > 30);
			const moves = async () => {
				const before = Number(await page.evaluate("globalThis.sights.length"));
				await until(async () => Number(await page.evaluate("globalThis.sights.length")) > before + 5);
			};
			const back = await times(async () => {
				const { pid } = await running(daemon, "service:webrtc");
				await moves();
				process.kill(pid, "SIGKILL");
				const died = Date.now();
				await running(daemon, "service:webrtc", pid);
				await moves();
				return (Date.now() - died) / 1000;
			});
			report(emit, "media process killed, page moves", back, 3, `${conditions}, Chromium at /view`);
		} finally {
			await browser.close();
		}
	}

	const again = await times(async () => {
		const found = await until(() => daemon.processes().find(({ command }) => / daemon( |$)/.test(command)));
		process.kill(found.pid, "SIGKILL");
		const died = Date.now();
		await until(async () => {
			const status = await daemon.ask<DaemonStatus>("/api/v1/status").catch(() => undefined);
			return (status?.sessions[0]?.frame ?? 0) > 0;
		});
		return (Date.now() - died) / 1000;
	});
	report(emit, "daemon killed, session shows again", again, 5, conditions);
}

/** The value of the mark that the plugin of this bench leaves in the last pixel. */
const MARK = 77;
const MARKER = `
import { definePlugin, Frame } from "mutoscope/sdk";
export default definePlugin({
	id: "marker", title: "Marker", description: "Marks what it has worked on.",
	tap({ hooks }) {
		hooks.frameOut.tap("marker", (frame) => {
			const data = frame.data.slice();
			data[data.length - 4] = ${MARK};
			return new Frame(frame.size, data, frame.stamp);
		});
	},
});
`;
const MARKER_PAPERS = { name: "marker", version: "1.0.0", type: "module", mutoscope: { api: "^1", entry: "index.js" } };

/** A stranger's plugin, killed in the middle of a show: how long no frame came at all, and how long none was marked. */
async function pluginDeaths(daemon: Daemon, reader: RingReader): Promise<{ gaps: number[]; back: number[] }> {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-marker-"));
	try {
		writeFileSync(join(folder, "index.js"), MARKER);
		writeFileSync(join(folder, "package.json"), JSON.stringify(MARKER_PAPERS));
		await daemon.ask("/api/v1/plugins", { method: "POST", json: { package: folder } });
		await daemon.ask("/api/v1/params/main/plugin/marker/enabled", { method: "PUT", json: { value: true } });
		const back: number[] = [];
		const gaps = await times(async () => {
			const { pid } = await running(daemon, "plugin:main/marker");
			const stamps: number[] = [];
			const take = async () => {
				using frame = await reader.next();
				if (frame) stamps.push(frame.shown);
				return frame?.data.at(-4) === MARK;
			};
			while (!(await take()));
			process.kill(pid, "SIGKILL");
			const died = monotonic();
			while (await take());
			while (!(await take()));
			back.push((stamps.at(-1) ?? 0) - died);
			return Math.max(...stamps.slice(1).map((shown, i) => shown - (stamps[i] as number)));
		});
		await daemon.ask("/api/v1/plugins/marker", { method: "DELETE" });
		return { gaps, back };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function report(emit: Emit, name: string, seconds: readonly number[], limit: number, conditions: string): void {
	emit({ name: `${name}, median`, value: percentile(seconds, 0.5) ?? 0, unit: "s", limit, conditions });
	emit({ name: `${name}, worst`, value: Math.max(...seconds), unit: "s", limit, conditions });
}

async function times(once: () => Promise<number>): Promise<number[]> {
	const seconds: number[] = [];
	for (let i = 0; i < TIMES; i++) seconds.push(await once());
	return seconds;
}

async function processOf(daemon: Daemon, name: string) {
	const { processes } = await daemon.ask<DaemonStatus>("/api/v1/status");
	return processes.find((process) => process.name === name);
}

async function running(daemon: Daemon, name: string, not?: number): Promise<{ pid: number }> {
	return until(async () => {
		const found = await processOf(daemon, name).catch(() => undefined);
		return found?.state === "running" && found.pid !== undefined && found.pid !== not && { pid: found.pid };
	});
}
