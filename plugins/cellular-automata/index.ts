import { definePlugin } from "mutoscope/sdk";
import { pipeline } from "./pipeline.ts";

/** Brings the pipeline `cellular-automata`. */
export default definePlugin({
	id: "cellular-automata",
	title: "Cellular automata",
	description: "Worlds of cells that live by one rule: pictures that never end, from nothing or from video.",
	pipelines: [pipeline],
});
