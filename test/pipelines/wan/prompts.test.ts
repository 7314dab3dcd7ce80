import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Prompt, samePrompts } from "../../../pipelines/wan/prompts.ts";
import { blend } from "../../../pipelines/wan/prompts-blend.ts";
import { Conditioning } from "../../../pipelines/wan/prompts-conditioning.ts";
import { distance, type Embedding } from "../../../pipelines/wan/prompts-embedding.ts";

/** One row a text: the text's letters count. The row of padding is zero. */
const encodings: Record<string, readonly number[]> = {
	a: [1, 0, 0, 0, 0, 0],
	b: [0, 2, 0, 0, 0, 0],
	c: [0, 0, 3, 0, 0, 0],
	"": [0, 0, 0.5, 0, 0, 0],
};
const embedding = (text: string): Embedding => ({ data: Float32Array.from(encodings[text] ?? []), width: 3 });

/** Prompts of weight 1 where none is given. */
const promptsOf = (input: string | readonly (string | Prompt)[]): readonly Prompt[] =>
	[input].flat().map((entry) => (typeof entry === "string" ? { text: entry, weight: 1 } : entry));

function following() {
	const batches: string[][] = [];
	const conditioning = new Conditioning(async (texts) => {
		batches.push([...texts]);
		return texts.map(embedding);
	});
	return { conditioning, batches };
}

describe("prompts", () => {
	test("are the same only with the same texts and weights in the same order", () => {
		expect(samePrompts(promptsOf(["a", "b"]), promptsOf(["a", "b"]))).toBe(true);
		expect(samePrompts(promptsOf(["a", "b"]), promptsOf(["b", "a"]))).toBe(false);
		expect(samePrompts(promptsOf(["a"]), promptsOf([{ text: "a", weight: 0.5 }]))).toBe(false);
	});
});

describe("a blend", () => {
	const values = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 });
	const any = values.map((data): Embedding => ({ data: Float32Array.from(data), width: 3 }));

	test.each(["linear", "slerp"] as const)("by %s of an embedding with itself is that embedding", (method) => {
		fc.assert(
			fc.property(any, fc.float({ min: Math.fround(0.1), max: 5, noNaN: true }), (one, weight) => {
				expect(distance(blend([one, one, one], [1, weight, 2], method), one)).toBeLessThan(1e-3);
			}),
		);
	});

	test("gives all of it to the only one with a weight", () => {
		for (const method of ["linear", "slerp"] as const) {
			expect([...blend([embedding("a"), embedding("b")], [0, 3], method).data]).toEqual(encodings.b);
		}
	});

	test("keeps the length that the weights give", () => {
		const mixed = blend([embedding("a"), embedding("b")], [1, 1], "linear").data;
		expect(Math.hypot(...mixed)).toBeCloseTo(1.5);
	});

	test("by slerp takes any number, or falls back to linear where Scope does", () => {
		const three = [embedding("a"), embedding("b"), embedding("c")];
		const as = (asScope: boolean) => [...blend(three, [1, 1, 1], "slerp", { asScope }).data];
		expect(as(true)).toEqual([...blend(three, [1, 1, 1], "linear").data]);
		expect(as(false)).not.toEqual(as(true));
	});
});

