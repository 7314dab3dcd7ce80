import { html, raw } from "hono/html";
import type { OpenApi, Operation } from "../openapi.ts";
import { type Piece, prose } from "./prose.ts";
import { shapeOf, typeOf } from "./shape.ts";

/** The reference page of an OpenAPI document: one page, no script. */
export function reference(document: OpenApi): Piece {
	const { info, tags, paths, components } = document;
	const all = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	);
	const under = (tag: string) => all.filter(({ operation }) => operation.tags.includes(tag));
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mutoscope · HTTP reference</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<nav>
<a class="home" href="/">Mutoscope</a>
<ul>${tags.map(({ name }) => html`<li><a href="#${anchor(name)}">${name}</a> <small>${under(name).length}</small></li>`)}</ul>
<ul><li><a href="#schemas">Schemas</a></li></ul>
<p><a href="/api/v1/openapi.json">openapi.json</a></p>
</nav>
<main>
<header><h1>${info.title} <small>${info.version}</small></h1><p>${prose(info.description)}</p></header>
${tags.map(
	({ name }) =>
		html`<section id="${anchor(name)}"><h2>${name}</h2>${under(name).map((one) => entry(one.method, one.path, one.operation))}</section>`,
)}
<section id="schemas"><h2>Schemas</h2>
${Object.entries(components.schemas).map(
	([name, schema]) => html`<article id="schema-${name}"><h3>${name}</h3>
<p>${prose(String(schema.description ?? ""))}</p><pre>${links(shapeOf(schema))}</pre></article>`,
)}
</section>
</main>
</body>
</html>`;
}

function entry(
	method: string,
	path: string,
	{ summary, description, parameters, requestBody, responses }: Operation,
): Piece {
	return html`<details id="${anchor(`${method}-${path}`)}">
<summary><b class="${method}">${method.toUpperCase()}</b><code>${broken(path)}</code><span>${summary}</span></summary>
<p>${prose(description)}</p>
${
	parameters.length === 0
		? ""
		: html`<table><thead><tr><th>Name</th><th>Type</th><th></th></tr></thead><tbody>${parameters.map(
				(one) => html`<tr><td><code>${one.name}</code><small>${one.in}${one.required ? "" : ", optional"}</small></td>
<td><code>${links(typeOf(one.schema))}</code></td><td>${prose(one.description ?? "")}</td></tr>`,
			)}</tbody></table>`
}
${Object.entries(requestBody?.content ?? {}).map(
	([type, { schema }]) => html`<h4>Body <small>${type}</small></h4><pre>${links(shapeOf(schema))}</pre>`,
)}
${Object.entries(responses)
	.filter(([status]) => status !== "default")
	.map(([status, { description, content = {} }]) => {
		const [[type = "", { schema = undefined } = {}] = []] = Object.entries(content);
		return html`<h4><span class="status s${status[0]}">${status}</span> ${prose(description)} <small>${type}</small></h4>
${schema ? html`<pre>${links(shapeOf(schema))}</pre>` : ""}`;
	})}
</details>`;
}

/** A shape in which the names of schemas lead to them. */
function links(shape: string): Piece[] {
	return shape
		.split(/(@\w+)/)
		.map((part, i) => (i % 2 === 1 ? html`<a href="#schema-${part.slice(1)}">${part.slice(1)}</a>` : html`${part}`));
}

/** A path that a narrow screen may break at its slashes. */
function broken(path: string): Piece[] {
	return path.split(/(?=\/)/).map((part) => html`${part}${raw("<wbr>")}`);
}

function anchor(text: string): string {
	return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
