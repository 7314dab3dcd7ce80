import { test } from "node:test";
import { pluginContract } from "mutoscope/testing";
import trails from "./index.js";

// What every plugin promises. `mutoscope plugin test` runs it.
for (const { name, skip, run } of pluginContract(trails)) void test(`trails ${name}`, { skip }, run);
