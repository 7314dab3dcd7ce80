import { html } from "hono/html";

/** A piece of a page. */
export type Piece = ReturnType<typeof html>;

/** Text in which what stands between backticks is code. */
export function prose(text: string): Piece[] {
	return text.split("`").map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
