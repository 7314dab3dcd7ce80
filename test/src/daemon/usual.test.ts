import { definePipeline } from "mutoscope/sdk";
import { expect, test } from "vitest";
import * as z from "zod";
import type { Artifact } from "../../../src/contract/artifact.ts";
import { describe as descriptionOf } from "../../../src/contract/describe.ts";
import { Catalogue } from "../../../src/daemon/catalogue.ts";
import { understudy, usualPipeline } from "../../../src/daemon/usual.ts";

const fetched: Artifact = { repo: "somebody/large", file: "weights.pt" };
const shipped: Artifact = { repo: "small", file: "weights.safetensors", shipped: "file:///small/weights.safetensors" };

type Mode = "text" | "video";
type Modes = Mode | readonly Mode[];

function pipelineOf(id: string, modes: Modes, ...artifacts: Artifact[]) {
	const open = () => Promise.reject(new Error("nobody opens it"));
	const said = { id, title: id, description: id, source: "here" };
	return definePipeline({ ...said, modes: [modes].flat(), params: z.object({}), artifacts, open });
}

function catalogueOf(...guests: readonly [id: string, modes: Modes, ...artifacts: Artifact[]][]) {
	const catalogue = new Catalogue();
	for (const [id, ...said] of guests) catalogue.add(pipelineOf(id, ...said), `file:///${id}`);
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

test("what makes pictures of nothing only beside what it is for is not begun with, and does not step in", () => {
	const catalogue = catalogueOf(
		["blur", ["video", "text"]],
		["restyle", ["video", "text"], shipped],
		["cells", ["text", "video"]],
	);
	expect([usualPipeline(catalogue), understudy(catalogue)?.guest.id]).toEqual(["cells", "cells"]);
});

test("what an installed package brings does not step in", () => {
	const catalogue = catalogueOf(["grey", "video"]);
	catalogue.enter(descriptionOf(pipelineOf("bought", "text")), { module: "file:///bought", package: "bought" });
	expect(understudy(catalogue)).toBeUndefined();
	expect(usualPipeline(catalogue)).toBe("grey");
});
