import { type BridgeContext, Frame, MutoscopeError, monotonic } from "mutoscope/sdk";
import type { Found } from "./finder.ts";
import type { Address } from "./functions.ts";
import { FOURCC, HIGHEST, KIND, PROGRESSIVE, RECEIVE, RGBX_RGBA, SOURCE, TALLY, VIDEO } from "./layout.ts";
import { Native, nativeText, Views } from "./native.ts";
import { type Runtime, unavailable } from "./runtime.ts";

/** Milliseconds that taking a picture may wait for one; so long does closing take at most. */
const WAIT_MS = 100;

/** Bytes of a picture that we take at most: 8K. */
const LARGEST = 7680 * 4320 * 4;

type Take = BridgeContext<unknown>["frame"];

/** Receives one source at a time. */
export class Receiver implements AsyncDisposable {
	/** Frames per second that the sender says of itself; 30 until it has. */
	rate = 30;
	readonly #runtime: Runtime;
	readonly #running: Disposable;
	readonly #receiver: Address;
	/** NDI's frame-sync, if it is steady. */
	readonly #sync: Address;
	/** What the next picture is written to. One that is lent has its own until it is given back. */
	#video = new Native(VIDEO.bytes);
	readonly #views = new Views();
	#lent = 0;
	#waiting: Promise<unknown> = Promise.resolve();
	#seen = "";
	#closed = false;

	/** `steady`: by NDI's frame-sync, which has a picture whenever it is asked. Throws `bridge/unavailable`. */
	constructor(runtime: Runtime, steady: boolean) {
		this.#runtime = runtime;
		this.#running = runtime.enter();
		const { recv_create_v3, recv_set_tally, framesync_create } = runtime.functions;
		using name = nativeText("Mutoscope");
		using settings = new Native(RECEIVE.bytes);
		settings.write(RECEIVE.colour, RGBX_RGBA);
		settings.write(RECEIVE.bandwidth, HIGHEST);
		settings.point(RECEIVE.name, name.address);
		this.#receiver = recv_create_v3(settings.address);
		this.#sync = steady && this.#receiver ? framesync_create(this.#receiver) : 0n;
		if (!this.#receiver || (steady && !this.#sync)) {
			this.#free();
			throw unavailable("the runtime makes no receiver");
		}
		using tally = new Native(TALLY.bytes);
		tally.view.setUint8(TALLY.program, 1);
		recv_set_tally(this.#receiver, tally.address);
	}

	/** Whether somebody sends. */
	get connected(): boolean {
		return !this.#closed && this.#runtime.functions.recv_get_no_connections(this.#receiver) > 0;
	}

	/** Takes pictures of this source from now on; of none without it. */
	connect(source: Found | undefined): void {
		const { recv_connect } = this.#runtime.functions;
		if (!source) {
			recv_connect(this.#receiver, null);
			return;
		}
		using name = nativeText(source.name);
		using url = nativeText(source.url);
		using wanted = new Native(SOURCE.bytes);
		wanted.point(SOURCE.name, name.address);
		wanted.point(SOURCE.url, source.url === "" ? 0n : url.address);
		recv_connect(this.#receiver, wanted.address);
	}

	/**
	 * The newest picture if it was not taken before. It lies in the runtime's memory, which closing it gives back; `take` makes
	 * the frame where its rows are padded. Without frame-sync this waits a moment for one. Throws `source/unreadable`.
	 */
	async picture(take: Take): Promise<Frame | undefined> {
		if (this.#closed) return undefined;
		return this.#sync ? this.#synced(take) : this.#awaited(take);
	}

	/** Ends it; what is lent is waited for in the background. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.#waiting;
		if (this.#lent === 0) this.#destroy();
	}

	#synced(take: Take): Frame | undefined {
		const { framesync_capture_video, framesync_free_video } = this.#runtime.functions;
		framesync_capture_video(this.#sync, this.#video.address, PROGRESSIVE);
		if (!this.#video.pointer(VIDEO.data)) return undefined;
		return this.#lend(take, (video) => framesync_free_video(this.#sync, video));
	}

	async #awaited(take: Take): Promise<Frame | undefined> {
		const { recv_capture_v3, recv_free_video_v2 } = this.#runtime.functions;
		const { promise, resolve } = Promise.withResolvers<number>();
		this.#waiting = promise;
		recv_capture_v3.async(this.#receiver, this.#video.address, null, null, WAIT_MS, (_, kind) => resolve(kind));
		if ((await promise) !== KIND.video) return undefined;
		return this.#lend(take, (video) => recv_free_video_v2(this.#receiver, video));
	}

	/** Makes a frame of what was captured; `free` gives it back to the runtime, now or when the frame is closed. */
	#lend(take: Take, free: (video: Address) => void): Frame | undefined {
		const video = this.#video;
		let lent = false;
		try {
			const seen = `${video.view.getBigInt64(VIDEO.timestamp, true)} ${video.view.getBigInt64(VIDEO.timecode, true)}`;
			if (seen === this.#seen || this.#closed) return undefined;
			this.#seen = seen;
			const { size, stride, alpha, rate } = shapeOf(video);
			this.rate = rate ?? this.rate;
			const stamp = { alpha, captured: monotonic() };
			const pixels = this.#views.at(video.pointer(VIDEO.data), stride * size.height);
			if (stride !== size.width * 4) return packed(take(size, stamp), pixels, stride);
			lent = true;
			this.#lent++;
			this.#video = new Native(VIDEO.bytes);
			return new Frame(size, pixels, { ...stamp, release: () => this.#back(video, free) });
		} finally {
			if (!lent) free(video.address);
		}
	}

	#back(video: Native, free: (video: Address) => void): void {
		free(video.address);
		video[Symbol.dispose]();
		if (--this.#lent === 0 && this.#closed) this.#destroy();
	}

	#destroy(): void {
		const { recv_destroy, framesync_destroy } = this.#runtime.functions;
		if (this.#sync) framesync_destroy(this.#sync);
		recv_destroy(this.#receiver);
		this.#free();
	}

	#free(): void {
		this.#closed = true;
		this.#video[Symbol.dispose]();
		this.#running[Symbol.dispose]();
	}
}

/** What a captured picture says of itself. Throws `source/unreadable` where that cannot be. */
function shapeOf(video: Native) {
	const size = { width: video.word(VIDEO.width), height: video.word(VIDEO.height) };
	const stride = video.word(VIDEO.stride) || size.width * 4;
	const fourcc = video.word(VIDEO.fourcc);
	const isRgba = fourcc === FOURCC.RGBA || fourcc === FOURCC.RGBX;
	if (!isRgba || size.width < 1 || size.height < 1 || stride < size.width * 4 || stride * size.height > LARGEST) {
		const reason = `its pictures are ${size.width}×${size.height} of the type ${fourcc.toString(16)}`;
		throw new MutoscopeError("source/unreadable", { source: "NDI®", reason });
	}
	const [n, d] = [video.word(VIDEO.rateN), video.word(VIDEO.rateD)];
	const rate = n > 0 && d > 0 ? Math.min(240, Math.max(1, n / d)) : undefined;
	return { size, stride, alpha: fourcc === FOURCC.RGBA, rate };
}

/** Copies rows of `stride` bytes into a frame, which has none between them. */
function packed(frame: Frame, pixels: Uint8Array, stride: number): Frame {
	const row = frame.size.width * 4;
	for (let y = 0; y < frame.size.height; y++) frame.data.set(pixels.subarray(y * stride, y * stride + row), y * row);
	return frame;
}
