import type { OrtFunctions, Status } from "./functions.ts";

/** What the runtime said when a call failed. Becomes a `MutoscopeError` where the model and its inputs are known. */
export class OrtFailure extends Error {
	override readonly name = "OrtFailure";
	/** `OrtErrorCode` of onnxruntime_c_api.h. */
	readonly code: number;

	constructor(code: number, message: string) {
		super(plain(message));
		this.code = code;
	}

	/** Whether it failed for want of memory. The runtime has no code for that: each allocator says it in its own words. */
	get memory(): boolean {
		return /alloc(ate|ation)? .*memory|out of memory|bad_alloc|bad allocation|ALLOC_FAILED|OUT_OF_?MEMORY|Failed to allocate|arena.*(limit|Available memory)/i.test(
			this.message,
		);
	}
}

/** `NODE: what is wrong`, without the place in the runtime's sources and the condition that did not hold there. */
function plain(message: string): string {
	const [, op, node, inner] =
		/^Non-zero status code returned while running (\w+) node\. Name:'(.*?)' Status Message: (.*)$/s.exec(message) ?? [];
	if (inner !== undefined) return `${op} ${node}: ${plain(inner)}`;
	const told = message.replace(/^\S+\.(?:cc|cpp|h|cuh?):\d+ /, "");
	const reason =
		told === message
			? told
			: told.replace(/^.*?\[ONNXRuntimeError\] : \d+ : \w+ : |^.*? was false\.\s+|^.*?\) (?=[A-Z])/s, "");
	return reason.trim().replace(/\.$/, "");
}

/** Throws what a status says, and releases it. */
export function check(functions: OrtFunctions, status: Status): void {
	if (status === null) return;
	const failure = new OrtFailure(functions.GetErrorCode(status), functions.GetErrorMessage(status));
	functions.ReleaseStatus(status);
	throw failure;
}
