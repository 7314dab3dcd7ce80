/** Keeps the screen of a phone or tablet on while the page is looked at: nobody taps it to read a fader. */
export function stayAwake(): void {
	// Browsers have it for pages of this machine and over HTTPS only.
	if (!("wakeLock" in navigator)) return;
	const ask = () => {
		if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => {}); // low battery
	};
	document.addEventListener("visibilitychange", ask);
	ask();
}
