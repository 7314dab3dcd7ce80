import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useShow } from "../show.ts";
import { Panel } from "./panel.tsx";

/** What the daemon has to say, newest last. It follows, unless one has scrolled up to read. */
export function Log() {
	const show = useShow();
	const grave = useSignal(false);
	const box = useRef<HTMLDivElement>(null);
	const follows = useRef(true);
	const lines = show.log.value.filter(({ level }) => !grave.value || level === "warn" || level === "error");
	useLayoutEffect(() => {
		if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight;
	}, [lines.at(-1)?.key]);
	return (
		<Panel
			title="Log"
			class="log"
			actions={
				<button
					type="button"
					class="quiet"
					aria-pressed={grave}
					onClick={() => {
						grave.value = !grave.value;
					}}
				>
					Warnings only
				</button>
			}
		>
			<div
				ref={box}
				class="lines"
				role="log"
				aria-live="off"
				aria-label="Log lines"
				// biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard
				tabIndex={0}
				onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
					follows.current = scrollTop + clientHeight > scrollHeight - 24;
				}}
			>
				{lines.map(({ key, at, level, message, fields }) => (
					<div key={key} data-level={level}>
						<time>{new Date(at).toLocaleTimeString()}</time>
						<span>
							{message}
							<small>
								{Object.entries(fields)
									.filter(([, value]) => value !== "")
									.map(([name, value]) => `${name} ${text(value)}`)
									.join("  ")}
							</small>
						</span>
					</div>
				))}
			</div>
		</Panel>
	);
}

function text(value: unknown): string {
	return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
