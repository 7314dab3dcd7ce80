import { describe, expect, test } from "vitest";
import { ControlStage } from "./stage.ts";

describe("Daydream Scope's data channel", () => {
	test("is read as it is, without greeting or identifying", () => {
		const stage = new ControlStage();
		const { end, told, line } = stage.connect({ role: "operator", scope: "/main" });
		const dict = (parameters: object) => end.receive(JSON.stringify(parameters));
		dict({
			prompts: [
				{ text: "a fox", weight: 100 },
				{ text: "snow", weight: 50 },
			],
			vace_context_scale: 1.5,
			denoising_step_list: [1000, 750],
			reset_cache: true,
			manage_cache: true,
			pipeline_ids: ["longlive"],
			palette: "mud",
			hue: 77,
		});
		dict({ paused: true });
		dict({ transition: { target_prompts: [{ text: "a wolf", weight: 1 }], num_steps: 4 } });
		end.receive("nonsense");
		stage.timing.pass(10);
		const { store } = stage;
		expect(
			["/prompt", "/prompt/1/weight", "/prompt/2/text", "/prompt/2/weight", "/prompt/3/weight"].map((at) =>
				store.get(at),
			),
		).toEqual(["a wolf", 1, "snow", 0, 0]);
		expect(
			["/vace/scale", "/denoise/steps", "/hue", "/palette", "/transport/paused"].map((at) => store.get(at)),
		).toEqual([1.5, [1000, 750], 77, "ink", true]);
		expect(store.snapshot("/main").fired).toEqual({ "/cache/reset": 1 });
		expect([told().map(({ op }) => op), line.closed]).toEqual([["error"], undefined]);
	});

	test("is told what others turn, by Scope's names", () => {
		const stage = new ControlStage();
		const { end, raw } = stage.connect({ role: "operator", scope: "/main" });
		end.receive('{"hue":3}');
		stage.store.set(
			[
				["/vace/scale", 0.5],
				["/denoise/steps", [900]],
				["/cache/reset", 1],
			],
			"osc",
		);
		stage.store.set(
			[
				["/prompt", "fog"],
				["/transport/paused", true],
			],
			"osc",
		);
		stage.timing.pass(1);
		const prompts = [{ text: "fog", weight: 1 }];
		const parameters = { vace_context_scale: 0.5, denoising_step_list: [900], prompts, paused: true };
		expect(raw.map((text) => JSON.parse(text))).toEqual([{ type: "parameters_updated", parameters }]);
		end.closed();
		expect(stage.timing.waiting).toBe(0);
	});

	test("may speak our protocol too", () => {
		const stage = new ControlStage();
		const { enter, say, told } = stage.connect({ role: "operator", scope: "/main" });
		enter();
		say({ op: "set", id: 1, values: { "/hue": 9 } });
		expect(told()).toMatchObject([{ op: "ack", id: 1 }]);
	});

	test("may do nothing as a viewer", () => {
		const stage = new ControlStage();
		const { end, told } = stage.connect({ role: "viewer", scope: "/main" });
		end.receive('{"hue":3}');
		expect([stage.store.get("/hue"), told()[0]]).toMatchObject([0, { error: { code: "auth/forbidden" } }]);
	});
});
