/** What a packet of VP9 says of itself (RFC 9628 §4.2). */
const INTER_PREDICTED = 0x40;
const BEGINS = 0x08;
const ENDS = 0x04;

/**
 * Splits a frame into payloads of at most `most` bytes. Non-flexible mode, without layers and picture ids: one byte says
 * whether the frame refers to others, begins, ends.
 */
export function packetiseVp9(frame: Uint8Array, most: number): Buffer[] {
	const count = Math.max(1, Math.ceil(frame.length / (most - 1)));
	const share = Math.ceil(frame.length / count);
	const all = Buffer.allocUnsafe(frame.length + count);
	const predicted = isKey(frame) ? 0 : INTER_PREDICTED;
	return Array.from({ length: count }, (_, i) => {
		const part = frame.subarray(i * share, (i + 1) * share);
		const at = i * (share + 1);
		all[at] = predicted | (i === 0 ? BEGINS : 0) | (i === count - 1 ? ENDS : 0);
		all.set(part, at + 1);
		return all.subarray(at, at + 1 + part.length);
	});
}

/** Of the uncompressed header (VP9 bitstream §6.2) of profiles 0 to 2: `frame_type` is 0, and it is no repeat. */
function isKey(frame: Uint8Array): boolean {
	return ((frame[0] ?? 0) & 0x0c) === 0;
}

/** Joins the payloads of one frame; `undefined` if they make none. Layers of one picture follow each other. */
export function joinVp9(payloads: readonly Buffer[]): { data: Buffer[]; key: boolean } | undefined {
	const first = payloads[0]?.[0] ?? 0;
	if (!(first & BEGINS)) return undefined;
	const data = payloads.map((payload) => payload.subarray(descriptorLength(payload)));
	return data.some(({ length }) => length === 0) ? undefined : { data, key: !(first & INTER_PREDICTED) };
}

/** How long the payload descriptor is. */
function descriptorLength(payload: Buffer): number {
	const [first = 0, second = 0] = payload;
	const [hasId, hasLayers, isFlexible, hasStructure] = [first & 0x80, first & 0x20, first & 0x10, first & 0x02];
	let at = 1;
	if (hasId) at += second & 0x80 ? 2 : 1;
	if (hasLayers) at += isFlexible ? 1 : 2;
	if (isFlexible && first & INTER_PREDICTED) {
		let more = true; // up to three references, each saying whether another follows
		for (let i = 0; i < 3 && more; i++) more = ((payload[at++] ?? 0) & 1) === 1;
	}
	return hasStructure ? structureEnd(payload, at) : at;
}

/** Where the scalability structure that begins at `at` ends. */
function structureEnd(payload: Buffer, at: number): number {
	const head = payload[at] ?? 0;
	let end = at + 1;
	if (head & 0x10) end += 4 * ((head >> 5) + 1);
	if (!(head & 0x08)) return end;
	const pictures = payload[end++] ?? 0;
	for (let i = 0; i < pictures && end < payload.length; i++) end += 1 + (((payload[end] ?? 0) >> 2) & 3);
	return end;
}
