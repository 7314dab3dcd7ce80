import { definePipeline } from "mutoscope/sdk";
import { expect, test } from "vitest";
import * as z from "zod";
import type { Artifact } from "../../../src/contract/artifact.ts";
import { Catalogue } from "../../../src/daemon/catalogue.ts";
import { understudy, usualPipeline } from "../../../src/daemon/usual.ts";

const fetched: Artifact = { repo: "somebody/large", file: "weights.pt" };
const shipped: Artifact = { repo: "small", file: "weights.safetensors", shipped: "file:///small/weights.safetensors" };

function catalogueOf(...guests: readonly [id: string, mode: "text" | "video", ...artifacts: Artifact[]][]) {
	const catalogue = new Catalogue();
	for (const [id, mode, ...artifacts] of guests) {
		const open = () => Promise.reject(new Error("nobody opens it"));
		const said = { id, title: id, description: id, source: "here" };
		catalogue.add(definePipeline({ ...said, modes: [mode], params: z.object({}), artifacts, open }), `file:///${id}`);
	}
	return catalogue;
}

test("a session begins with the model that came along, and what needs no file steps in", () => {
	const catalogue = catalogueOf(
		["grey", "video"],
		["cells", "text"],
		["large", "text", fetched],
		["half", "text", shipped, fetched],
		["boxed", "text", shipped],
	);
	expect(usualPipeline(catalogue)).toBe("boxed");
	expect(understudy(catalogue)?.guest.id).toBe("cells");
});

test("without a model that came along a session begins with what needs no file", () => {
	expect(usualPipeline(catalogueOf(["grey", "video"], ["large", "text", fetched], ["cells", "text"]))).toBe("cells");
	expect(usualPipeline(catalogueOf(["grey", "video"]))).toBe("grey");
});
