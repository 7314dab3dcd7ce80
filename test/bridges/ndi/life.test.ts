import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sinkContract, sourceContract } from "mutoscope/testing";
import { describe, expect, test } from "vitest";
import ndi from "../../../bridges/ndi/index.ts";
import type { SinkDefinition, SourceDefinition } from "../../../src/contract/bridge.ts";
import { Bridge, fresh, library, Peer, painted, Showing } from "./stage.ts";

/** Megabytes that 20 further lives may cost: what the allocator keeps, and no picture of 1280×720. */
const SLACK = 40;

const config = { library, ips: ["127.0.0.1"], adapters: ["127.0.0.1"] };

describe.skipIf(!library)("a bridge to NDI (skipped where its runtime is not installed)", () => {
	test("opens and closes 30 times in one process, and leaves nothing behind", async () => {
		await using bridge = new Bridge("sink", { name: fresh("life 0") });
		using _ = new Showing(
			bridge.ring,
			painted(1280, 720, () => [90, 120, 30, 255]),
			10,
		);
		const memory = () => (bridge.watched.supervisor.status().memory ?? 0) / 1e6;
		let before = 0;
		for (let life = 1; life <= 30; life++) {
			const name = fresh(`life ${life}`);
			bridge.turn({ name });
			await bridge.reports(({ name: called, sent }) => String(called).includes(name) && Number(sent) > 0);
			if (life === 10) before = memory();
		}
		expect(memory() - before).toBeLessThan(SLACK);
		expect(bridge.watched.supervisor.status().restarts).toBe(0);
		await using peer = new Peer("receive", await bridge.called());
		await peer.picture();
	});

	test("opens and closes 30 times while it receives", async () => {
		await using peer = new Peer("send", fresh());
		const name = String((await peer.until(({ names }) => names !== undefined, true)).names?.[0]);
		await using bridge = new Bridge("source", { name, steady: true });
		const memory = () => (bridge.watched.supervisor.status().memory ?? 0) / 1e6;
		let before = 0;
		for (let life = 1; life <= 30; life++) {
			const count = bridge.watched.events.filter(([event]) => event === "closed").length;
			await bridge.reports(({ frames }) => Number(frames) > 0);
			bridge.turn({ steady: life % 2 === 0 });
			await bridge.watched.until(() => bridge.watched.events.filter(([event]) => event === "closed").length > count);
			if (life === 10) before = memory();
		}
		expect(memory() - before).toBeLessThan(SLACK);
		expect(bridge.watched.supervisor.status().restarts).toBe(0);
	});

	test("goes on while its memory is collected and compacted all the time", async () => {
		const busy = ["--gc-interval=1000", "--compact-on-every-full-gc", "--stress-scavenge=20"];
		await using sink = new Bridge("sink", { name: fresh("collected") }, config, busy);
		using _ = new Showing(
			sink.ring,
			painted(320, 180, () => [90, 120, 30, 255]),
		);
		await using source = new Bridge("source", { name: await sink.called(), steady: false }, config, busy);
		await source.reports(({ frames }) => Number(frames) > 60);
		expect([sink, source].map(({ watched }) => watched.supervisor.status().restarts)).toEqual([0, 0]);
	});

	test("gives its rings and its name back when it is ended, with receivers at it", async () => {
		const name = fresh("ended");
		for (let life = 0; life < 2; life++) {
			await using bridge = new Bridge("sink", { name });
			using _ = new Showing(
				bridge.ring,
				painted(64, 36, () => [1, 2, 3, 255]),
			);
			const called = await bridge.called();
			expect(called).toContain(`(${name})`);
			await using peer = new Peer("receive", called);
			await peer.picture();
			await bridge.watched[Symbol.asyncDispose]();
			expect(bridge.watched.supervisor.status().reason).toBeUndefined();
		}
	});

	describe("keeps the contract of a sink", () => {
		for (const { name, run } of sinkContract(ndi.sink as SinkDefinition, {
			config,
			values: { name: fresh("contract") },
		})) {
			test(name, run);
		}
	});

	// That it gives frames in order needs somebody who sends them: source.test.ts has that.
	describe("keeps the contract of a source", () => {
		const clauses = sourceContract(ndi.source as SourceDefinition, { config, values: { name: fresh("contract") } });
		for (const { name, run } of clauses.filter(({ name }) => !name.startsWith("gives frames"))) test(name, run);
	});
});

test("a library that is none, or somebody else's, is refused with its path and the reason", async () => {
	const folder = mkdtempSync(join(tmpdir(), "mutoscope-ndi-none-"));
	await using bridge = new Bridge("sink", {}, { library: folder });
	await bridge.reports(({ reason }) => reason === `NDI® is not available: there is no NDI library at ${folder}.`);
	const path = join(folder, "libndi.so.6");
	writeFileSync(path, "nothing of the kind");
	// It is looked for again.
	const { reason } = await bridge.reports(({ reason }) => String(reason).includes(`${path} cannot be used (`));
	expect(reason).toMatch(/^NDI® is not available: /);
	expect(bridge.watched.supervisor.status().restarts).toBe(0);
	rmSync(folder, { recursive: true });
});
