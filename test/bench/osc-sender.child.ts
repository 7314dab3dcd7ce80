/** Sends OSC at a steady rate: `node osc-sender.child.ts PORT RATE SECONDS`. Prints how many it sent. */
import { createSocket } from "node:dgram";
import { encode } from "../../src/control/osc/encode.ts";

const [port = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
const ADDRESSES = 16;
const socket = createSocket({ type: "udp4", sendBufferSize: 4 * 1024 * 1024 });
const start = performance.now();
let sent = 0;

while (sent < rate * seconds) {
	const due = Math.min(rate * seconds, Math.floor(((performance.now() - start) / 1000) * rate));
	for (; sent < due; sent++) {
		const address = `/fader/${(sent % ADDRESSES) + 1}`;
		socket.send(encode({ kind: "message", address, types: "f", args: [(sent % 9973) / 9973] }), port, "127.0.0.1");
	}
	await new Promise((resolve) => setTimeout(resolve, 1));
}
await new Promise((resolve) => setTimeout(resolve, 200));
socket.close();
process.stdout.write(String(sent));
