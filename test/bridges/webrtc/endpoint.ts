import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Media } from "./media.ts";

/** An endpoint of WHIP or WHEP as the daemon's HTTP makes one of the service, on loopback. */
export async function serveEndpoint(media: Media, kind: "whip" | "whep") {
	const asked: string[] = [];
	const server = createServer(async (request, response) => {
		asked.push(request.method ?? "");
		let body = "";
		for await (const chunk of request) body += chunk;
		if (request.method === "DELETE") {
			await media.call("remove", { id: request.url?.slice(1) });
			return response.end();
		}
		try {
			const answer = (await media.call("offer", { session: "main", kind, sdp: body })) as { id: string; sdp: string };
			response.writeHead(201, { "content-type": "application/sdp", location: `/${answer.id}` });
			return response.end(answer.sdp);
		} catch (error) {
			return response.writeHead(422).end(String(error));
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${kind}`,
		/** Methods of the requests so far. */
		asked,
		[Symbol.dispose]() {
			server.closeAllConnections();
			server.close();
		},
	};
}
