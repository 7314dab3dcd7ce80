import koffi from "koffi";

/** Bytes of stack for a call on another thread: ONNX Runtime compiles shaders there, which overruns koffi's 128 KiB. */
export const STACK = 8 << 20;

// koffi takes no settings once it has loaded a library, so that whoever of us loads one has to come by here.
try {
	koffi.config({ async_stack_size: STACK });
} catch {} // a guest was first: what needs the stack looks whether it has it

/** Calls functions of the system's libraries. */
export { koffi };
