/** Undoes something: stops a watch, releases a handle. May be called twice. */
export type Dispose = () => void;

/**
 * Closes everything in reverse order of opening, to the end, even when some of it fails.
 *
 * Throws the first failure, or an `AggregateError` of several, after all were closed.
 */
export async function disposeAll(owned: readonly (AsyncDisposable | Disposable | undefined)[]): Promise<void> {
	const failures: unknown[] = [];
	for (const thing of owned.toReversed()) {
		try {
			if (!thing) continue;
			if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
			else thing[Symbol.dispose]();
		} catch (failure) {
			failures.push(failure);
		}
	}
	if (failures.length === 1) throw failures[0];
	if (failures.length > 1) throw new AggregateError(failures, "several parts failed to close");
}
