import type { Artifact } from "mutoscope/sdk";

const FOLDER = "https://download.pytorch.org/models";

function weights(size: string, file: string) {
	// The name ends in the first eight digits of the file's SHA-256.
	return { repo: "torchvision", file, url: `${FOLDER}/${file}`, when: { "/size": [size] } };
}

/** Torchvision's weights by `/size`. */
export const WEIGHTS = {
	small: weights("small", "raft_small_C_T_V2-01064c6d.pth"),
	large: weights("large", "raft_large_C_T_SKHT_V2-ff5fadd5.pth"),
} as const satisfies Record<string, Artifact>;
