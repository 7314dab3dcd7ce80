/** What a weight of 1 is: weights are integers, and those of one output pixel add up to exactly this. */
const WHOLE = 256;

/** For each output pixel along one axis, which input pixels it is made of, and how much of each. */
export interface Taps {
	/** First input pixel of each output pixel. */
	readonly first: Int32Array;
	/** Where the weights of each output pixel begin, and at last where they end. */
	readonly start: Int32Array;
	readonly weights: Int32Array;
}

/**
 * How `outputs` pixels are made of the stretch of `length` input pixels from `begin` on, of `inputs` there are: the mean of
 * the area they cover when they are fewer, linear interpolation when they are more.
 */
export function tapsOf(inputs: number, begin: number, length: number, outputs: number): Taps {
	const scale = length / outputs;
	const most = scale > 1 ? Math.ceil(scale) + 1 : 2;
	const first = new Int32Array(outputs);
	const start = new Int32Array(outputs + 1);
	const weights = new Int32Array(outputs * most);
	let count = 0;
	for (let output = 0; output < outputs; output++) {
		const from = begin + output * scale;
		// Linear interpolation is the mean over one input pixel's width around the centre.
		const middle = from + scale / 2;
		const low = scale > 1 ? from : middle - 0.5;
		const width = Math.max(scale, 1);
		const lowest = Math.floor(low + 1e-6);
		const highest = Math.max(lowest, Math.ceil(low + width - 1e-6) - 1);
		first[output] = clamp(lowest, inputs);
		let done = 0;
		for (let input = lowest; input <= highest; input++) {
			const share = input === highest ? 1 : Math.max(0, input + 1 - low) / width;
			const weight = Math.round(share * WHOLE) - done;
			done += weight;
			// Outside the picture its edge goes on.
			if (input > lowest && clamp(input, inputs) === clamp(input - 1, inputs))
				weights[count - 1] = (weights[count - 1] ?? 0) + weight;
			else weights[count++] = weight;
		}
		start[output + 1] = count;
	}
	return { first, start, weights: weights.subarray(0, count) };
}

function clamp(index: number, count: number): number {
	return Math.min(count - 1, Math.max(0, index));
}
