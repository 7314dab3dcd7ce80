import { expect, test } from "vitest";
import * as z from "zod";
import { voiceOf } from "../../../src/daemon/voice.ts";
import { jsonSchemaOf } from "../../../src/params/schema.ts";
import type { ParamStore } from "../../../src/params/store.ts";
import { code, stage } from "../params/stage.ts";
import { quiet } from "../server/fake.ts";

const sink = z.object({
	enabled: z.boolean().default(true),
	onAir: z.boolean().default(false).meta({ readOnly: true }),
	receivers: z.int().min(0).default(0).meta({ readOnly: true }),
});
const stageOf = z.object({ picture: z.string().max(100).default("").meta({ widget: "file" }) });

function heard() {
	const store: ParamStore = stage();
	store.mount("/main/sink/desk", jsonSchemaOf(sink));
	store.mount("/main/stage/look", jsonSchemaOf(stageOf));
	const voice = voiceOf({ store, session: "/main", part: "/main/sink/desk", log: quiet });
	return { store, voice, get: (address: string) => store.get(`/main${address}`) };
}

test("lights of a guest are parameters that everybody hears of, until it is gone", () => {
	const { store, voice, get } = heard();
	const told: unknown[] = [];
	store.watch(({ origin, values }) => told.push([origin, ...values]));
	voice.event("show", { "/onAir": true, "/receivers": 2 });
	expect([get("/sink/desk/onAir"), get("/sink/desk/receivers")]).toEqual([true, 2]);
	voice.event("show", { "/onAir": true, "/receivers": 2 });
	expect(told).toEqual([["/main/sink/desk", ["/main/sink/desk/onAir", true], ["/main/sink/desk/receivers", 2]]]);
	voice.state({ name: "sink:main/desk", state: "running", restarts: 0 });
	expect(get("/sink/desk/onAir")).toBe(true);
	voice.state({ name: "sink:main/desk", state: "waiting", restarts: 0 });
	expect([get("/sink/desk/onAir"), get("/sink/desk/receivers")]).toEqual([false, 0]);
	voice.event("show", { "/onAir": true });
	voice.event("closed", null);
	expect(get("/sink/desk/onAir")).toBe(false);
});

test("a guest shows nothing but its own lights", () => {
	const { voice, get } = heard();
	voice.event("show", { "/enabled": false, "/age": 5, "/receivers": "many" });
	voice.event("show", "nonsense");
	expect([get("/sink/desk/enabled"), get("/age"), get("/sink/desk/receivers")]).toEqual([true, 0, 0]);
});

test("a guest turns parameters of its session, by text where that is all it has", () => {
	const { voice, get } = heard();
	voice.turn({
		"/vace/scale": "0.5",
		"/prompt": "0.5",
		"/vace/enabled": "off",
		"/steps": "900, 300",
		"/hue/norm": "0",
	});
	expect(["/vace/scale", "/prompt", "/vace/enabled", "/steps", "/hue"].map(get)).toEqual([
		0.5,
		"0.5",
		false,
		[900, 300],
		20,
	]);
});

test.each([
	[{ "/vace/scale": 1.5, "/nothing": 1 }, "param/unknown"],
	[{ "/vace/scale": "much" }, "param/invalid"],
	[{ "/age": 3 }, "param/read-only"],
	[{ "/sink/desk/enabled": false }, "param/read-only"],
	[{ "/source/path": "/etc/passwd" }, "param/read-only"],
	[{ "/stage/look/picture": "/home/me/secret.png" }, "param/read-only"],
	[{ "": 1 }, "param/unknown"],
	[{ "2/vace/scale": 1 }, "param/unknown"],
	[Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`/${i}`, i])), "request/invalid"],
])("what it may not turn changes nothing: %j", (changes, refused) => {
	const { voice, get } = heard();
	expect(code(() => voice.turn(changes))).toBe(refused);
	expect(get("/vace/scale")).toBe(1);
});
