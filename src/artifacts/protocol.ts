import type { ErrorBody } from "../base/errors.ts";
import type { Artifact } from "../contract/artifact.ts";
import type { FetchProgress, StoreOptions } from "./store.ts";

/** What the fetching thread is started with. */
export type ThreadData = StoreOptions;

/** To the thread. */
export type ToThread =
	| { readonly type: "fetch"; readonly id: number; readonly artifacts: readonly Artifact[] }
	| { readonly type: "cancel"; readonly id: number };

/** From the thread. */
export type FromThread =
	| { readonly type: "progress"; readonly id: number; readonly progress: FetchProgress }
	| { readonly type: "done"; readonly id: number }
	| {
			readonly type: "failed";
			readonly id: number;
			readonly error: ErrorBody;
	  };
