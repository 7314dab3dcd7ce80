import { describe, expect, test } from "vitest";
import { Bridge, fresh, library, Peer, painted, Showing } from "./stage.ts";

const grey = () => painted(64, 36, () => [90, 90, 90, 255]);

describe.skipIf(!library)("a receiver (skipped where NDI's runtime is not installed)", () => {
	test("turns parameters, hears what came of it, and nothing it sends does harm", async () => {
		await using bridge = new Bridge("sink", { name: fresh(), remote: true });
		using _ = new Showing(bridge.ring, grey());
		await using peer = new Peer("receive", await bridge.called());
		await peer.until(({ metadata }) => metadata?.includes('long_name="Mutoscope"') ?? false, true);
		const answer = async (sent: string) => {
			const answered = peer.until(({ metadata }) => metadata?.startsWith("<mutoscope_answer") ?? false);
			peer.tell({ metadata: sent });
			return (await answered).metadata;
		};
		const set =
			'<set address="/vace/scale" value="0.5"/><set address="/prompt" value="Gr&#252;n &amp; &quot;blau&quot; 😀"/>';
		expect(await answer(`<mutoscope id="a1">${set}</mutoscope>`)).toBe('<mutoscope_answer id="a1" ok="true"/>');
		expect(bridge.watched.turns).toEqual([{ "/vace/scale": "0.5", "/prompt": 'Grün & "blau" 😀' }]);
		const refused = await answer('<mutoscope id="a2"><set address="/nothing" value="1"/></mutoscope>');
		expect(refused).toContain('id="a2" ok="false" code="param/unknown"');
		// What is not XML at all the runtime does not even deliver.
		expect(await answer('<mutoscope id="a">words</mutoscope>')).toContain('code="request/malformed"');
		expect(await answer(`<mutoscope>${" ".repeat(100_000)}</mutoscope>`)).toContain('code="request/too-large"');
		// What is meant for others is none of our business.
		peer.tell({ metadata: "<ndi_something_else/>" });
		peer.tell({ metadata: "not even XML" });
		expect(await answer('<mutoscope id="a3"><set address="/seed" value="7"/></mutoscope>')).toContain('ok="true"');
		await bridge.reports(({ obeyed, refused }) => obeyed === 2 && refused === 3);
		expect(bridge.watched.supervisor.status().restarts).toBe(0);
	});

	test("turns nothing unless it is allowed to", async () => {
		await using bridge = new Bridge("sink", { name: fresh() });
		using _ = new Showing(bridge.ring, grey());
		await using peer = new Peer("receive", await bridge.called());
		await peer.picture();
		peer.tell({ metadata: '<mutoscope id="x"><set address="/seed" value="7"/></mutoscope>' });
		await peer.until(({ metadata }) => metadata?.includes('code="auth/forbidden"') ?? false, true);
		expect(bridge.watched.turns).toEqual([]);
	});
});
