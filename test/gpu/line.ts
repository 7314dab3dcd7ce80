/** Milliseconds of each stage of a chunk: means over the chunks that were measured. */
export interface Stages {
	/** Encoding one prompt. */
	readonly text?: number;
	/** One denoising step of a chunk. */
	readonly denoise?: number;
	/** The pass that closes a chunk. */
	readonly clean?: number;
	/** Encoding a chunk's video. */
	readonly encode?: number;
	/** Decoding a chunk. */
	readonly decode?: number;
	/** Everything else in a chunk: noise, colours, copies. */
	readonly rest?: number;
}

/** A pipeline that was played, or why it could not be. */
export interface Played {
	readonly kind: "pipeline";
	readonly pipeline: string;
	/** What computed: library, provider, type. */
	readonly by: string;
	/** `576x320`. */
	readonly size: string;
	readonly mode: "text" | "video";
	/** Denoising steps of a chunk. */
	readonly steps: number;
	/** Frames a second that came out, over the chunks that were measured. */
	readonly fps?: number;
	readonly stages?: Stages;
	/** MiB in use on the device beyond what was in use before. */
	readonly device?: number;
	/** MiB of the process. */
	readonly host?: number;
	readonly failed?: string;
}

/** What became of the golden cases in one type. */
export interface GoldenLine {
	readonly kind: "golden";
	readonly by: string;
	/** The closing line of the run. */
	readonly tally: string;
	/** Lines of outputs that were wrong. */
	readonly wrong: readonly string[];
}

/** How fast tensors go to the device and come back. */
export interface TransferLine {
	readonly kind: "transfer";
	readonly by: string;
	readonly what: string;
	/** Bytes. */
	readonly size: number;
	/** Milliseconds, medians. */
	readonly there: number;
	readonly back: number;
}

/** What it was measured on. */
interface ConditionsLine {
	readonly kind: "conditions";
	readonly of: Readonly<Record<string, string>>;
}

/** One line of a report. */
export type Line = Played | GoldenLine | TransferLine | ConditionsLine;

/** A report as Markdown: conditions, golden cases, pipelines, transfers. */
export function markdown(lines: readonly Line[]): string {
	const of = <K extends Line["kind"]>(kind: K) =>
		lines.filter((line): line is Extract<Line, { kind: K }> => line.kind === kind);
	const conditions = of("conditions").flatMap(({ of }) => Object.entries(of).map(([name, what]) => [name, what]));
	const golden = of("golden").map(({ by, tally, wrong }) => [by, tally, wrong.length > 0 ? wrong.join("; ") : "none"]);
	const played = of("pipeline").map(({ pipeline, by, size, mode, steps, fps, stages = {}, device, host, failed }) => {
		const { text, denoise, clean, encode, decode, rest } = stages;
		const times = [text, denoise, clean, encode, decode, rest].map((ms) => rounded(ms));
		const what = [`${pipeline}, ${mode}, ${steps} steps`, size.replace("x", "×"), by];
		if (failed !== undefined) return [...what, `failed: ${failed}`, ...new Array<string>(8).fill("")];
		return [...what, rounded(fps), ...times, rounded(device), rounded(host)];
	});
	const transfers = of("transfer").map(({ by, what, size, there, back }) => {
		return [by, what, rounded(size / 2 ** 20), rounded(there), rounded(back)];
	});
	return [
		table(["", ""], conditions),
		table(["computed by", "golden cases", "wrong"], golden),
		table(
			"pipeline|size|computed by|fps|text ms|step ms|closing ms|encode ms|decode ms|rest ms|device MiB|host MiB".split(
				"|",
			),
			played,
		),
		table(["computed by", "tensor", "MiB", "to the device ms", "back ms"], transfers),
	]
		.filter(Boolean)
		.join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	if (rows.length === 0) return "";
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function rounded(value: number | undefined): string {
	if (value === undefined) return "–";
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
