import { type BridgeContext, type Frame, MutoscopeError, monotonic } from "mutoscope/sdk";
import type { Found } from "./finder.ts";
import type { Address } from "./functions.ts";
import { FOURCC, HIGHEST, KIND, PROGRESSIVE, RECEIVE, RGBX_RGBA, SOURCE, TALLY, VIDEO } from "./layout.ts";
import { bytesAt, Native, nativeText } from "./native.ts";
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
	readonly #video = new Native(VIDEO.bytes);
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
	 * The newest picture if it was not taken before, in a frame of `take`, which the caller closes. Without frame-sync it waits
	 * a moment for one. Throws `source/unreadable`.
	 */
	async picture(take: Take): Promise<Frame | undefined> {
		if (this.#closed) return undefined;
		return this.#sync ? this.#synced(take) : this.#awaited(take);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		await this.#waiting;
		const { recv_destroy, framesync_destroy } = this.#runtime.functions;
		if (this.#sync) framesync_destroy(this.#sync);
		recv_destroy(this.#receiver);
		this.#free();
	}

	#synced(take: Take): Frame | undefined {
		const { framesync_capture_video, framesync_free_video } = this.#runtime.functions;
		framesync_capture_video(this.#sync, this.#video.address, PROGRESSIVE);
		if (!this.#video.pointer(VIDEO.data)) return undefined;
		try {
			return this.#copy(take);
		} finally {
			framesync_free_video(this.#sync, this.#video.address);
		}
	}

	async #awaited(take: Take): Promise<Frame | undefined> {
		const { recv_capture_v3, recv_free_video_v2 } = this.#runtime.functions;
		const { promise, resolve } = Promise.withResolvers<number>();
		this.#waiting = promise;
		recv_capture_v3.async(this.#receiver, this.#video.address, null, null, WAIT_MS, (_, kind) => resolve(kind));
		if ((await promise) !== KIND.video) return undefined;
		try {
			return this.#copy(take);
		} finally {
			recv_free_video_v2(this.#receiver, this.#video.address);
		}
	}

	#copy(take: Take): Frame | undefined {
		const video = this.#video;
		const time = (offset: number) => video.view.getBigInt64(offset, true);
		const seen = `${time(VIDEO.timestamp)} ${time(VIDEO.timecode)}`;
		if (seen === this.#seen) return undefined;
		this.#seen = seen;
		const size = { width: video.word(VIDEO.width), height: video.word(VIDEO.height) };
		const row = size.width * 4;
		const stride = video.word(VIDEO.stride) || row;
		const fourcc = video.word(VIDEO.fourcc);
		const isRgba = fourcc === FOURCC.RGBA || fourcc === FOURCC.RGBX;
		if (!isRgba || size.width < 1 || size.height < 1 || stride < row || stride * size.height > LARGEST) {
			const reason = `its pictures are ${size.width}×${size.height} of the type ${fourcc.toString(16)}`;
			throw new MutoscopeError("source/unreadable", { source: "NDI®", reason });
		}
		const [n, d] = [video.word(VIDEO.rateN), video.word(VIDEO.rateD)];
		if (n > 0 && d > 0) this.rate = Math.min(240, Math.max(1, n / d));
		const frame = take(size, { alpha: fourcc === FOURCC.RGBA, captured: monotonic() });
		const pixels = bytesAt(video.pointer(VIDEO.data), stride * size.height);
		if (stride === row) frame.data.set(pixels);
		else {
			for (let y = 0; y < size.height; y++) frame.data.set(pixels.subarray(y * stride, y * stride + row), y * row);
		}
		return frame;
	}

	#free(): void {
		this.#closed = true;
		this.#video[Symbol.dispose]();
		this.#running[Symbol.dispose]();
	}
}
