import { Ring, RingReader, RingWriter } from "../media/ring.ts";

/**
 * A new ring that begins with the last picture of a dead daemon's ring of that name, so that whoever looks on after a
 * restart sees what was there, and the session fades from it. Throws `ring/exists`, `ring/no-memory`.
 */
export function inheritRing(name: string): Ring {
	const last = lastPicture(name);
	const ring = Ring.create(name);
	if (!last) return ring;
	try {
		using writer = RingWriter.attach(name);
		writer.write(last);
	} finally {
		last.close();
	}
	return ring;
}

function lastPicture(name: string) {
	try {
		using reader = RingReader.attach(name);
		return reader.latest();
	} catch {
		return undefined; // nobody was here before, or what is left of it cannot be read
	}
}
