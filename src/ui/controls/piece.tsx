import type { ParamInfo } from "../../client/index.ts";
import type { Knob } from "../knob.ts";
import type { Piece } from "../plan.ts";
import { Choice, Offer } from "./choice.tsx";
import { Entries } from "./entries.tsx";
import { Fader } from "./fader.tsx";
import { Colour, Numbers, Stepper, Text } from "./field.tsx";
import { axesOfList, axesOfTwo, Pad } from "./pad.tsx";
import { Prompts } from "./prompts.tsx";
import { Rotary } from "./rotary.tsx";
import { Toggle, Trigger } from "./switches.tsx";

/** Draws a piece of the plan. */
export function Control({ piece, hold, lying }: { piece: Piece; hold: (info: ParamInfo) => Knob; lying: boolean }) {
	const knob = hold(piece.info);
	switch (piece.draw) {
		case "fader":
			return <Fader knob={knob} lying={lying} />;
		case "knob":
			return lying ? <Fader knob={knob} lying /> : <Rotary knob={knob} />;
		case "pad":
			return <Pad axes={axesOfTwo(knob, hold(piece.y))} />;
		case "pad-list":
			return <Pad axes={axesOfList(knob)} />;
		case "toggle":
			return <Toggle knob={knob} />;
		case "trigger":
			return <Trigger knob={knob} />;
		case "choice":
			return <Choice knob={knob} />;
		case "text":
			if (knob.options?.value.length) return <Offer knob={knob} />;
			return <Text knob={knob} lines={isLong(piece.info) ? 2 : 1} placeholder={placeholderOf(piece.info)} />;
		case "stepper":
			return <Stepper knob={knob} />;
		case "colour":
			return <Colour knob={knob} />;
		case "numbers":
			return <Numbers knob={knob} />;
		case "prompts":
			return (
				<Prompts
					slots={piece.slots.map(({ text, weight }) => ({ text: hold(text), weight: weight && hold(weight) }))}
				/>
			);
		case "entries":
			return (
				<Entries
					name={piece.info.label}
					entries={piece.entries.map((pieces) => ({
						knobs: pieces.map(({ info }) => hold(info)),
						controls: pieces.map((own) => <Control key={own.info.address} piece={own} hold={hold} lying />),
					}))}
				/>
			);
	}
}

function isLong({ maxLength = 0, widget, choicesFrom }: ParamInfo): boolean {
	return maxLength > 300 && widget !== "file" && choicesFrom === undefined;
}

function placeholderOf({ widget, choicesFrom }: ParamInfo): string | undefined {
	if (widget === "file") return "Path of a file";
	return choicesFrom === undefined ? undefined : "Nothing to choose from yet";
}
