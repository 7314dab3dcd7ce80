/** A number that is measured, as Prometheus scrapes it. */
export interface MetricFamily {
	/** `mutoscope_frames_made_total`. */
	readonly name: string;
	/** What it counts, with its unit. */
	readonly help: string;
	readonly type: "counter" | "gauge";
	readonly samples: readonly MetricSample[];
}

/** One value of a metric. */
export interface MetricSample {
	/** `{ session: "main" }`. */
	readonly labels?: Readonly<Record<string, string>>;
	readonly value: number;
}

/** Prometheus' text format, version 0.0.4. A sample without a number is left out. */
export function prometheus(families: readonly MetricFamily[]): string {
	return families.map(written).join("");
}

function written({ name, help, type, samples }: MetricFamily): string {
	const lines = samples
		.filter(({ value }) => !Number.isNaN(value))
		.map(({ labels = {}, value }) => {
			const pairs = Object.entries(labels).map(([key, text]) => `${key}="${oneLine(text).replaceAll('"', '\\"')}"`);
			return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${number(value)}\n`;
		});
	if (lines.length === 0) return "";
	return `# HELP ${name} ${oneLine(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function oneLine(text: string): string {
	return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function number(value: number): string {
	if (Number.isFinite(value)) return String(value);
	return value > 0 ? "+Inf" : "-Inf";
}
