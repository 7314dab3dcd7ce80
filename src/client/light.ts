/// <reference lib="dom" preserve="true" />

/** Seconds that a new picture may stay dark before it is shown all the same. */
const PATIENCE = 1.5;

/** How light a picture is, 0 … 255 on average; `undefined` where there is none. */
export function lightOf(video: HTMLVideoElement): number | undefined {
	if (video.videoWidth === 0) return undefined;
	const canvas = document.createElement("canvas");
	canvas.width = 16;
	canvas.height = 9;
	const context = canvas.getContext("2d", { willReadFrequently: true });
	context?.drawImage(video, 0, 0, 16, 9);
	const pixels = context?.getImageData(0, 0, 16, 9).data;
	if (!pixels) return undefined;
	return pixels.reduce((sum, value, i) => (i % 4 === 3 ? sum : sum + value), 0) / ((pixels.length / 4) * 3);
}

/**
 * Resolves once the pictures of a track are at least half as light as `wanted`, or after a while.
 *
 * A show that begins anew begins with black, and fades in. Who holds a picture of it waits until that is over.
 */
export async function lit(track: MediaStreamTrack, wanted: number): Promise<void> {
	const video = document.createElement("video");
	Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
	video.play().catch(() => {}); // then it stays dark, and is shown after a while
	const until = performance.now() + PATIENCE * 1000;
	while (performance.now() < until && (lightOf(video) ?? -1) < wanted / 2) {
		await new Promise((resolve) => setTimeout(resolve, 40));
	}
	video.srcObject = null;
}
