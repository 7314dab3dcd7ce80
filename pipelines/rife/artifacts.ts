import type { Artifact } from "mutoscope/sdk";

/** RIFE 4.25's flow network, in the mirror that Daydream Scope names. */
export const FLOWNET: Artifact = { repo: "daydreamlive/RIFE", file: "flownet.pkl" };
