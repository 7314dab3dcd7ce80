import type { Artifact } from "mutoscope/sdk";

/** The anime style of the authors, in the mirror that Daydream Scope names. */
export const GENERATOR: Artifact = {
	repo: "daydreamlive/VACE-Annotators",
	file: "scribble/anime_style/netG_A_latest.pth",
};
