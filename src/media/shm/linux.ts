import { closeSync, constants, ftruncateSync, openSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { LibraryHandle } from "koffi";
import { MutoscopeError } from "../../base/errors.ts";
import { koffi } from "../native.ts";
import { Mapping, mapper, type Posix } from "./posix.ts";
import type { SharedMemory } from "./segment.ts";

/** Where `shm_open` of glibc and musl keeps its names (shm_overview(7)). As files they can be listed and measured. */
const FOLDER = "/dev/shm";

/** futex(2), by architecture. */
const FUTEX: Partial<Record<NodeJS.Architecture, number>> = { x64: 202, arm64: 98, riscv64: 98, loong64: 98 };
/** Without FUTEX_PRIVATE_FLAG, so that the word is shared between processes. */
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EVERYBODY = 0x7fff_ffff;

/** Shared memory of Linux: files in /dev/shm and futexes. */
export function linux(): SharedMemory {
	const library = koffi.load(null);
	const map = mapper(library);
	const posix = system(library);
	const open = (name: string, flags: number) => openSync(join(FOLDER, name), flags | constants.O_NOFOLLOW, 0o600);
	return {
		create(name, bytes) {
			const descriptor = unless("EEXIST", () => open(name, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL));
			if (descriptor === undefined) return undefined;
			try {
				ftruncateSync(descriptor, bytes);
			} catch (error) {
				closeSync(descriptor);
				throw error;
			}
			return new Mapping(posix, map, descriptor, true);
		},
		open(name, writable) {
			const descriptor = unless("ENOENT", () => open(name, writable ? constants.O_RDWR : constants.O_RDONLY));
			return descriptor === undefined ? undefined : new Mapping(posix, map, descriptor, writable);
		},
		unlink(name) {
			unless("ENOENT", () => unlinkSync(join(FOLDER, name)));
		},
		list: (prefix) => readdirSync(FOLDER).filter((name) => name.startsWith(prefix)),
		started,
	};
}

function system(library: LibraryHandle): Posix {
	const number = FUTEX[process.arch];
	if (number === undefined) {
		const platform = `Linux on ${process.arch}`;
		throw new MutoscopeError("system/unsupported", { feature: "Shared memory", platform, reason: "no futex known" });
	}
	const { ENOSPC, EOPNOTSUPP } = koffi.os.errno;
	const timespec = koffi.struct({ seconds: "int64_t", nanoseconds: "int64_t" });
	const syscall = library.func("syscall", "long", [
		"long",
		"void *",
		"int",
		"uint32_t",
		koffi.pointer(timespec),
		"void *",
		"uint32_t",
	]);
	const fallocate = library.func("int posix_fallocate(int, int64_t, int64_t)");
	return {
		reserve(descriptor, offset, bytes) {
			const code: number = fallocate(descriptor, offset, bytes);
			if (code === ENOSPC) throw new Error(`${FOLDER} is full`);
			if (code !== 0 && code !== EOPNOTSUPP) throw new Error(`posix_fallocate failed with errno ${code}`);
		},
		wait: (address, value, milliseconds) =>
			new Promise((resolve) => {
				const time = { seconds: Math.floor(milliseconds / 1000), nanoseconds: (milliseconds % 1000) * 1e6 };
				syscall.async(number, address, FUTEX_WAIT, value >>> 0, time, null, 0, () => resolve());
			}),
		wake(address) {
			syscall(number, address, FUTEX_WAKE, EVERYBODY, null, null, 0);
		},
	};
}

/** Field 22 of proc_pid_stat(5), clock ticks since the machine began; a process that nobody has buried yet counts as gone. */
function started(pid: number): number | undefined {
	const stat = unless("ENOENT", () => readFileSync(`/proc/${pid}/stat`, "latin1"));
	const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
	return fields === undefined || fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[19]);
}

function unless<T>(code: string, act: () => T): T | undefined {
	try {
		return act();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === code) return undefined;
		throw error;
	}
}
