import { play } from "../client/index.ts";

const { pathname, searchParams } = new URL(location.href);
const session = decodeURIComponent(pathname.split("/")[2] ?? "") || "main";
const video = document.querySelector("video") as HTMLVideoElement;
const [fit, background] = [searchParams.get("fit"), searchParams.get("background")];

if (fit === "cover") document.body.classList.add("cover");
if (background === "transparent") document.body.classList.add("transparent");

play(video, session, { token: searchParams.get("token") ?? undefined });
