import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A part of the page with a name. */
export function Panel(props: {
	title: string;
	class?: string;
	actions?: ComponentChildren;
	children: ComponentChildren;
}) {
	const id = useId();
	return (
		<section class={`panel ${props.class ?? ""}`} aria-labelledby={id}>
			<header>
				<h2 id={id}>{props.title}</h2>
				{props.actions}
			</header>
			<div class="body">{props.children}</div>
		</section>
	);
}
