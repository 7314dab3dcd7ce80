// Runs a model, and says what the environment tells the runtime about telemetry.
import { Engine, Graph } from "../../../../src/inference/index.ts";

await using engine = await Engine.open({ provider: "cpu" });
const graph = new Graph("one");
graph.output("y", graph.add(graph.input("x", "float32", [1]), graph.scalar(1)));
const { y } = await (await engine.model(graph)).run({ x: engine.tensor("float32", [1], [1]) });
process.stdout.write(`${process.env.ORT_DISABLE_TELEMETRY} ${y?.data[0]}\n`);
