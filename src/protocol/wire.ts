/** The version of the control protocol that WebSocket and data channel speak. */
export const RPC = 1;

/** The WebSocket subprotocol. */
export const SUBPROTOCOL = "mutoscope.v1";

/** Close codes of the WebSocket. */
export const CLOSE = {
	/** The daemon ends, or restarts. */
	goingAway: 1001,
	malformed: 4002,
	/** The client came back on another connection. */
	replaced: 4005,
	notIdentified: 4007,
	unauthorised: 4009,
	rpc: 4010,
	slow: 4013,
	rate: 4029,
} as const;
