/** One thing that was looked at. */
export interface Finding {
	readonly what: string;
	/** `missing` stops the show or a part that was asked for; `note` does not. */
	readonly state: "ok" | "note" | "missing";
	/** What is there, or why not. */
	readonly said: string;
	/** How to get it. */
	readonly remedy?: string;
}
