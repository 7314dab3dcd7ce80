import { setImmediate } from "node:timers/promises";
import type { RTCDtlsTransport } from "werift";

/** werift's end of DTLS, once there is one. */
type DtlsSocket = NonNullable<RTCDtlsTransport["dtls"]>;

/** Content type of alerts (RFC 5246 §6.2.1), and a warning that nothing follows (§7.2). */
const ALERT = 21;
const CLOSE_NOTIFY = Buffer.of(1, 0);

/** More records than any handshake has. */
const BEYOND_HANDSHAKE = 1000;

/**
 * Work-around, to be called once the handshake is over: werift numbers the records after it from 1 again, in the same epoch
 * as its last one. Soon the number of that comes a second time, which AES-GCM must never see, and which receivers drop.
 */
export function numberOn({ dtls }: DtlsSocket): void {
	dtls.recordSequenceNumber = Math.max(dtls.recordSequenceNumber, BEYOND_HANDSHAKE);
}

/** Tells the other side that we leave (RFC 6347 §4.1.2.1), since werift sends no alerts. Resolves once it has left. */
export async function sayGoodbye({ dtls, cipher, sessionType, transport, connected }: DtlsSocket): Promise<void> {
	if (!connected) return;
	const { epoch, version } = dtls;
	const sequence = ++dtls.recordSequenceNumber;
	const protocol = (version.major << 8) | version.minor;
	const sealed = cipher.cipher.encrypt(sessionType, CLOSE_NOTIFY, {
		type: ALERT,
		version: protocol,
		epoch,
		sequenceNumber: sequence,
	});
	const head = Buffer.alloc(13);
	head.writeUInt8(ALERT, 0);
	head.writeUInt16BE(protocol, 1);
	head.writeUInt16BE(epoch, 3);
	head.writeUIntBE(sequence, 5, 6);
	head.writeUInt16BE(sealed.length, 11);
	await transport.send(Buffer.concat([head, sealed]));
	// Node sends on the next turn, unless the socket is closed by then.
	await setImmediate();
}
