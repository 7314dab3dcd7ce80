import type { Clock } from "../base/clock.ts";
import type { Dispose } from "../base/dispose.ts";
import type { ParamStore } from "../params/store.ts";

/** Values travel in steps of so many seconds: finer than any session makes chunks. */
const STEP = 1 / 60;

/** Moves values that are on their way, and does nothing while none are. Returns what ends it. */
export function tickRamps(store: ParamStore, now: Clock): Dispose {
	let timer: NodeJS.Timeout | undefined;
	const stop = () => {
		clearInterval(timer);
		timer = undefined;
	};
	const unwatch = store.watchMoving(() => {
		timer ??= setInterval(() => {
			store.tick(now());
			if (!store.moving) stop();
		}, STEP * 1000);
	});
	return () => {
		unwatch();
		stop();
	};
}
