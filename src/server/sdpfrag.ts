/** What a fragment of a session description says: RFC 8840. */
export interface SdpFragment {
	readonly ufrag: string | undefined;
	readonly pwd: string | undefined;
	readonly candidates: readonly {
		readonly candidate: string;
		readonly sdpMid: string | undefined;
		readonly sdpMLineIndex: number | undefined;
	}[];
}

/** Most candidates in one fragment. */
const MOST = 64;

/** Reads a fragment as WHIP and WHEP clients send it. What it does not know it leaves out. */
export function readFragment(text: string): SdpFragment {
	let ufrag: string | undefined;
	let pwd: string | undefined;
	let mid: string | undefined;
	let line = -1;
	const candidates: SdpFragment["candidates"][number][] = [];
	for (const row of text.split(/\r?\n/, 1024)) {
		if (row.startsWith("m=")) {
			line++;
			mid = undefined;
		} else if (row.startsWith("a=mid:")) mid = row.slice(6).trim();
		else if (row.startsWith("a=ice-ufrag:")) ufrag = row.slice(12).trim();
		else if (row.startsWith("a=ice-pwd:")) pwd = row.slice(10).trim();
		else if (row.startsWith("a=candidate:") && candidates.length < MOST) {
			candidates.push({ candidate: row.slice(2), sdpMid: mid, sdpMLineIndex: line < 0 ? undefined : line });
		} else if (row.trim() === "a=end-of-candidates" && candidates.length < MOST) {
			candidates.push({ candidate: "", sdpMid: mid, sdpMLineIndex: line < 0 ? undefined : line });
		}
	}
	return { ufrag, pwd, candidates };
}
