/** A file that a pipeline cannot make itself: weights, a tokenizer. Fetched once, checked, kept; or `shipped`. */
export interface Artifact {
	/** Repository on the Hugging Face hub: `daydreamlive/LongLive-1.3B`; or a folder name of its own where `url` or `shipped` is. */
	readonly repo: string;
	/** Path within the repository, with slashes. */
	readonly file: string;
	/** Branch, tag or commit; `main` if it is not said. */
	readonly revision?: string | undefined;
	/** Where to fetch it if not from the hub. */
	readonly url?: string | undefined;
	/** Where it lies, as a `file:` URL, if it came with the package that needs it: it is there already, and never fetched. */
	readonly shipped?: string | undefined;
	/** Of the whole file, in hexadecimal. Without it, what the hub states for the revision is checked and kept. */
	readonly sha256?: string | undefined;
	/** Length of the whole file, for the estimate before it is known. */
	readonly bytes?: number | undefined;
	/** Needed only while each of these parameters, by relative address, has one of its values; always unless said. */
	readonly when?: Readonly<Record<string, readonly (string | number | boolean)[]>> | undefined;
}

/** Where a loading pipeline has got to. */
export interface LoadingStage {
	/** What is being done, for a person: `Loading text encoder`. */
	readonly stage: string;
	/** How much of the whole loading lies behind, from 0 to 1. */
	readonly fraction: number;
}

/** Memory that an open pipeline takes, in bytes. */
export interface MemoryNeed {
	/** On the machine. */
	readonly host: number;
	/** On the accelerator, if it uses one. */
	readonly device?: number;
}
