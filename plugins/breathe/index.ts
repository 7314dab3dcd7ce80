import { definePlugin, valueAt, withValue } from "mutoscope/sdk";
import { params } from "./params.ts";

/** Breathe: lets one parameter rise and fall in time. The session keeps the result within the parameter's range. */
export default definePlugin({
	id: "breathe",
	title: "Breathe",
	description: "Lets one parameter of the generator rise and fall around where it was set.",
	params,
	tap({ hooks, params, param }) {
		hooks.params.tap("breathe", (values, { time }) => {
			const { target, depth, period } = params();
			const found = param(target);
			const rest = found && valueAt(values, found.path);
			if (!found || typeof rest !== "number") return values;
			const reach = found.min === undefined || found.max === undefined ? 1 : found.max - found.min;
			const swing = depth * reach * Math.sin((2 * Math.PI * time) / period);
			return withValue(values, found.path, rest + swing);
		});
	},
});
