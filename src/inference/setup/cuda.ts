import { mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { MutoscopeError } from "../../base/errors.ts";
import { bundledLibrary } from "../ort/runtime.ts";
import { download } from "./download.ts";
import { findPackage } from "./feed.ts";
import { unpack } from "./unpack.ts";

/** What `onnxruntime-node` would fetch when it is installed (its script/install-metadata.js). */
interface Metadata {
	readonly requirements: Readonly<Record<string, readonly string[]>>;
	readonly manifests: Readonly<Record<string, Readonly<Record<string, { package: string; path: string }>>>>;
	readonly packages: Readonly<Record<string, { name: string; versions: readonly { feed: string; version: string }[] }>>;
	readonly feeds: Readonly<Record<string, { index: string }>>;
}

/** How the files are fetched. */
export interface CudaSetup {
	/** Service index of a NuGet feed; that of `onnxruntime-node` unless given. */
	readonly index?: string;
	/** Where the files go; beside the library unless given. */
	readonly folder?: string;
	/** So many bytes of so many have arrived. */
	readonly progress: (bytes: number, of: number) => void;
	readonly signal: AbortSignal;
}

/**
 * Fetches the files of the CUDA and TensorRT providers that belong to our ONNX Runtime: what the installation of
 * `onnxruntime-node` leaves out here. They are put in place when all of them were found to be whole.
 *
 * Returns their names. Throws `system/unsupported`, `setup/unreachable` and `setup/corrupt`.
 */
export async function fetchCuda({ index, folder, progress, signal }: CudaSetup): Promise<string[]> {
	const { id, version, feed, files } = wanted();
	const what = `${id} ${version}`;
	const place = folder ?? dirname(bundledLibrary());
	const found = await findPackage(index ?? feed, id, version, signal);
	// On the disk of the place, so that a file is moved there in one step.
	const work = await mkdtemp(join(place, ".setup-"));
	try {
		const archive = join(work, "package");
		await download(what, found, archive, (bytes) => progress(bytes, found.bytes), signal);
		const unpacked = new Map(files.map((file) => [file, join(work, basename(file))]));
		await unpack(what, archive, unpacked);
		for (const path of unpacked.values()) await rename(path, join(place, basename(path)));
	} finally {
		await rm(work, { recursive: true, force: true });
	}
	return files.map((file) => basename(file));
}

function wanted(): { id: string; version: string; feed: string; files: string[] } {
	const metadata = createRequire(import.meta.url)("onnxruntime-node/script/install-metadata.js") as Metadata;
	const platform = `${process.platform}/${process.arch}`;
	const [manifest] = metadata.requirements[platform] ?? [];
	const files = Object.values(metadata.manifests[`${platform}:${manifest}`] ?? {});
	const source = files[0] && metadata.packages[files[0].package];
	const [newest] = source?.versions ?? [];
	const feed = newest && metadata.feeds[newest.feed];
	if (!source || !newest || !feed) {
		const reason = "there are no files of it for this system; name a build that has it in `inference.library`";
		throw new MutoscopeError("system/unsupported", { feature: "CUDA", platform, reason });
	}
	return { id: source.name, version: newest.version, feed: feed.index, files: files.map(({ path }) => path) };
}
