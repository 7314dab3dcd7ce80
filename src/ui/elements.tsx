/**
 * Every control as a custom element, for pages of one's own:
 * `<mutoscope-fader address="/main/vace/scale">`. `docs/guide/custom-controls.md` lists them.
 *
 * @module
 */
import { type ComponentChildren, render } from "preact";
import { connect, type Media, type ParamInfo, play } from "../client/index.ts";
import { Choice } from "./controls/choice.tsx";
import { Fader } from "./controls/fader.tsx";
import { Stepper, Text } from "./controls/field.tsx";
import { axesOfList, axesOfTwo, Pad } from "./controls/pad.tsx";
import { Prompts } from "./controls/prompts.tsx";
import { Rotary } from "./controls/rotary.tsx";
import { hasRange } from "./controls/scale.ts";
import { Toggle, Trigger } from "./controls/switches.tsx";
import { slotsOf } from "./plan.ts";
import { Show } from "./show.ts";
import base from "./style/base.css?inline";
import chosen from "./style/chosen.css?inline";
import tokens from "./style/tokens.css?inline";
import turned from "./style/turned.css?inline";
import words from "./style/words.css?inline";

/** The daemon that this file came from. */
const HOME = new URL(import.meta.url).origin;

/** One connection for all elements of a page that speak to the same daemon; the last to go closes it. */
const shows = new Map<string, { readonly show: Show; users: number }>();

function join(server: string, token: string | undefined): { show: Show; leave: () => void } {
	const key = `${server} ${token ?? ""}`;
	const shared = shows.get(key) ?? {
		show: new Show(connect(server, { name: "elements", token }), server, token),
		users: 0,
	};
	shows.set(key, shared);
	shared.users++;
	const leave = () => {
		if (--shared.users > 0) return;
		shows.delete(key);
		shared.show.client.close();
	};
	return { show: shared.show, leave };
}

const sheets = [tokens, base, turned, chosen, words].map((text) => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(text);
	return sheet;
});

/** Draws a parameter, or nothing while it is not there. */
type Draw = (show: Show, info: ParamInfo, element: HTMLElement) => ComponentChildren;

function define(name: string, draw: Draw): void {
	class Part extends HTMLElement {
		static readonly observedAttributes = ["address", "x", "y", "server", "token", "label", "lying"];
		#leave: (() => void) | undefined;
		#off: (() => void) | undefined;

		connectedCallback(): void {
			const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
			root.adoptedStyleSheets = sheets;
			const { show, leave } = join(this.getAttribute("server") ?? HOME, this.getAttribute("token") ?? undefined);
			const paint = () => {
				const found = show.client.param(this.getAttribute("address") ?? this.getAttribute("x") ?? "");
				const label = this.getAttribute("label");
				render(found ? draw(show, label === null ? found : { ...found, label }, this) : null, root);
			};
			this.#leave = leave;
			this.#off = show.tree.subscribe(paint);
		}

		disconnectedCallback(): void {
			this.#off?.();
			if (this.shadowRoot) render(null, this.shadowRoot);
			this.#leave?.();
			this.#leave = undefined;
		}

		attributeChangedCallback(): void {
			if (!this.#leave) return;
			this.disconnectedCallback();
			this.connectedCallback();
		}
	}
	if (!customElements.get(name)) customElements.define(name, Part);
}

define("mutoscope-fader", (show, info, element) => {
	const knob = show.knob(info);
	return hasRange(info) ? <Fader knob={knob} lying={element.hasAttribute("lying")} /> : <Stepper knob={knob} />;
});
define("mutoscope-knob", (show, info) =>
	hasRange(info) ? <Rotary knob={show.knob(info)} /> : <Stepper knob={show.knob(info)} />,
);
define("mutoscope-xy", (show, info, element) => {
	if (info.type === "numbers") return <Pad axes={axesOfList(show.knob(info))} />;
	const y = show.client.param(element.getAttribute("y") ?? "");
	return y && <Pad axes={axesOfTwo(show.knob(info), show.knob(y))} />;
});
define("mutoscope-toggle", (show, info) => <Toggle knob={show.knob(info)} />);
define("mutoscope-trigger", (show, info) => <Trigger knob={show.knob(info)} />);
define("mutoscope-select", (show, info) => <Choice knob={show.knob(info)} />);
define("mutoscope-text", (show, info) => <Text knob={show.knob(info)} lines={2} />);
define("mutoscope-prompts", (show, info) => {
	const list = info.address.replace(/\/\d+\/[^/]+$/, "");
	const slots = slotsOf(show.client.tree.filter(({ address }) => address.startsWith(`${list}/`)));
	const held = slots.map(({ text, weight }) => ({ text: show.knob(text), weight: weight && show.knob(weight) }));
	return <Prompts slots={held} />;
});

/** `<mutoscope-video session="main">`: the show, moving. Styled as any video is. */
class Video extends HTMLElement {
	static readonly observedAttributes = ["session", "server", "token"];
	#media: Media | undefined;

	connectedCallback(): void {
		const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
		const style = new CSSStyleSheet();
		style.replaceSync(":host{display:block}video{display:block;width:100%;height:100%;object-fit:inherit}");
		root.adoptedStyleSheets = [style];
		const video = document.createElement("video");
		root.replaceChildren(video);
		this.#media = play(video, this.getAttribute("session") ?? "main", {
			url: this.getAttribute("server") ?? HOME,
			token: this.getAttribute("token") ?? undefined,
		});
	}

	disconnectedCallback(): void {
		this.#media?.close();
		this.#media = undefined;
	}

	attributeChangedCallback(): void {
		if (!this.#media) return;
		this.disconnectedCallback();
		this.connectedCallback();
	}
}
if (!customElements.get("mutoscope-video")) customElements.define("mutoscope-video", Video);
