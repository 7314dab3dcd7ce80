import { play } from "../client/index.ts";

const { pathname, searchParams } = new URL(location.href);
const session = decodeURIComponent(pathname.split("/")[2] ?? "") || "main";
const video = document.querySelector("video") as HTMLVideoElement;
const [fit, background] = [searchParams.get("fit"), searchParams.get("background")];

if (fit === "cover") document.documentElement.classList.add("cover");
if (background === "transparent") document.documentElement.classList.add("transparent");

play(video, session, {
	token: searchParams.get("token") ?? undefined,
	// For those who look for the reason of a black source: nobody else sees the title.
	onState(state, reason) {
		document.title = reason ? `${session}: ${reason}` : `${session}: ${state}`;
	},
});
