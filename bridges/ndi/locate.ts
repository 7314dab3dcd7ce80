import { posix, win32 } from "node:path";

/** What decides where the runtime is looked for. */
export interface Machine {
	readonly platform: NodeJS.Platform;
	readonly arch: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The folder of an npm package, if it is installed. */
	packageFolder(name: string): string | undefined;
}

/** File names of the library, the newest first (Processing.NDI.Lib.h of the SDK: `NDILIB_LIBRARY_NAME`). */
const NAMES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
	linux: ["libndi.so.6", "libndi.so.5"],
	darwin: ["libndi.dylib"],
	win32: ["Processing.NDI.Lib.x64.dll"],
};

/** What a library is called, as opposed to the folder that it is in. */
const LIBRARY = /\.(so(\.\d+)*|dylib|dll)$/i;

const TRIPLETS: Readonly<Record<string, string>> = {
	x64: "x86_64-linux-gnu",
	arm64: "aarch64-linux-gnu",
	arm: "arm-linux-gnueabihf",
};

/** Where installers put it. */
function systemFolders({ platform, arch, env }: Machine): string[] {
	if (platform === "linux") return ["/usr/local/lib", `/usr/lib/${TRIPLETS[arch] ?? arch}`, "/usr/lib", "/usr/lib64"];
	if (platform === "darwin") return ["/usr/local/lib", "/Library/NDI SDK for Apple/lib/macOS"];
	const programs = env.ProgramFiles ?? "C:\\Program Files";
	return ["NDI 6 Runtime\\v6", "NDI 6 Runtime", "NDI 5 Runtime\\v5"].map((folder) => `${programs}\\NDI\\${folder}`);
}

/** The npm package that has the runtime of a platform. */
export function packageOf({ platform, arch }: Pick<Machine, "platform" | "arch">): string {
	return `@grandi/${platform}-${arch === "arm" ? "armv7l" : arch}`;
}

/**
 * Paths that may be the runtime's library, in order: what the config file says and nothing else; NDI's own variables; the
 * system's folders; wherever the system's loader looks; npm's package.
 */
export function candidates(machine: Machine, override: string | undefined): string[] {
	const { join } = machine.platform === "win32" ? win32 : posix;
	const names = NAMES[machine.platform] ?? [];
	const within = (folder: string | undefined) => (folder ? names.map((name) => join(folder, name)) : []);
	if (override) return LIBRARY.test(override) ? [override] : within(override);
	const { NDI_RUNTIME_DIR_V6, NDI_RUNTIME_DIR_V5 } = machine.env;
	return [
		...[NDI_RUNTIME_DIR_V6, NDI_RUNTIME_DIR_V5, ...systemFolders(machine)].flatMap(within),
		...names,
		...within(machine.packageFolder(packageOf(machine))),
	];
}
