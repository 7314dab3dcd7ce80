import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Knob } from "../knob.ts";
import { described, Name } from "./name.tsx";

/** Yes or no. */
export function Toggle({ knob: { info, value, set } }: { knob: Knob }) {
	const on = useComputed(() => value.value === true);
	return (
		<button
			type="button"
			class="toggle"
			role="switch"
			aria-checked={on}
			aria-description={described(info)}
			disabled={info.readOnly}
			data-control={info.address}
			onClick={() => set(!on.peek())}
		>
			<Name info={info} />
			<i class="lamp" />
		</button>
	);
}

/** Something that happens once. Lights up when anyone fires it. */
export function Trigger({ knob: { info, fired, fire } }: { knob: Knob }) {
	const light = useRef<HTMLElement>(null);
	const seen = useRef(fired.peek());
	const count = fired.value;
	useEffect(() => {
		if (count === seen.current) return;
		seen.current = count;
		if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
		light.current?.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 400, easing: "ease-out" });
	}, [count]);
	return (
		<button
			type="button"
			class="trigger"
			disabled={info.readOnly}
			aria-description={described(info)}
			data-control={info.address}
			onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
			onClick={() => fire()}
		>
			<i class="flash" ref={light} />
			<Name info={info} />
		</button>
	);
}
