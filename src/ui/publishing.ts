import { type Signal, signal } from "@preact/signals";
import { type Media, type MediaState, publish } from "../client/index.ts";
import type { Show } from "./show.ts";

/** What a camera or screen of this page is doing. */
export interface Publishing {
	readonly kind: "camera" | "screen";
	readonly session: string;
	readonly state: Signal<MediaState>;
	readonly stream: MediaStream;
	readonly media: Media;
}

/** The camera or screen of this page, if it is one's source. It goes on whatever panel is shown. */
export const publishing = signal<Publishing | undefined>(undefined);

/** Why this browser gives no camera to this page, or `undefined`. */
export function noCamera(): string | undefined {
	if (navigator.mediaDevices) return undefined;
	return "Browsers give cameras only to pages on this machine or over HTTPS.";
}

/** Asks for a camera or the screen and makes it the session's source. */
export async function beginPublishing(show: Show, session: string, kind: "camera" | "screen"): Promise<void> {
	endPublishing();
	const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
	const { mediaDevices } = navigator;
	const asked = kind === "camera" ? mediaDevices.getUserMedia({ video }) : mediaDevices.getDisplayMedia({ video });
	const stream = await asked.catch((error: Error) => {
		throw new Error(error.name === "NotAllowedError" ? `The browser did not allow the ${kind}.` : error.message);
	});
	const state = signal<MediaState>("connecting");
	const media = publish(stream, session, {
		onState(now) {
			state.value = now;
			if (now === "closed") endPublishing();
		},
	});
	publishing.value = { kind, session, state, stream, media };
	show.client.set(`/${session}/source/kind`, "webrtc");
}

/** Lets go of the camera. The source stays `webrtc` and holds the last frame. */
export function endPublishing(): void {
	const now = publishing.peek();
	if (!now) return;
	publishing.value = undefined;
	now.media.close();
	for (const track of now.stream.getTracks()) track.stop();
}
