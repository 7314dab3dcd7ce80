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
		return /alloc(ate|ation)? .*memory|out of memory|bad_alloc|bad allocation|std::bad_array|OUT_OF_?MEMORY|Failed to allocate|arena.*(limit|Available memory)/i.test(
			this.message,
		);
	}
}

/** Without the place in the runtime's sources and the condition that did not hold there. */
function plain(message: string): string {
	return message
		.replace(/^(?:\[[\w ]+\] : \d+ : \w+ : )?\S+\.(?:cc|cpp|h|cu):\d+ .*?(?: was false\. |\] (?=[A-Z]))/s, "")
		.trim()
		.replace(/\.$/, "");
}

/** Throws what a status says, and releases it. */
export function check(functions: OrtFunctions, status: Status): void {
	if (status === null) return;
	const failure = new OrtFailure(functions.GetErrorCode(status), functions.GetErrorMessage(status));
	functions.ReleaseStatus(status);
	throw failure;
}
