import type { Artifact } from "mutoscope/sdk";

/** The small model, in the mirror that Daydream Scope names. */
export const SMALL: Artifact = {
	repo: "daydreamlive/Video-Depth-Anything-Small",
	file: "video_depth_anything_vits.pth",
};
