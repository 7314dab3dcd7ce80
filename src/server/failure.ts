import type { Context } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { MutoscopeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Env } from "./context.ts";
import { prose } from "./docs/prose.ts";

/** The answer to whatever went wrong: the same body everywhere, a page where a person is looking. */
export function failure(c: Context<Env>, thrown: unknown, log: Log): Response | Promise<Response> {
	const error = thrown instanceof MutoscopeError ? thrown : new MutoscopeError("server/internal", {});
	if (thrown !== error) log.error("a request failed", { method: c.req.method, path: c.req.path, error: thrown });
	const status = error.status as ContentfulStatusCode;
	if (status === 401) c.header("WWW-Authenticate", "Bearer");
	if (status === 413) c.header("Connection", "close");
	c.header("Cache-Control", "no-store");
	if (!c.req.path.startsWith("/api/") && c.req.header("accept")?.includes("text/html")) {
		return c.html(page(error), status);
	}
	const body = error.toJSON();
	return c.json(c.get("scope") ? { ...body, detail: body.message } : body, status);
}

function page({ message, hint, status }: Pick<MutoscopeError, "message" | "hint" | "status">) {
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mutoscope · ${status}</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body class="notice">
<main>
<p class="status">${status}</p>
<h1>${message}</h1>
${hint ? html`<p>${prose(hint)}</p>` : ""}
<p><a href="/">Mutoscope</a> · <a href="/docs">Reference</a></p>
</main>
</body>
</html>`;
}
