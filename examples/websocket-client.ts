/**
 * Turns a fader over WebSocket and waits for the frame that shows it.
 *
 *     TOKEN=$(npx mutoscope token operator) node examples/websocket-client.ts /session/fps 30
 */
const [address = "/session/fps", value = "30"] = process.argv.slice(2);
const url = process.env.MUTOSCOPE ?? "ws://127.0.0.1:8000/ws";
const socket = new WebSocket(url, "mutoscope.v1");
const say = (message: object) => socket.send(JSON.stringify(message));

socket.onmessage = ({ data }) => {
	const message = JSON.parse(data);
	switch (message.op) {
		case "hello":
			say({ op: "identify", rpc: 1, token: process.env.TOKEN, sub: [address], client: { name: "example" } });
			break;
		case "identified":
			process.stdout.write(`It is ${JSON.stringify(message.values)} now.\n`);
			say({ op: "set", id: 1, values: { [address]: Number.isNaN(Number(value)) ? value : Number(value) } });
			break;
		case "ack":
			process.stdout.write(`Kept in revision ${message.rev}; clamped: ${JSON.stringify(message.clamped)}.\n`);
			break;
		case "applied":
			process.stdout.write(`Frame ${message.frame} of ${message.session} shows it.\n`);
			socket.close();
			break;
		case "error":
			process.stdout.write(`${message.error.message} ${message.error.hint ?? ""}\n`);
			socket.close();
	}
};
socket.onclose = ({ code, reason }) => code !== 1005 && process.stdout.write(`Closed with ${code}. ${reason}\n`);
