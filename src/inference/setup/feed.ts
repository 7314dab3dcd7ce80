import { MutoscopeError, reasonOf } from "../../base/errors.ts";

/** A package of a NuGet feed. */
export interface FeedPackage {
	readonly url: string;
	readonly bytes: number;
	/** Base64. */
	readonly sha512: string;
}

/** Seconds for an answer that is a page of JSON. */
const PATIENCE = 30;

/**
 * Finds a package in a feed, and what its catalogue says it hashes to.
 *
 * NuGet Server API v3: service index, package base address, package metadata and catalog resources
 * (learn.microsoft.com/nuget/api/overview). Throws `setup/unreachable`.
 */
export async function findPackage(
	index: string,
	id: string,
	version: string,
	signal: AbortSignal,
): Promise<FeedPackage> {
	const what = `${id} ${version}`;
	const unreachable = (reason: string, cause?: unknown) =>
		new MutoscopeError("setup/unreachable", { what, reason }, { cause });
	const read = async (url: string): Promise<Record<string, unknown>> => {
		try {
			const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE * 1000)]);
			const response = await fetch(url, { signal: within });
			if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
			return (await response.json()) as Record<string, unknown>;
		} catch (error) {
			signal.throwIfAborted();
			throw unreachable(causeOf(error), error);
		}
	};
	const { resources } = (await read(index)) as { resources?: readonly { "@id": string; "@type": string }[] };
	const base = (type: string): string => {
		const found = resources?.find((resource) => resource["@type"] === type)?.["@id"];
		if (found === undefined) throw unreachable(`${new URL(index).host} has no ${type}`);
		return found.endsWith("/") ? found : `${found}/`;
	};
	const [name, number] = [id.toLowerCase(), version.toLowerCase()];
	const url = `${base("PackageBaseAddress/3.0.0")}${name}/${number}/${name}.${number}.nupkg`;
	const leaf = await read(`${base("RegistrationsBaseUrl/3.6.0")}${name}/${number}.json`);
	const { catalogEntry } = leaf;
	const entry = typeof catalogEntry === "string" ? await read(catalogEntry) : catalogEntry;
	const { packageHash, packageHashAlgorithm, packageSize } = (entry ?? {}) as Record<string, unknown>;
	if (typeof packageHash !== "string" || packageHashAlgorithm !== "SHA512" || typeof packageSize !== "number")
		throw unreachable("its catalogue does not say what it hashes to");
	return { url, bytes: packageSize, sha512: packageHash };
}

/** `fetch` says "fetch failed" and hides what did. */
export function causeOf(error: unknown): string {
	return reasonOf(error instanceof Error && error.cause ? error.cause : error);
}
