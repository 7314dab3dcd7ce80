import { closeSync, constants, ftruncateSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { koffi } from "../native.ts";
import { Mapping, mapper, type Posix } from "./posix.ts";
import type { SharedMemory } from "./segment.ts";

/** How often a reader looks: macOS before 14.4 has no public futex. */
const POLL = 1;

/**
 * Shared memory of macOS: `shm_open`, whose names cannot be listed, so that each leaves a note in the user's temporary
 * folder. Readers look every millisecond.
 */
export function macos(): SharedMemory {
	const library = koffi.load("/usr/lib/libSystem.B.dylib");
	const map = mapper(library);
	// Declared variadic, since Apple's ARM convention passes variadic arguments elsewhere than named ones.
	const shmOpen = library.func("int shm_open(const char *, int, ...)");
	const shmUnlink = library.func("int shm_unlink(const char *)") as (name: string) => number;
	const notes = join(tmpdir(), "mutoscope-rings");
	const open = (name: string, flags: number): number | undefined => {
		const descriptor: number = shmOpen(`/${name}`, flags, "int", 0o600);
		if (descriptor >= 0) return descriptor;
		const code = koffi.errno();
		if (code === koffi.os.errno.EEXIST || code === koffi.os.errno.ENOENT) return undefined;
		throw new Error(`shm_open failed with errno ${code}`);
	};
	return {
		create(name, bytes) {
			const descriptor = open(name, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);
			if (descriptor === undefined) return undefined;
			try {
				ftruncateSync(descriptor, bytes);
				mkdirSync(notes, { recursive: true, mode: 0o700 });
				writeFileSync(join(notes, name), "");
			} catch (error) {
				closeSync(descriptor);
				shmUnlink(`/${name}`);
				throw error;
			}
			return new Mapping(system, map, descriptor, true);
		},
		open(name, writable) {
			const descriptor = open(name, writable ? constants.O_RDWR : constants.O_RDONLY);
			return descriptor === undefined ? undefined : new Mapping(system, map, descriptor, writable);
		},
		unlink(name) {
			shmUnlink(`/${name}`);
			rmSync(join(notes, name), { force: true });
		},
		list(prefix) {
			mkdirSync(notes, { recursive: true, mode: 0o700 });
			return readdirSync(notes).filter((name) => name.startsWith(prefix));
		},
		started,
	};
}

/** Memory is swapped, not refused, so there is nothing to reserve; and nobody to wake, since readers look by themselves. */
const system: Posix = { reserve: () => undefined, wait: () => pause(POLL), wake: () => undefined };

function started(pid: number): number | undefined {
	try {
		process.kill(pid, 0);
		return 0;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM" ? 0 : undefined;
	}
}
