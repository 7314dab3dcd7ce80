import { useRef } from "preact/hooks";

/** Two taps within this make a double tap. Milliseconds. */
const DOUBLE = 350;

/** A finger that stays within this is still: it taps, and moves nothing. Pixels. */
const STILL = 4;

/** With shift or a second finger, a control moves by so much of the way. */
const FINE = 0.1;

/** What a drag turns: positions are shares of the way, 0 … 1. */
export interface Grip {
	/** How many pixels are the whole way, right and up; 0 where it does not move. */
	readonly travel: (element: HTMLElement) => readonly [number, number];
	readonly read: () => readonly [number, number];
	readonly write: (x: number, y: number, fine: boolean) => void;
	/** Back to the default: a double tap. */
	readonly reset: () => void;
	/** Whether it is held. */
	readonly held?: (held: boolean) => void;
}

interface Hold {
	readonly pointer: number;
	x: number;
	y: number;
	at: [number, number];
	slipped: number;
	readonly began: number;
}

const clamp = (share: number) => Math.min(1, Math.max(0, share));

/**
 * Handlers that turn a control by finger, pen or mouse.
 *
 * A touch moves nothing by itself: the value goes with the finger, from where it was. A control that is held keeps the
 * finger wherever it goes.
 */
export function useDrag(grip: Grip) {
	const state = useRef({
		pointers: new Set<number>(),
		hold: undefined as Hold | undefined,
		tapped: Number.NEGATIVE_INFINITY,
	});

	const onPointerDown = (event: PointerEvent) => {
		const { pointers, hold } = state.current;
		if (event.button > 0) return;
		const element = event.currentTarget as HTMLElement;
		pointers.add(event.pointerId);
		element.setPointerCapture(event.pointerId);
		if (hold) return; // a second finger: fine
		state.current.hold = {
			pointer: event.pointerId,
			x: event.clientX,
			y: event.clientY,
			at: [...grip.read()],
			slipped: 0,
			began: event.timeStamp,
		};
		grip.held?.(true);
	};

	const onPointerMove = (event: PointerEvent) => {
		const { pointers, hold } = state.current;
		if (hold?.pointer !== event.pointerId) return;
		const fine = event.shiftKey || pointers.size > 1;
		const scale = fine ? FINE : 1;
		const [dx, dy] = [event.clientX - hold.x, hold.y - event.clientY];
		hold.slipped = Math.max(hold.slipped, Math.hypot(dx, dy));
		if (hold.slipped <= STILL) return;
		hold.x = event.clientX;
		hold.y = event.clientY;
		const [width, height] = grip.travel(event.currentTarget as HTMLElement);
		const [x, y] = hold.at;
		hold.at = [width ? clamp(x + (dx / width) * scale) : x, height ? clamp(y + (dy / height) * scale) : y];
		grip.write(...hold.at, fine);
	};

	const onPointerUp = (event: PointerEvent) => {
		const { pointers, hold, tapped } = state.current;
		pointers.delete(event.pointerId);
		if (hold?.pointer !== event.pointerId) return;
		state.current.hold = undefined;
		grip.held?.(false);
		const isTap = hold.slipped <= STILL && event.timeStamp - hold.began < DOUBLE && event.type === "pointerup";
		if (isTap && event.timeStamp - tapped < DOUBLE) {
			state.current.tapped = Number.NEGATIVE_INFINITY;
			grip.reset();
		} else {
			state.current.tapped = isTap ? event.timeStamp : Number.NEGATIVE_INFINITY;
		}
	};

	return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp };
}
