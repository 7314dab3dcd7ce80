import type { LibraryHandle } from "koffi";

/** An address in native memory; 0 is none. */
export type Address = bigint;

/**
 * What we call of the NDI SDK 6 (Processing.NDI.{Send,Recv,Find,FrameSync}.h, MIT), without the prefix. Structures are addresses;
 * `layout.ts` has them.
 */
export interface Functions {
	initialize(): boolean;
	destroy(): void;
	version(): string;
	send_create(settings: Address): Address;
	send_destroy(sender: Address): void;
	send_send_video_v2(sender: Address, frame: Address): void;
	send_send_metadata(sender: Address, metadata: Address): boolean;
	send_add_connection_metadata(sender: Address, metadata: Address): void;
	send_capture(sender: Address, metadata: Address, milliseconds: number): number;
	send_free_metadata(sender: Address, metadata: Address): void;
	send_get_tally(sender: Address, tally: Address, milliseconds: number): boolean;
	send_get_no_connections(sender: Address, milliseconds: number): number;
	send_get_source_name(sender: Address): Address;
	find_create_v2(settings: Address): Address;
	find_destroy(finder: Address): void;
	find_get_current_sources(finder: Address, count: Address): Address;
	recv_create_v3(settings: Address): Address;
	recv_destroy(receiver: Address): void;
	recv_connect(receiver: Address, source: Address | null): void;
	recv_capture_v3: Captures;
	recv_free_video_v2(receiver: Address, frame: Address): void;
	recv_set_tally(receiver: Address, tally: Address): boolean;
	recv_get_no_connections(receiver: Address): number;
	framesync_create(receiver: Address): Address;
	framesync_capture_video(sync: Address, frame: Address, fields: number): void;
	framesync_free_video(sync: Address, frame: Address): void;
	framesync_destroy(sync: Address): void;
}

type Capture = [receiver: Address, video: Address, audio: null, metadata: null, milliseconds: number];

/** A call that waits, which is made on another thread. */
interface Captures {
	async(...args: [...Capture, (error: unknown, kind: number) => void]): void;
}

const P = "void *";

const SIGNATURES: Readonly<Record<keyof Functions, readonly [result: string, takes: readonly string[]]>> = {
	initialize: ["bool", []],
	destroy: ["void", []],
	version: ["const char *", []],
	send_create: [P, [P]],
	send_destroy: ["void", [P]],
	send_send_video_v2: ["void", [P, P]],
	send_send_metadata: ["bool", [P, P]],
	send_add_connection_metadata: ["void", [P, P]],
	send_capture: ["int", [P, P, "uint32_t"]],
	send_free_metadata: ["void", [P, P]],
	send_get_tally: ["bool", [P, P, "uint32_t"]],
	send_get_no_connections: ["int", [P, "uint32_t"]],
	send_get_source_name: [P, [P]],
	find_create_v2: [P, [P]],
	find_destroy: ["void", [P]],
	find_get_current_sources: [P, [P, P]],
	recv_create_v3: [P, [P]],
	recv_destroy: ["void", [P]],
	recv_connect: ["void", [P, P]],
	recv_capture_v3: ["int", [P, P, P, P, "uint32_t"]],
	recv_free_video_v2: ["void", [P, P]],
	recv_set_tally: ["bool", [P, P]],
	recv_get_no_connections: ["int", [P]],
	framesync_create: [P, [P]],
	framesync_capture_video: ["void", [P, P, "int"]],
	framesync_free_video: ["void", [P, P]],
	framesync_destroy: ["void", [P]],
};

/** Finds every function in a library. Throws if it has not all of them. */
export function bind(library: LibraryHandle): Functions {
	const bound = Object.entries(SIGNATURES).map(([name, [result, takes]]) => {
		return [name, library.func(`NDIlib_${name}`, result, [...takes])];
	});
	return Object.fromEntries(bound) as Functions;
}
