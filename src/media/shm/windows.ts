import { koffi } from "../native.ts";
import type { Segment, SharedMemory } from "./segment.ts";

const PAGE_READWRITE = 4;
const FILE_MAP_READ = 4;
const FILE_MAP_WRITE = 2;
const ERROR_FILE_NOT_FOUND = 2;
const ERROR_ALREADY_EXISTS = 183;
const QUERY_LIMITED_INFORMATION = 0x1000;
const STILL_ACTIVE = 259;
/** `HANDLE` of memory that no file backs. */
const PAGING_FILE = -1n;

type Handle = bigint;

/**
 * Shared memory of Windows: named file mappings, which live as long as somebody has them open, and two named events for
 * each, of which the one of an even frame and the one of an odd frame are set in turn.
 */
export function windows(): SharedMemory {
	const kernel = system();
	return {
		create(name, bytes) {
			const high = Math.floor(bytes / 2 ** 32);
			const handle = kernel.createMapping(PAGING_FILE, null, PAGE_READWRITE, high, bytes % 2 ** 32, `Local\\${name}`);
			const code = kernel.lastError();
			if (handle === 0n) throw new Error(`CreateFileMapping failed with error ${code}`);
			if (code !== ERROR_ALREADY_EXISTS) return new View(kernel, name, handle, true);
			kernel.closeHandle(handle);
			return undefined;
		},
		open(name, writable) {
			const handle = kernel.openMapping(writable ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ, 0, `Local\\${name}`);
			if (handle !== 0n) return new View(kernel, name, handle, writable);
			const code = kernel.lastError();
			if (code === ERROR_FILE_NOT_FOUND) return undefined;
			throw new Error(`OpenFileMapping failed with error ${code}`);
		},
		unlink: () => undefined,
		list: () => [],
		started(pid) {
			const handle = kernel.openProcess(QUERY_LIMITED_INFORMATION, 0, pid);
			if (handle === 0n) return undefined;
			const exit = new Uint32Array(1);
			const times = new BigInt64Array(4);
			kernel.exitCode(handle, exit);
			kernel.processTimes(handle, times.subarray(0), times.subarray(1), times.subarray(2), times.subarray(3));
			kernel.closeHandle(handle);
			return exit[0] === STILL_ACTIVE ? Number(times[0]) : undefined;
		},
	};
}

/** A file mapping that was mapped whole, and its events. */
class View implements Segment {
	readonly #kernel: Kernel;
	readonly #handle: Handle;
	readonly #address: bigint;
	readonly #events: readonly [Handle, Handle];
	#buffer: ArrayBuffer | undefined;
	#waiting: Promise<void> | undefined;

	/** Takes the handle over. */
	constructor(kernel: Kernel, name: string, handle: Handle, writable: boolean) {
		this.#kernel = kernel;
		this.#handle = handle;
		this.#address = kernel.mapView(handle, writable ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ, 0, 0, 0);
		if (this.#address === 0n) {
			const code = kernel.lastError();
			kernel.closeHandle(handle);
			throw new Error(`MapViewOfFile failed with error ${code}`);
		}
		this.#events = [0, 1].map((parity) => kernel.createEvent(null, 1, 0, `Local\\${name}.wake${parity}`)) as never;
		this.#buffer = koffi.view(this.#address, kernel.regionBytes(this.#address));
	}

	get buffer(): ArrayBuffer {
		if (!this.#buffer) throw new TypeError("this shared memory was closed");
		return this.#buffer;
	}

	/** All of it was promised by the system when it was made. */
	reserve(): void {}

	wait(_offset: number, value: number, milliseconds: number): Promise<void> {
		if (!this.#buffer) return Promise.resolve();
		this.#waiting ??= this.#kernel.wait(this.#events[(value + 1) & 1] as Handle, milliseconds).finally(() => {
			this.#waiting = undefined;
			if (!this.#buffer) this.#unmap();
		});
		return this.#waiting;
	}

	wake(offset: number): void {
		if (!this.#buffer) return;
		const value = Atomics.load(new Int32Array(this.#buffer, offset, 1), 0);
		this.#kernel.resetEvent(this.#events[(value + 1) & 1] as Handle);
		this.#kernel.setEvent(this.#events[value & 1] as Handle);
	}

	close(): void {
		if (!this.#buffer) return;
		this.#buffer = undefined;
		if (this.#waiting === undefined) this.#unmap();
	}

	#unmap(): void {
		this.#kernel.unmapView(this.#address);
		for (const handle of [...this.#events, this.#handle]) this.#kernel.closeHandle(handle);
	}
}

type Kernel = ReturnType<typeof system>;

function system() {
	const library = koffi.load("kernel32.dll");
	const info = koffi.struct({
		base: "void *",
		allocation: "void *",
		protection: "uint32_t",
		partition: "uint16_t",
		bytes: "size_t",
		state: "uint32_t",
		protect: "uint32_t",
		type: "uint32_t",
	});
	const query = library.func("VirtualQuery", "size_t", ["void *", koffi.out(koffi.pointer(info)), "size_t"]);
	const waitFor = library.func("uint32_t WaitForSingleObject(intptr_t, uint32_t)");
	const typed = <F>(definition: string) => library.func(definition) as F;
	type Named = (...words: (Handle | string | number | null)[]) => Handle;
	const handles = (handle: Handle | number): Handle => BigInt(handle);
	const named = (definition: string) => {
		const call = library.func(definition);
		return ((...words) => handles(call(...words))) as Named;
	};
	return {
		createMapping: named("intptr_t CreateFileMappingW(intptr_t, void *, uint32_t, uint32_t, uint32_t, str16)"),
		openMapping: named("intptr_t OpenFileMappingW(uint32_t, int, str16)"),
		createEvent: named("intptr_t CreateEventW(void *, int, int, str16)"),
		openProcess: named("intptr_t OpenProcess(uint32_t, int, uint32_t)"),
		mapView: typed<(handle: Handle, access: number, high: number, low: number, bytes: number) => bigint>(
			"uintptr_t MapViewOfFile(intptr_t, uint32_t, uint32_t, uint32_t, size_t)",
		),
		unmapView: typed<(address: bigint) => number>("int UnmapViewOfFile(uintptr_t)"),
		setEvent: typed<(event: Handle) => number>("int SetEvent(intptr_t)"),
		resetEvent: typed<(event: Handle) => number>("int ResetEvent(intptr_t)"),
		closeHandle: typed<(handle: Handle) => number>("int CloseHandle(intptr_t)"),
		lastError: typed<() => number>("uint32_t GetLastError()"),
		exitCode: typed<(process: Handle, code: Uint32Array) => number>("int GetExitCodeProcess(intptr_t, void *)"),
		processTimes: typed<(process: Handle, ...times: BigInt64Array[]) => number>(
			"int GetProcessTimes(intptr_t, void *, void *, void *, void *)",
		),
		/** Bytes that are mapped from `address` on. */
		regionBytes(address: bigint): number {
			const region: { bytes: number } = { bytes: 0 };
			query(address, region, koffi.sizeof(info));
			return Number(region.bytes);
		},
		wait: (event: Handle, milliseconds: number) =>
			new Promise<void>((resolve) => waitFor.async(event, milliseconds, () => resolve())),
	};
}
