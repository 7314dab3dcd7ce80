/** How a model is built. */
export interface RaftSize {
	/** Channels of the hidden state. */
	readonly hidden: number;
	/** Channels of what is known of the first picture. */
	readonly context: number;
	/** Places to each side of a pixel at which correlation is looked up. */
	readonly radius: number;
	/** Whether the encoders' blocks have a narrow middle. */
	readonly bottleneck: boolean;
	/** Recurrent cells, one after another: the sides of their kernels. */
	readonly cells: readonly (readonly [number, number])[];
}

/** The two models of torchvision. */
export const SIZES = {
	small: { hidden: 96, context: 64, radius: 3, bottleneck: true, cells: [[3, 3]] },
	large: {
		hidden: 128,
		context: 128,
		radius: 4,
		bottleneck: false,
		cells: [
			[1, 5],
			[5, 1],
		],
	},
} as const satisfies Record<string, RaftSize>;
