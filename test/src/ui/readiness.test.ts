import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import * as z from "zod";
import type { DaemonStatus, DownloadStatus, SessionStatus } from "../../../src/protocol/messages.ts";
import { sessionParams } from "../../../src/session/params.ts";
import type { FakeDaemon } from "../client/fake-daemon.ts";
import { statusOf } from "./page.ts";
import { DESK, inBrowser, visits } from "./visits.ts";

const PHONE = { width: 360, height: 740 };

const COMING: DownloadStatus = {
	pipeline: "longlive",
	state: "running",
	stage: "fetching",
	file: "daydreamlive/WanVideo_comfy/umt5-xxl-enc-fp8_e4m3fn.safetensors",
	bytes: 4.2e9,
	total: 16.7e9,
	fraction: 0.25,
};

const file = (state: string, needed: boolean) => ({ repo: "some/where", file: `${state}.pt`, state, needed });
const stage = z.object({ enabled: z.boolean().default(false) });
const missing = [file("missing", true), file("partial", true), file("checked", true), file("missing", false)];

inBrowser("a pipeline that is not there yet", () => {
	const { visit } = visits();
	let fake: FakeDaemon;
	let page: Page;
	const asked: string[] = [];
	const full = (bar: Locator) => bar.evaluate((element) => (element as unknown as { value: number }).value);

	async function open(size: typeof PHONE, downloaded: boolean) {
		const opened = await visit(
			{ "/main/session": sessionParams, "/main/stage/scribble": stage },
			{
				size,
				answers: {
					"/api/v1/pipelines": { pipelines: [{ id: "longlive", title: "LongLive" }] },
					"/api/v1/models": {
						models: [
							{ pipeline: "longlive", downloaded, files: downloaded ? [] : missing },
							{ pipeline: "scribble", downloaded: false, files: [file("missing", true)] },
							{ pipeline: "pocket", downloaded: false, files: [{ ...file("missing", true), shipped: true }] },
						],
					},
					"/api/v1/models/download": {},
				},
			},
		);
		({ fake, page } = opened);
		asked.length = 0;
		page.on("request", (request) => {
			const { pathname, search } = new URL(request.url());
			if (pathname.endsWith("/download")) asked.push(`${request.method()} ${search}${request.postData() ?? ""}`);
		});
		await expect.poll(() => fake.clients).toBe(1);
		return opened.problems;
	}

	function tell(session: Partial<SessionStatus>, downloads: DownloadStatus[] = []): void {
		const status = statusOf(1);
		const [main, ...others] = status.sessions;
		const shown = { ...main, pipeline: "longlive", playing: "cellular-automata", ...session } as SessionStatus;
		fake.tell({
			op: "status",
			status: { ...status, downloads, sessions: [shown, ...others] } satisfies DaemonStatus,
		});
	}

	test("says how many of the needed files are missing, fetches them at a touch, says why that failed", async () => {
		const problems = await open(PHONE, false);
		tell({});
		await page.getByText("LongLive needs 2 files that are not here yet.").waitFor();
		await page.getByRole("button", { name: "Download" }).click();
		await expect.poll(() => asked).toEqual(['POST {"pipeline_id":"longlive"}']);
		tell({}, [{ ...COMING, state: "failed", reason: "The connection ended 188 bytes early." }]);
		await page.getByText("The connection ended 188 bytes early.").waitFor();
		await page.getByRole("button", { name: "Download" }).waitFor();
		expect(problems).toEqual([]);
	});

	test("what should have come with the package is not offered to be fetched: it is said why another plays", async () => {
		await open(PHONE, false);
		tell({ pipeline: "pocket", reason: "It is not whole. Cellular automata plays instead." });
		await page.getByText("It is not whole. Cellular automata plays instead.").waitFor();
		expect(await page.getByRole("button", { name: "Download" }).count()).toBe(0);
	});

	test("shows how far a download is, and stops it at a touch", async () => {
		await open(PHONE, false);
		tell({}, [COMING]);
		const bar = page.getByRole("progressbar", { name: "Fetching umt5-xxl-enc-fp8_e4m3fn.safetensors" });
		await bar.waitFor();
		expect(await full(bar)).toBe(0.25);
		await page.getByText("25 % · 4.2 GB here").waitFor();
		await page.getByRole("button", { name: "Stop" }).click();
		await expect.poll(() => asked).toEqual(["DELETE ?pipeline_id=longlive"]);
	});

	test("shows the stage of loading, then why it cannot be opened, then nothing once it plays", async () => {
		await open(PHONE, true);
		tell({ loading: { pipeline: "longlive", stage: "Loading text encoder…", fraction: 0.6 } });
		const bar = page.getByRole("progressbar", { name: "Loading text encoder…" });
		await bar.waitFor();
		expect(await full(bar)).toBe(0.6);
		const reason = "The pipeline longlive needs 21.3 GB of video memory, and 11.8 GB are free.";
		tell({ reason });
		await page.getByText(reason).waitFor();
		tell({ playing: "longlive", reason });
		await page.getByText(reason).waitFor();
		tell({ playing: "longlive" });
		await page.getByText(reason).waitFor({ state: "detached" });
	});

	test("offers the files of a stage that is switched on, while the pipeline plays", async () => {
		await open(PHONE, true);
		tell({ playing: "longlive" });
		fake.store.set([["/main/stage/scribble/enabled", true]], "osc");
		await page.getByText("scribble needs a file that is not here yet.").waitFor();
		await page.getByRole("button", { name: "Download" }).click();
		await expect.poll(() => asked).toEqual(['POST {"pipeline_id":"scribble"}']);
		fake.store.set([["/main/stage/scribble/enabled", false]], "osc");
		await page.locator(".readiness").waitFor({ state: "detached" });
	});

	test.each([PHONE, DESK])(
		"at $width × $height it lies clear of the full-screen button, within the picture, and moves nothing",
		async (size) => {
			await open(size, false);
			tell({});
			const shown = page.locator(".readiness");
			await shown.waitFor();
			const told = [
				() => tell({}, [COMING]),
				() => tell({}, [{ ...COMING, stage: "checking", bytes: 16_712_345_678, fraction: 1 }]),
				() => tell({}, [{ ...COMING, state: "failed", reason: "It could not be fetched. ".repeat(20) }]),
			];
			const vitals = () => page.locator(".vitals").boundingBox();
			const before = await vitals();
			for (const say of told) {
				say();
				await page.evaluate("new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))");
				expect(await vitals()).toEqual(before);
				const [screen, over, full, button] = await Promise.all(
					[".screen", ".readiness", ".full", ".readiness button"].map((name) => page.locator(name).boundingBox()),
				);
				if (!screen || !over || !full || !button) throw new Error("it is not on the page");
				expect(over.y).toBeGreaterThanOrEqual(screen.y);
				expect(over.y + over.height).toBeLessThanOrEqual(screen.y + screen.height + 0.5);
				expect(button.x + button.width).toBeLessThanOrEqual(full.x);
				expect(button.height).toBeGreaterThanOrEqual(43.9);
			}
			expect(await page.getByText("Waiting for the picture").isVisible()).toBe(false);
		},
	);
});
