import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { even } from "../../../bridges/ndi/even.ts";
import { candidates, type Machine } from "../../../bridges/ndi/locate.ts";
import { isWanted, networkName } from "../../../bridges/ndi/names.ts";
import { RateMeter } from "../../../bridges/ndi/rate.ts";
import { Remote } from "../../../bridges/ndi/remote.ts";
import { merged } from "../../../bridges/ndi/settings.ts";
import { quoted, readXml } from "../../../bridges/ndi/xml.ts";
import { MutoscopeError } from "../../../src/base/errors.ts";
import { FramePool } from "../../../src/media/pool.ts";
import { painted } from "./stage.ts";

const linux: Machine = { platform: "linux", arch: "x64", env: {}, packageFolder: () => undefined };

describe("the runtime is looked for", () => {
	test("where the config file says and nowhere else", () => {
		expect(candidates(linux, "/opt/libndi.so.6.3")).toEqual(["/opt/libndi.so.6.3"]);
		expect(candidates(linux, "/opt/ndi.software")).toEqual(
			["libndi.so.6", "libndi.so.5"].map((name) => `/opt/ndi.software/${name}`),
		);
		expect(candidates(linux, "/opt/ndi")).toEqual(["/opt/ndi/libndi.so.6", "/opt/ndi/libndi.so.5"]);
	});

	test("by NDI's variables, in the system's folders, by the loader, in npm's package, in this order", () => {
		const machine = { ...linux, env: { NDI_RUNTIME_DIR_V5: "/five", NDI_RUNTIME_DIR_V6: "/six" } };
		const paths = candidates({ ...machine, packageFolder: (name) => `/npm/${name}` }, undefined);
		const order = ["/six/libndi.so.6", "/five/libndi.so.5", "/usr/lib/libndi.so.6", "libndi.so.6"];
		const places = [...order, "/npm/@grandi/linux-x64/libndi.so.6"].map((path) => paths.indexOf(path));
		expect(places).toEqual(places.toSorted((a, b) => a - b));
		expect(places).not.toContain(-1);
	});

	test("under each system's own name", () => {
		const win = candidates({ ...linux, platform: "win32", env: { ProgramFiles: "D:\\Programs" } }, undefined);
		expect(win).toContain("D:\\Programs\\NDI\\NDI 6 Runtime\\v6\\Processing.NDI.Lib.x64.dll");
		expect(candidates({ ...linux, platform: "darwin" }, undefined)).toContain("/usr/local/lib/libndi.dylib");
	});
});

test("our settings lie over those of NDI's own tools, and nothing of theirs is lost", () => {
	const theirs = {
		ndi: { networks: { ips: "10.0.0.1,", discovery: "old" }, machinename: "STUDIO", groups: { send: "a" } },
	};
	const settings = {
		ips: ["10.0.0.2", "10.0.0.3"],
		discovery: [],
		adapters: ["10.0.0.9"],
		groups: ["stage", "public"],
	};
	expect(merged(theirs, settings)).toEqual({
		ndi: {
			networks: { ips: "10.0.0.2,10.0.0.3,", discovery: "old" },
			machinename: "STUDIO",
			groups: { send: "a", recv: "stage,public" },
			adapters: { allowed: ["10.0.0.9"] },
		},
	});
});

