/** One measured figure. */
export interface Figure {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	/** What it is to stay under, or over. */
	readonly limit?: number;
	/** Which way is good; `less` unless said. */
	readonly better?: "less" | "more";
	/** What was measured how: sizes, rates, counts, versions. */
	readonly conditions: string;
}

/** Prints a figure. */
export type Emit = (figure: Figure) => void;
