import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { peer } from "../../peers.ts";

/** A TURN server of this test's own, on loopback. */
export interface TurnServer extends AsyncDisposable {
	/** For `webrtc.iceServers`; `?transport=tcp` may be added. */
	readonly urls: string;
	readonly secret: string;
}

/** Starts coturn, with short-lived credentials of a secret as `iceServers` makes them. */
export async function serveTurn(): Promise<TurnServer> {
	const port = await freePort();
	const secret = "north";
	const child = spawn(
		peer("turnserver") ?? "",
		[
			"-n",
			...["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`],
			...["--use-auth-secret", `--static-auth-secret=${secret}`, "--realm=mutoscope.test"],
			...["--allow-loopback-peers", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint"],
			...["--log-file=stdout", "--verbose", "--pidfile=/dev/null", "--userdb=:memory:"],
		],
		{ stdio: ["ignore", "pipe", "pipe"] },
	);
	let said = "";
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
	const ended = once(child, "exit");
	while (!/UDP listener opened/i.test(said)) {
		const event = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
		if (!event) throw new Error(`coturn did not start: ${said}`);
	}
	return {
		urls: `turn:127.0.0.1:${port}`,
		secret,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await ended;
		},
	};
}

/** A port that the system has just found free: coturn cannot be asked for one of its own choice. */
async function freePort(): Promise<number> {
	const socket = createSocket("udp4");
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	const { port } = socket.address();
	socket.close();
	await once(socket, "close");
	return port;
}
