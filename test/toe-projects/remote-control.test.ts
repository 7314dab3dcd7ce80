import { describe, expect, test } from "vitest";
import { peer } from "../peers.ts";
import { OscStage } from "../src/control/osc/stage.ts";
import { type Answer, Double, PROJECTS } from "./double.ts";
import { Session } from "./session.ts";

const python = peer("python3");
const HERE = 9001;

/** The project in the double on one side, the daemon's own OSC on the other. */
class Play implements AsyncDisposable {
	readonly session: Session;
	readonly #stage: OscStage;
	readonly #double: Double;
	readonly #peer;

	constructor(pipeline: string) {
		this.session = new Session(pipeline);
		this.#stage = new OscStage({ store: this.session.store });
		this.#double = new Double(python as string, PROJECTS[0]);
		this.#peer = this.#stage.peer();
	}

	/** One command; what it sends goes to the daemon, what that tells comes back. Returns what was sent. */
	async do(command: Readonly<Record<string, unknown>>): Promise<Answer> {
		const answer = await this.#double.do(command);
		for (const [address, args] of answer.sent) this.#peer.say(packet(address, args));
		this.#stage.timing.pass(0.1);
		await this.#hear();
		return answer;
	}

	/** Seconds pass, frame by frame. */
	async frames(from: number, to: number): Promise<Answer[]> {
		const answers = [];
		for (let seconds = from; seconds <= to; seconds += 0.25) answers.push(await this.do({ do: "frame", seconds }));
		return answers;
	}

	/** Begins: it asks and is answered. */
	async connect(): Promise<void> {
		const { asked } = await this.do({ do: "frame", seconds: 1 });
		expect(asked).toEqual([["GET", "http://127.0.0.1:8000/api/v1/params?path=/main", {}]]);
		await this.describe();
	}

	async describe(): Promise<void> {
		await this.do({ do: "answer", code: 200, body: this.session.described() });
	}

	/** Somebody else turns something. */
	async turn(values: Readonly<Record<string, unknown>>): Promise<void> {
		this.session.store.set(Object.entries(values), "somebody");
		this.#stage.timing.pass(0.1);
		await this.#hear();
	}

