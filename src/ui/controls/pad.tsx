import { useComputed, useSignal } from "@preact/signals";
import type { ParamInfo, ParamValue } from "../../client/index.ts";
import type { Knob } from "../knob.ts";
import { useDrag } from "./drag.ts";
import { Name } from "./name.tsx";
import { normOf, nudged, shown, spoken, valueAt } from "./scale.ts";

/** Two numbers that one finger moves together. */
export interface Axes {
	readonly label: ParamInfo;
	readonly x: ParamInfo;
	readonly y: ParamInfo;
	/** Both values; read where they are drawn, so that only that is drawn anew. */
	readonly read: () => readonly [number, number];
	readonly set: (x: number, y: number) => void;
	readonly reset: () => void;
}

/** The axes of two parameters that stand side by side. */
export function axesOfTwo(x: Knob, y: Knob): Axes {
	return {
		label: { ...x.info, label: `${x.info.label} / ${y.info.label}` },
		x: x.info,
		y: y.info,
		read: () => [Number(x.value.value), Number(y.value.value)],
		set: (nx, ny) => {
			x.set(nx);
			y.set(ny);
		},
		reset: () => {
			x.set(x.info.default);
			y.set(y.info.default);
		},
	};
}

/** The axes of one parameter that is a list of two numbers. */
export function axesOfList({ info, value, set }: Knob): Axes {
	const axis = (label: string): ParamInfo => ({ ...info, type: "number", label });
	const pair = (list: ParamValue) => (Array.isArray(list) ? [Number(list[0] ?? 0), Number(list[1] ?? 0)] : [0, 0]);
	return {
		label: info,
		x: axis("X"),
		y: axis("Y"),
		read: () => pair(value.value) as [number, number],
		set: (x, y) => set([x, y]),
		reset: () => set(info.default),
	};
}

/** A field to move two numbers at once. */
export function Pad({ axes }: { axes: Axes }) {
	const { label, x, y } = axes;
	const held = useSignal(false);
	const norms = () => {
		const [nx, ny] = axes.read();
		return [normOf(x, nx), normOf(y, ny)] as const;
	};
	const across = useComputed(() => `transform:translateX(${norms()[0] * 100}%)`);
	const up = useComputed(() => `transform:translateY(${-norms()[1] * 100}%)`);
	const numbers = useComputed(() => {
		const [nx, ny] = axes.read();
		return `${shown(x, nx)}  ${shown(y, ny)}`;
	});
	const text = useComputed(() => {
		const [nx, ny] = axes.read();
		return `${x.label} ${spoken(x, nx)}, ${y.label} ${spoken(y, ny)}`;
	});
	const now = useComputed(() => axes.read()[0]);
	const drag = useDrag({
		travel: ({ clientWidth, clientHeight }) => [clientWidth, clientHeight],
		read: norms,
		write: (nx, ny, fine) => axes.set(valueAt(x, nx, fine), valueAt(y, ny, fine)),
		reset: axes.reset,
		held: (is) => {
			held.value = is;
		},
	});
	const turn = (event: KeyboardEvent) => {
		const [nx, ny] = axes.read();
		const by = event.shiftKey ? 10 : 1;
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.key === "ArrowRight") axes.set(nudged(x, nx, by), ny);
		else if (event.key === "ArrowLeft") axes.set(nudged(x, nx, -by), ny);
		else if (event.key === "ArrowUp") axes.set(nx, nudged(y, ny, by));
		else if (event.key === "ArrowDown") axes.set(nx, nudged(y, ny, -by));
		else if (event.key === "Delete" || event.key === "Backspace") axes.reset();
		else return;
		event.preventDefault();
	};
	return (
		<div class="pad" data-control={label.address}>
			<Name info={label} />
			<div
				class="field"
				role="slider"
				tabIndex={0}
				aria-roledescription="field of two values"
				aria-label={label.label}
				aria-valuemin={x.min}
				aria-valuemax={x.max}
				aria-valuenow={now}
				aria-valuetext={text}
				data-held={held}
				aria-readonly={label.readOnly}
				{...(label.readOnly ? {} : drag)}
				onKeyDown={label.readOnly ? undefined : turn}
			>
				<div class="across" style={across} />
				<div class="up" style={up} />
				<div class="spot" style={across}>
					<div style={up}>
						<i />
					</div>
				</div>
			</div>
			<output class="readout">{numbers}</output>
		</div>
	);
}