describe("what a chunk is made from", () => {
	const [a, b, c] = [promptsOf("a"), promptsOf("b"), promptsOf("c")];

	test("changes with the prompts, and only then", async () => {
		const { conditioning, batches } = following();
		expect(await conditioning.next(a, "linear")).toMatchObject({ changed: true, moving: false });
		expect(await conditioning.next(promptsOf("a"), "linear")).toMatchObject({ changed: false });
		const { embedding: shown, changed } = await conditioning.next(b, "linear");
		expect(changed).toBe(true);
		expect([...shown.data]).toEqual(encodings.b);
		expect(batches).toEqual([["a"], ["b"]]);
	});

	test("is blended anew when a weight is turned, without encoding again", async () => {
		const { conditioning, batches } = following();
		await conditioning.next(promptsOf(["a", "b"]), "linear");
		const turned = await conditioning.next(promptsOf(["a", { text: "b", weight: 3 }]), "linear");
		expect(turned.changed).toBe(true);
		expect((await conditioning.next(promptsOf(["a", { text: "b", weight: 3 }]), "slerp")).changed).toBe(true);
		expect(batches).toEqual([["a", "b"]]);
	});

	test("travels from the source to the target in as many chunks as ordered", async () => {
		const { conditioning } = following();
		await conditioning.next(a, "linear");
		const order = { prompts: b, steps: 3, method: "linear" } as const;
		const way = [await conditioning.next(a, "linear", order)];
		while (way.at(-1)?.moving) way.push(await conditioning.next(a, "linear"));
		expect(way.map(({ changed, moving }) => [changed, moving])).toEqual([
			[true, true],
			[true, true],
			[true, true],
			[false, false],
		]);
		expect(way.map(({ embedding }) => [...embedding.data.subarray(0, 2)])).toEqual([
			[1, 0],
			[0.5, 1],
			[0, 2],
			[0, 2],
		]);
	});

	test("passes over the old prompts after an arrival, until others are sent", async () => {
		const { conditioning } = following();
		await conditioning.next(a, "linear");
		await conditioning.next(a, "linear", { prompts: b, steps: 2, method: "linear" });
		await conditioning.next(a, "linear");
		expect((await conditioning.next(a, "linear")).changed).toBe(false);
		expect((await conditioning.next(b, "linear")).changed).toBe(false);
		expect((await conditioning.next(a, "linear")).changed).toBe(true);
	});

	test("cuts a transition short when other prompts come, but not when its own target does", async () => {
		const { conditioning } = following();
		await conditioning.next(a, "linear");
		await conditioning.next(a, "linear", { prompts: b, steps: 9, method: "slerp" });
		expect((await conditioning.next(b, "linear")).moving).toBe(true);
		const cut = await conditioning.next(c, "linear");
		expect(cut).toMatchObject({ changed: true, moving: false });
		expect([...cut.embedding.data]).toEqual(encodings.c);
	});

	test("goes on to weights that are turned on the way, in the steps that are left, and never stands still", async () => {
		const { conditioning } = following();
		await conditioning.next(a, "linear");
		await conditioning.next(a, "linear", { prompts: b, steps: 4, method: "linear" });
		const way = [];
		for (const weight of [1, 2, 3]) {
			const prompts = promptsOf([
				{ text: "a", weight: 1 },
				{ text: "b", weight },
			]);
			const { embedding, moving } = await conditioning.next(prompts, "linear", undefined, true);
			way.push({ data: [...embedding.data], moving });
		}
		const { embedding } = await following().conditioning.next(
			promptsOf([
				{ text: "a", weight: 1 },
				{ text: "b", weight: 3 },
			]),
			"linear",
		);
		expect(way.map(({ moving }) => moving)).toEqual([true, true, true]);
		expect(way[0]?.data).not.toEqual(encodings.a);
		expect(way[2]?.data).toEqual([...embedding.data]);
	});

	test.each([0, 1])("is a cut with a transition of %d steps", async (steps) => {
		const { conditioning } = following();
		await conditioning.next(a, "linear");
		const cut = await conditioning.next(a, "linear", { prompts: b, steps, method: "linear" });
		expect(cut).toMatchObject({ changed: true, moving: false });
		expect([...cut.embedding.data]).toEqual(encodings.b);
	});

	test("is the target at once where nothing was shown", async () => {
		const { conditioning } = following();
		const first = await conditioning.next(a, "linear", { prompts: b, steps: 4, method: "linear" });
		expect([...first.embedding.data]).toEqual(encodings.b);
		expect(first.moving).toBe(false);
	});

	test("does not travel to what looks the same", async () => {
		const { conditioning } = following();
		await conditioning.next(a, "linear");
		const stays = await conditioning.next(a, "linear", { prompts: promptsOf(["a", "a"]), steps: 4, method: "linear" });
		expect(stays).toMatchObject({ changed: false, moving: false });
	});

	test("begins anew after a reset", async () => {
		const { conditioning, batches } = following();
		await conditioning.next(a, "linear");
		conditioning.reset();
		expect((await conditioning.next(a, "linear")).changed).toBe(true);
		expect(batches).toEqual([["a"]]);
	});

	test("keeps what it had when encoding fails, and tries again", async () => {
		let broken = false;
		const conditioning = new Conditioning(async (texts) => {
			if (broken) throw new Error("no memory");
			return texts.map(embedding);
		});
		await conditioning.next(a, "linear");
		broken = true;
		await expect(conditioning.next(b, "linear")).rejects.toThrow("no memory");
		broken = false;
		expect([...(await conditioning.next(b, "linear")).embedding.data]).toEqual(encodings.b);
	});

	test("lets go of texts that were not used for long", async () => {
		const { conditioning, batches } = following();
		for (const text of "abcabc") await conditioning.next(promptsOf(text), "linear");
		expect(batches.length).toBe(3);
		for (let i = 0; i < 9; i++) {
			encodings[`${i}`] = [i, 1, 1, 0, 0, 0];
			await conditioning.next(promptsOf(`${i}`), "linear");
		}
		await conditioning.next(a, "linear");
		expect(batches.length).toBe(13);
	});
});
