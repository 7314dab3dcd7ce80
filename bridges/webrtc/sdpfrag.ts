import { blocks, type Credentials, values } from "./sdp.ts";

/** A piece of SDP with candidates, or with new credentials for an ICE restart (RFC 8840, RFC 9725 §4.3). */
export interface Fragment {
	readonly credentials?: Credentials;
	/** Lines `candidate:…`. */
	readonly candidates: readonly string[];
	/** Whether there will be no more. */
	readonly complete: boolean;
}

/** Reads a fragment. Parts may be missing. */
export function parseFragment(text: string): Fragment {
	const lines = blocks(text).flat();
	const [ufrag, pwd] = [values(lines, "ice-ufrag:")[0], values(lines, "ice-pwd:")[0]];
	return {
		...(ufrag && pwd ? { credentials: { ufrag, pwd } } : {}),
		candidates: [...new Set(lines.filter((line) => line.startsWith("a=candidate:")).map((line) => line.slice(2)))],
		complete: lines.includes("a=end-of-candidates"),
	};
}

/** Writes the answer to an ICE restart. `mids` in the order of the bundle, the first with its `kind` and `format`. */
export function writeFragment(
	first: { readonly kind: string; readonly protocol: string; readonly format: string; readonly mid: string },
	mids: readonly string[],
	{ ufrag, pwd }: Credentials,
	candidates: readonly string[],
): string {
	const lines = [
		`a=ice-ufrag:${ufrag}`,
		`a=ice-pwd:${pwd}`,
		"a=ice-options:trickle",
		`a=group:BUNDLE ${mids.join(" ")}`,
		`m=${first.kind} 9 ${first.protocol} ${first.format}`,
		`a=mid:${first.mid}`,
		...candidates.map((candidate) => `a=${candidate}`),
		"a=end-of-candidates",
	];
	return `${lines.join("\r\n")}\r\n`;
}
