/** Bytes of the largest note: values of a generator with long prompts. */
export const NOTE_BYTES = 1 << 20;

/** The names of the rings between a session and a plugin that runs apart. Their owner is the daemon. */
export interface ApartRings {
	/** Session → plugin: what is asked, as notes. */
	readonly calls: string;
	/** Session → plugin: the picture that a call is about. */
	readonly given: string;
	/** Plugin → session: what came of it, as notes. */
	readonly replies: string;
	/** Plugin → session: the picture that was made of it. */
	readonly made: string;
}

/** The rings below a name. A dot stands in no session's name, so none of them is another session's. */
export function apartRings(base: string): ApartRings {
	return { calls: `${base}a`, given: `${base}b`, replies: `${base}c`, made: `${base}d` };
}
