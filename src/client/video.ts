/// <reference lib="dom" preserve="true" />
import { lightOf, lit } from "./light.ts";
import type { MediaStats } from "./peer.ts";
import { type MediaState, Steady } from "./steady.ts";

/** How to play or publish. */
export interface MediaOptions {
	/** The daemon's page, `http://127.0.0.1:8000`; the page's own origin unless given. */
	readonly url?: string | URL | undefined;
	/** Not needed by a page of the daemon itself. */
	readonly token?: string | undefined;
	/** Those that the daemon names, unless given. */
	readonly iceServers?: readonly RTCIceServer[];
	/** Told when pictures come and go, and why. */
	readonly onState?: (state: MediaState, reason: string) => void;
	/** Told once a second what comes through. */
	readonly onStats?: (stats: MediaStats) => void;
}

/** A picture that keeps coming, until closed. */
export interface Media {
	readonly state: MediaState;
	/** Connects anew at once: something tells that the other side began again. */
	retry(): void;
	close(): void;
}

/**
 * Plays a session in a video element, by WHEP, until closed.
 *
 * When the daemon or its media process dies, the last frame stays, and the picture goes on by itself once they are back.
 */
export function play(video: HTMLVideoElement, session: string, options: MediaOptions = {}): Media {
	const shown = new MediaStream();
	// Muted video may start without a click.
	Object.assign(video, { muted: true, autoplay: true, playsInline: true, srcObject: shown });
	const show = (track: MediaStreamTrack) => {
		const before = shown.getTracks();
		// The new track comes in before the old one goes: the element never runs dry, and holds the last frame.
		shown.addTrack(track);
		for (const old of before) if (old !== track) shown.removeTrack(old);
		if (video.paused) video.play().catch(() => {}); // it plays once the page may
	};
	const steady = new Steady({
		endpoint: endpointOf("whep", session, options),
		iceServers: options.iceServers,
		prepare(connection) {
			const { receiver } = connection.addTransceiver("video", { direction: "recvonly" });
			if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
			connection.ontrack = ({ track }) => {
				if (shown.getTracks().length === 0) show(track);
			};
		},
		async carries({ connection }) {
			const track = connection.getReceivers()[0]?.track;
			if (!track || shown.getTracks().includes(track)) return;
			await lit(track, lightOf(video) ?? 0);
			show(track);
		},
		state: options.onState,
		stats: options.onStats,
	});
	const leave = ({ persisted }: PageTransitionEvent) => (persisted ? undefined : steady.close());
	globalThis.addEventListener("pagehide", leave);
	return {
		get state() {
			return steady.state;
		},
		retry: () => steady.retry(),
		close() {
			globalThis.removeEventListener("pagehide", leave);
			steady.close();
			if (video.srcObject === shown) video.srcObject = null;
		},
	};
}

/**
 * Publishes a camera or a screen as the source `webrtc` of a session, by WHIP, until closed or until its track ends.
 *
 * It goes on by itself when the daemon comes back. The stream stays the caller's, who stops its tracks.
 */
export function publish(stream: MediaStream, session: string, options: MediaOptions = {}): Media {
	const [track] = stream.getVideoTracks();
	if (!track) throw new TypeError("there is no video in the stream");
	const steady = new Steady({
		endpoint: endpointOf("whip", session, options),
		iceServers: options.iceServers,
		prepare(connection) {
			connection.addTransceiver(track, {
				direction: "sendonly",
				streams: [stream],
				sendEncodings: [{ maxBitrate: 4_000_000 }],
			});
		},
		carries: async () => {},
		state: options.onState,
		stats: options.onStats,
	});
	const close = () => {
		track.removeEventListener("ended", close);
		globalThis.removeEventListener("pagehide", close);
		steady.close();
	};
	track.addEventListener("ended", close);
	globalThis.addEventListener("pagehide", close);
	return {
		get state() {
			return steady.state;
		},
		retry: () => steady.retry(),
		close,
	};
}

function endpointOf(kind: "whip" | "whep", session: string, { url, token }: MediaOptions) {
	const page = url ?? globalThis.location.href;
	return { url: new URL(`/api/v1/${kind}/${encodeURIComponent(session)}`, page), token };
}
