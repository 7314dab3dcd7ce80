import type { PluginDefinition } from "mutoscope/sdk";
import breathe from "./breathe/index.ts";
import cellularAutomata from "./cellular-automata/index.ts";

/** The plugins that come with Mutoscope. Each is in the folder of its id. */
export const plugins: readonly PluginDefinition[] = [breathe, cellularAutomata];
