import { useEffect } from "preact/hooks";
import { useShow } from "../show.ts";

/** How long a sentence stays, in seconds. */
const STAY = 6;

/** What has to be said: over the page, so that nothing moves. */
export function Notices() {
	const show = useShow();
	const { state, reason } = show.connection.value;
	const message = show.message.value;
	useEffect(() => {
		if (!message) return undefined;
		const timer = setTimeout(() => {
			show.message.value = undefined;
		}, STAY * 1000);
		return () => clearTimeout(timer);
	}, [message]);
	return (
		<div class="notices">
			<div role="alert">
				{state === "refused" && (
					<p class="banner">
						<span>
							<b>Refused</b>: {reason}.
						</span>
						<button type="button" onClick={() => location.reload()}>
							Load again
						</button>
					</p>
				)}
				{state === "lost" && (
					<p class="banner">
						<span>
							<b>No connection</b>: {reason}. What you set is kept, and sent once it is back.
						</span>
						<button type="button" onClick={() => show.client.retry()}>
							Try now
						</button>
					</p>
				)}
			</div>
			<div role="status">{message && <p class="message">{message.text}</p>}</div>
		</div>
	);
}
