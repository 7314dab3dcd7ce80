import { expect, test } from "vitest";
import { GUESTS, ring, session, turned, Viewer, Watched } from "./company.ts";

test("a stage and a standby that cannot be loaded are left out, and the show goes on without them", async () => {
	using output = ring();
	const broken = { module: new URL("./not-there.ts", import.meta.url).href, id: "broken" };
	const task = { ...session("lamp", output), stages: [broken], standby: { module: GUESTS, id: "nobody" }, plugins: [] };
	await using main = new Watched({ task: () => task, snapshots: () => ({ "": turned(1, {}) }) });
	main.supervisor.start();
	using viewer = new Viewer(output);
	await viewer.until(({ red }) => red === 10);
	await main.until(() => main.reports.length > 0);
	expect(main.reports.at(-1)?.reason).toContain("not-there");
	expect(main.lines.filter((line) => line.includes("could not be loaded")).length).toBe(2);
});
