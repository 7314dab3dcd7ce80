const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Lets the system kill this process at once when its parent dies, even while its event loop is stuck. Linux only;
 * elsewhere, and until then, a closed channel to the parent ends it.
 */
export async function dieWithParent(): Promise<void> {
	if (process.platform !== "linux") return;
	const { koffi } = await import("../media/native.ts");
	const prctl = koffi.load("libc.so.6").func("int prctl(int option, ulong value, ulong, ulong, ulong)");
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	// The parent may have died before it was asked for.
	if (!process.connected) process.exit(0);
}
