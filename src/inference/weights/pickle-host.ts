/** What a pickle calls by name: `module.name`. */
export class PickledName {
	readonly name: string;

	/** `name` includes the module. */
	constructor(name: string) {
		this.name = name;
	}
}

/** What a pickle may ask for. Both throw `PickleError` for what they do not know. */
export interface PickleHost {
	/** What stands for an object kept outside of the pickle. */
	persistent(id: unknown): unknown;
	/** What a call of `name` gives. */
	call(name: string, args: readonly unknown[]): unknown;
}

/** What is wrong with a pickle, as the end of a sentence that begins with the file. */
export class PickleError extends Error {
	override readonly name = "PickleError";
}