	async pars(): Promise<Record<string, { value: unknown; page: string; style: string }>> {
		return (await this.#double.do({ do: "pars" })).result as never;
	}

	/** Addresses of what OSC Out CHOPs send. */
	async channels(): Promise<string[]> {
		return (await this.#double.do({ do: "channels" })).result as string[];
	}

	async #hear(): Promise<void> {
		const told = this.#peer.told();
		expect(told.filter(([, address]) => address === "/error")).toEqual([]);
		const messages = told.filter(([port]) => port === HERE).map(([, address, ...args]) => [address, args]);
		if (messages.length === 0) return;
		const { sent } = await this.#double.do({ do: "osc", messages });
		expect(sent, "what is heard is not said again").toEqual([]);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#double[Symbol.asyncDispose]();
	}
}

function packet(address: string, args: readonly (string | number | boolean)[]) {
	const type = (arg: string | number | boolean) => {
		if (typeof arg === "string") return "s";
		if (typeof arg === "boolean") return arg ? "T" : "F";
		return Number.isInteger(arg) ? "i" : "f";
	};
	return { kind: "message" as const, address, types: args.map(type).join(""), args: [...args] };
}

describe.skipIf(!python)("remote-control in a double of TouchDesigner, with our own OSC (needs python3)", () => {
	test("every parameter of the session becomes a custom parameter, with its value", async () => {
		await using play = new Play("longlive");
		await play.connect();
		const pars = await play.pars();
		const described = play.session.store.list().length;
		expect(pars.Status?.value).toBe(`${described} parameters of main`);
		expect(pars.Vacescale).toMatchObject({ value: 1, page: "VACE" });
		expect(pars.Prompt1text).toMatchObject({ page: "Prompt" });
		expect(pars.Denoisesteps?.value).toBe("1000 750 500 250");
		expect(pars.Sessionfps).toMatchObject({ value: 60, page: "Session" });
		expect(pars.Sinkndienabled).toMatchObject({ value: false, page: "Sink ndi" });
		expect(pars.Transportreset?.style).toBe("pulse");
		const own = 8 + 4 + 9;
		expect(Object.keys(pars)).toHaveLength(described + own);
	});

	test("what is turned here arrives there, in every kind of value", async () => {
		await using play = new Play("longlive");
		await play.connect();
		const { store } = play.session;
		const turns: [string, unknown, string, unknown][] = [
			["Vacescale", 1.5, "/main/vace/scale", 1.5],
			["Seed", 7, "/main/seed", 7],
			["Vaceinput", true, "/main/vace/input", true],
			["Promptinterpolation", "slerp", "/main/prompt/interpolation", "slerp"],
			["Prompt1text", "a lighthouse", "/main/prompt/1/text", "a lighthouse"],
			["Denoisesteps", "900, 300", "/main/denoise/steps", [900, 300]],
		];
		for (const [par, value, address, kept] of turns) {
			expect((await play.do({ do: "set", par, value })).sent.map(([address]) => address)).toEqual([address]);
			expect(store.get(address)).toEqual(kept);
		}
	});

	test("what is turned elsewhere is shown here, and not said again", async () => {
		await using play = new Play("longlive");
		await play.connect();
		await play.turn({
			"/main/vace/scale": 0.3,
			"/main/mode": "video",
			"/main/denoise/steps": [800],
			"/main/vace/mask": true,
		});
		const pars = await play.pars();
		expect(pars.Vacescale?.value).toBeCloseTo(0.3, 6);
		expect([pars.Mode?.value, pars.Denoisesteps?.value, pars.Vacemask?.value]).toEqual(["video", "800", true]);
	});

	test("a hand on a parameter is not pulled back by what was said before it moved", async () => {
		await using play = new Play("longlive");
		await play.connect();
		await play.do({ do: "frame", seconds: 10 });
		await play.do({ do: "set", par: "Vacescale", value: 1.7 });
		await play.turn({ "/main/vace/scale": 0.4 });
		expect((await play.pars()).Vacescale?.value).toBe(1.7);
		await play.do({ do: "frame", seconds: 11 });
		await play.turn({ "/main/vace/scale": 0.5 });
		expect((await play.pars()).Vacescale?.value).toBe(0.5);
	});

	test("a button fires each time it is pressed", async () => {
		await using play = new Play("longlive");
		await play.connect();
		let fired = 0;
		play.session.store.watch((change) => (fired += change.fired.length));
		await play.do({ do: "pulse", par: "Cachereset" });
		await play.do({ do: "pulse", par: "Cachereset" });
		expect(fired).toBe(2);
	});

	test("the subscription is renewed in time, for as long as it plays", async () => {
		await using play = new Play("longlive");
		const answers = await play.frames(1, 60);
		const renewed = answers.flatMap(({ sent }) => sent).filter(([address]) => address === "/sub");
		expect(renewed).toEqual([1, 2, 3].map(() => ["/sub", ["/main/**", HERE]]));
	});

	test("another pipeline: it asks anew, its parameters come, those of the old one go, those that stay are kept", async () => {
		await using play = new Play("longlive");
		await play.connect();
		await play.do({ do: "frame", seconds: 10 });
		play.session.play("krea-realtime-video");
		await play.turn({ "/main/session/pipeline": "krea-realtime-video" });
		expect((await play.pars()).Cachebias).toBeUndefined();
		const asked = (await play.frames(10.25, 11)).flatMap((answer) => answer.asked);
		expect(asked).toHaveLength(1);
		await play.describe();
		const pars = await play.pars();
		expect(pars.Cachebias?.value).toBeLessThanOrEqual(1);
		expect(pars.Sessionpipeline?.value).toBe("krea-realtime-video");
		expect(pars.Status?.value).toBe(`${play.session.store.list().length} parameters of main`);
	});

	test("no answer is asked for again; without a token it says what to do", async () => {
		await using play = new Play("longlive");
		expect((await play.frames(1, 5.75)).flatMap(({ asked }) => asked)).toHaveLength(1);
		await play.do({ do: "answer", code: 401, body: "{}" });
		expect((await play.pars()).Status?.value).toMatch(/mutoscope token operator/);
		await play.do({ do: "set", par: "Token", value: "secret" });
		const { asked } = await play.do({ do: "frame", seconds: 6 });
		expect(asked[0]?.[2]).toEqual({ Authorization: "Bearer secret" });
	});

	test("the prompt bank goes round, and each of its prompts is sent", async () => {
		await using play = new Play("longlive");
		await play.connect();
		const told: unknown[] = [];
		for (const par of ["Send", "Next", "Previous", "Previous"]) {
			await play.do({ do: "pulse", par });
			told.push(play.session.store.get("/main/prompt/1/text"));
		}
		expect(told[0]).toMatch(/lake/);
		expect(told[1]).toMatch(/fire/);
		expect(told[2]).toBe(told[0]);
		expect(told[3]).toMatch(/forest/);
		expect(await play.pars()).toMatchObject({ Row: { value: 4 }, Prompt1text: { value: told[3] } });
	});

	test("LFOs send to addresses that a pipeline with LoRA and VACE has, while they are switched on", async () => {
		await using play = new Play("pocket");
		await play.connect();
		expect(await play.channels()).toEqual([]);
		await play.do({ do: "set", par: "Loramove", value: true });
		await play.do({ do: "set", par: "Vacemove", value: true });
		await play.do({ do: "set", par: "Loraslot", value: 2 });
		const addresses = await play.channels();
		expect(addresses).toEqual(["/main/lora/2/scale", "/main/vace/scale"]);
		for (const address of addresses) expect(play.session.store.takes(address), address).toBe(true);
	});
});
