/* What a test's page does in the browser. The server puts readCard, the function of src/media/card.ts, before it. */
/* global readCard */

/** Seconds to add to performance.now() / 1000 to get the daemon's monotonic clock, by the quickest of some questions. */
async function offset() {
	let best = { trip: Number.POSITIVE_INFINITY, offset: 0 };
	for (let i = 0; i < 20; i++) {
		const sent = performance.now() / 1000;
		const there = Number(await (await fetch("/clock")).text());
		const back = performance.now() / 1000;
		if (back - sent < best.trip) best = { trip: back - sent, offset: there - (sent + back) / 2 };
	}
	return best.offset;
}

async function post(path, body) {
	const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.message ?? response.status);
	return answer;
}

window.test = {
	peers: [],

	/** Begins to connect. Offers what `prepare` adds; candidates follow one by one. */
	async connect(kind, prepare, { session = "main", trickle = true, ice = { iceServers: [] } } = {}) {
		const began = performance.now();
		const pc = new RTCPeerConnection(ice);
		const peer = {
			pc,
			began,
			connected: undefined,
			first: undefined,
			readings: [],
			states: [],
			channels: [],
			pending: [],
		};
		this.peers.push(peer);
		pc.onconnectionstatechange = () => {
			peer.states.push(pc.connectionState);
			if (pc.connectionState === "connected") peer.connected ??= performance.now() - began;
		};
		pc.onicecandidate = ({ candidate }) => {
			const said = candidate?.toJSON() ?? { candidate: "" };
			if (peer.id) post("/patch", { id: peer.id, candidates: [said], etag: peer.etag }).catch(() => {});
			else peer.pending.push(said);
		};
		await prepare(pc, peer);
		await pc.setLocalDescription();
		while (!trickle && pc.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 10));
		const { id, sdp, etag } = await post("/offer", { session, kind, sdp: pc.localDescription.sdp });
		peer.id = id;
		peer.etag = etag;
		await pc.setRemoteDescription({ type: "answer", sdp });
		if (peer.pending.length > 0) await post("/patch", { id, candidates: peer.pending, etag });
		return peer;
	},

	/** Watches. `crop` is where the card's strip lies, in shares of the picture. */
	async watch({ codec, crop, kind = "whep", channels = [], trickle, stamped, ice }) {
		const prepare = (pc, peer) => {
			const transceiver = pc.addTransceiver("video", { direction: "recvonly" });
			if (codec) {
				const { codecs } = RTCRtpReceiver.getCapabilities("video");
				const wanted = [`video/${codec.toUpperCase()}`, "video/rtx"];
				transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => wanted.includes(mimeType)));
			}
			for (const label of channels) this.open(peer, label);
			peer.receiver = transceiver.receiver;
			peer.dtls = () => transceiver.receiver.transport?.state;
		};
		const peer = await this.connect(kind, prepare, { trickle, ice });
		peer.video = document.createElement("video");
		Object.assign(peer.video, { muted: true, autoplay: true, playsInline: true });
		peer.video.srcObject = new MediaStream([peer.receiver.track]);
		document.body.append(peer.video);
		peer.offset = await offset();
		if (stamped) this.readStamps(peer);
		else this.read(peer, crop);
		return this.peers.indexOf(peer);
	},

	open(peer, label) {
		const channel = peer.pc.createDataChannel(label, label === "fast" ? { ordered: false, maxRetransmits: 0 } : {});
		peer.channels.push(channel);
		channel.received = [];
		channel.onmessage = ({ data }) =>
			channel.received.push(typeof data === "string" ? data : new Uint8Array(data).join());
		channel.binaryType = "arraybuffer";
	},

	/** Reads the card of every frame that is shown. */
	read(peer, crop) {
		const canvas = new OffscreenCanvas(1, 1);
		const context = canvas.getContext("2d", { willReadFrequently: true });
		const shown = (now) => {
			const seen = performance.now() / 1000 + peer.offset;
			peer.first ??= now - peer.began;
			peer.video.requestVideoFrameCallback(shown);
			const { videoWidth: width, videoHeight: height } = peer.video;
			const [x, y, w, h] = [crop.x * width, crop.y * height, crop.width * width, crop.height * height];
			const [cw, ch] = [Math.round(w), Math.round(h)];
			if (canvas.width !== cw || canvas.height !== ch) Object.assign(canvas, { width: cw, height: ch });
			context.drawImage(peer.video, x, y, w, h, 0, 0, cw, ch);
			const card = readCard(context.getImageData(0, 0, cw, ch).data, { width: cw, height: ch });
			peer.readings.push(card ? { index: card.index, drawn: card.seconds, seen, width } : { seen, width });
		};
		peer.video.requestVideoFrameCallback(shown);
	},

	/** Sends the fake camera, or a canvas that shows what it is told. */
	async send({ codec, kind = "whip", size = { width: 640, height: 480 }, canvas = false, stamped = false }) {
		const stream = canvas
			? this.painted(size, stamped)
			: await navigator.mediaDevices.getUserMedia({ video: { ...size, frameRate: 30 } });
		const peer = await this.connect(kind, (pc) => {
			const transceiver = pc.addTransceiver(stream.getVideoTracks()[0], { direction: "sendonly" });
			const { codecs } = RTCRtpSender.getCapabilities("video");
			const wanted = [`video/${(codec ?? "h264").toUpperCase()}`, "video/rtx"];
			transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => wanted.includes(mimeType)));
		});
		return this.peers.indexOf(peer);
	},

	painted({ width, height }, stamped) {
		const canvas = document.createElement("canvas");
		Object.assign(canvas, { width, height });
		document.body.append(canvas);
		const context = canvas.getContext("2d");
		this.paint = (pixels) => {
			const picture = new ImageData(new Uint8ClampedArray(pixels), width, height);
			setInterval(() => context.putImageData(picture, 0, 0), 1000 / 30); // only what changes is captured
		};
		if (stamped) setInterval(() => this.stamp(context, width, height), 1000 / 30);
		return canvas.captureStream(30);
	},

	/** Paints the milliseconds of now as 32 blocks, black or white. */
	stamp(context, width, height) {
		const now = Math.round(performance.now());
		context.fillStyle = `hsl(${now / 20} 60% 40%)`;
		context.fillRect(0, 0, width, height);
		for (let bit = 0; bit < 32; bit++) {
			context.fillStyle = now & (1 << bit) ? "white" : "black";
			context.fillRect((bit % 8) * (width / 8), Math.floor(bit / 8) * (height / 8), width / 8, height / 8);
		}
	},

	/** Reads what `stamp` painted from every frame that is shown. */
	readStamps(peer) {
		const canvas = new OffscreenCanvas(8, 4);
		const context = canvas.getContext("2d", { willReadFrequently: true });
		peer.ages = [];
		const shown = () => {
			const now = performance.now();
			peer.video.requestVideoFrameCallback(shown);
			const { videoWidth: width, videoHeight: height } = peer.video;
			let stamp = 0;
			for (let bit = 0; bit < 32; bit++) {
				const [x, y] = [((bit % 8) + 0.5) * (width / 8), (Math.floor(bit / 8) + 0.5) * (height / 8)];
				context.drawImage(peer.video, x, y, 1, 1, bit % 8, Math.floor(bit / 8), 1, 1);
			}
			const { data } = context.getImageData(0, 0, 8, 4);
			for (let bit = 0; bit < 32; bit++) if (data[bit * 4] > 127) stamp += 2 ** bit;
			const age = now - stamp;
			if (age > 0 && age < 5000) peer.ages.push(age);
		};
		peer.video.requestVideoFrameCallback(shown);
	},

	/** Milliseconds from painted to seen, since the last time. */
	ages(index) {
		return this.peers[index].ages.splice(0);
	},

	async restart(index) {
		const peer = this.peers[index];
		const offer = await peer.pc.createOffer({ iceRestart: true });
		await peer.pc.setLocalDescription(offer);
		const ufrag = /a=ice-ufrag:(.+)/.exec(offer.sdp)[1].trim();
		const pwd = /a=ice-pwd:(.+)/.exec(offer.sdp)[1].trim();
		const { sdpfrag, etag } = await post("/patch", { id: peer.id, candidates: [], ufrag, pwd, etag: "*" });
		const fresh = (name) => new RegExp(`a=${name}:(.+)`).exec(sdpfrag)[1].trim();
		const before = peer.pc.currentRemoteDescription.sdp;
		const sdp = before
			.replace(/a=ice-ufrag:.+/g, `a=ice-ufrag:${fresh("ice-ufrag")}`)
			.replace(/a=ice-pwd:.+/g, `a=ice-pwd:${fresh("ice-pwd")}`);
		peer.etag = etag;
		await peer.pc.setRemoteDescription({ type: "answer", sdp });
		return { before: /a=ice-ufrag:(.+)/.exec(before)[1], after: fresh("ice-ufrag") };
	},

	async stats(index) {
		const report = [...(await this.peers[index].pc.getStats()).values()];
		const inbound = report.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
		const outbound = report.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
		const remote = report.find(({ type, kind }) => type === "remote-outbound-rtp" && kind === "video");
		const codec = report.find(({ id }) => id === inbound?.codecId);
		return { inbound, outbound, remote, codec: codec?.mimeType };
	},

	/** Of which type the candidates are that packets go between. */
	async route(index) {
		const report = [...(await this.peers[index].pc.getStats()).values()];
		const transport = report.find(({ type }) => type === "transport");
		const pair = report.find(({ id }) => id === transport?.selectedCandidatePairId);
		const type = (wanted) => report.find(({ id }) => id === wanted)?.candidateType;
		return { local: type(pair?.localCandidateId), remote: type(pair?.remoteCandidateId) };
	},

	/** Whether encryption stands, and what the connection took itself for so far. */
	secured(index) {
		const { dtls, states } = this.peers[index];
		return { dtls: dtls(), states };
	},

	/** Readings since the last time, with how the connection stands. */
	take(index) {
		const { readings, connected, first, states, channels } = this.peers[index];
		const taken = readings.splice(0);
		return { readings: taken, connected, first, states, received: channels.map(({ received }) => received) };
	},

	say(index, channel, text) {
		const { channels } = this.peers[index];
		if (channels[channel].readyState === "open") channels[channel].send(text);
		return channels[channel].readyState;
	},

	close(index) {
		this.peers[index].pc.close();
		this.peers[index].video?.remove();
	},
};