describe("names", () => {
	test("of any text fit beside the machine's, and break no character", () => {
		fc.assert(
			fc.property(
				fc.string({ unit: "grapheme", maxLength: 300 }),
				fc.string({ minLength: 1, maxLength: 63 }),
				(name, machine) => {
					const kept = networkName(name, machine);
					expect(Buffer.byteLength(`${machine} (${kept})`)).toBeLessThanOrEqual(249);
					expect(kept).not.toBe("");
					expect(kept).not.toMatch(/[\\/"<>&\n]/);
				},
			),
		);
		expect(networkName("👩‍🎤".repeat(100), "VM")).toMatch(/^(👩‍🎤)+$/u);
		expect(networkName(' a/b "c" ', "VM")).toBe("a b  c");
	});

	test("are found whole, or without the machine", () => {
		expect(isWanted("VM (a (b))", "VM (a (b))")).toBe(true);
		expect(isWanted("OTHER (stage)", "stage")).toBe(true);
		expect(isWanted("OTHER (backstage)", "stage")).toBe(false);
		expect(isWanted("OTHER ()", "")).toBe(false);
	});
});

describe("the rate that is told", () => {
	const told = (fps: number, seconds = 3) => {
		const meter = new RateMeter();
		for (let i = 0; i < fps * seconds; i++) meter.frame(100 + i / fps);
		return meter.rate;
	};

	test.each([
		[24, { n: 24, d: 1 }],
		[25, { n: 25, d: 1 }],
		[29.97, { n: 30, d: 1 }],
		[60, { n: 60, d: 1 }],
		[7.3, { n: 7300, d: 1000 }],
	])("of %d fps is %o", (fps, rate) => {
		expect(told(fps)).toEqual(rate);
	});

	test("is 30 until enough has come, and does not tremble with every frame", () => {
		expect(told(12, 0.5)).toEqual({ n: 30, d: 1 });
		const meter = new RateMeter();
		const rates = new Set<number>();
		for (let i = 0; i < 200; i++) {
			meter.frame(100 + i / 20 + (i % 3) * 0.004);
			if (i > 40) rates.add(meter.rate.n / meter.rate.d);
		}
		expect([...rates]).toEqual([20]);
	});
});

test("odd pictures get a last row and column once more, even ones are not copied", () => {
	const pool = new FramePool();
	using odd = painted(3, 1, (x) => [x * 10, 0, 0, 255]);
	using made = even(odd, (size) => pool.take(size));
	expect(made.size).toEqual({ width: 4, height: 2 });
	const reds = [...made.data].filter((_, at) => at % 4 === 0);
	expect(reds).toEqual([0, 10, 20, 20, 0, 10, 20, 20]);
	using flat = painted(4, 2, () => [1, 2, 3, 4]);
	using same = even(flat, (size) => pool.take(size));
	expect(same.data).toBe(flat.data);
});

describe("XML", () => {
	test("is elements and attributes", () => {
		expect(readXml(` <a id='1'><b c = "x &lt;&#x1F600;&amp;amp;"/><b/></a> `)).toEqual({
			name: "a",
			attributes: { id: "1" },
			children: [
				{ name: "b", attributes: { c: "x <😀&amp;" }, children: [] },
				{ name: "b", attributes: {}, children: [] },
			],
		});
	});

	test.each([
		"",
		"words",
		"<a>",
		"</a>",
		"<a></b>",
		"<a/><b/>",
		"<a>words</a>",
		"<a><!-- --></a>",
		"<?xml version='1.0'?><a/>",
		"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a c='&b;'/>",
		"<a b='&b;'/>",
		"<a b='&#0;'/>",
		"<a b='&#x110000;'/>",
		"<a b='1' b='2'/>",
		"<a b=1/>",
		`<a>${"<a>".repeat(9)}${"</a>".repeat(10)}`,
		`<a>${"<b/>".repeat(1000)}</a>`,
		`<a${" ".repeat(15_000)}`,
		`<a${" b=''".repeat(3000)}`,
	])("of other kinds is refused: %.40s", (text) => {
		expect(() => readXml(text)).toThrow(expect.objectContaining({ code: "request/malformed" }));
	});

	test("of any bytes is read or refused, and what is quoted comes back", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => {
				const plain = text.replaceAll("\0", "");
				expect(readXml(`<a b="${quoted(plain)}"/>`).attributes.b).toBe(plain);
				for (const hostile of [text, `<mutoscope>${text}</mutoscope>`, `<mutoscope ${text}/>`]) {
					try {
						readXml(hostile);
					} catch (error) {
						expect(error).toBeInstanceOf(MutoscopeError);
					}
				}
			}),
		);
	});

	test("cannot reach what objects have by birth", async () => {
		const turned: unknown[] = [];
		const said: string[] = [];
		const turn = async (changes: object) => void turned.push(Object.entries(changes));
		const remote = new Remote({ allowed: () => true, turn, say: (xml) => said.push(xml) });
		await remote.hear({ text: '<mutoscope __proto__="x"><set address="__proto__" value="1"/></mutoscope>' });
		await remote.hear({ text: '<mutoscope constructor="x"><set toString="1" value="1"/></mutoscope>' });
		await remote.hear({ text: "<mutoscope/>" });
		await remote.hear({ text: "<mutoscopes/>" });
		expect(turned.flat().every((entry) => Array.isArray(entry))).toBe(true);
		expect(({} as Record<string, unknown>).x).toBeUndefined();
		expect(said).toHaveLength(3);
	});
});
