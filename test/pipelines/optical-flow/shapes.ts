/** The tensors of torchvision's RAFT. */
export function raftShapes(size: "small" | "large"): ReadonlyMap<string, readonly number[]> {
	const shapes = new Map<string, readonly number[]>();
	const small = size === "small";
	const conv = (name: string, ...weight: number[]) => {
		shapes.set(`${name}.weight`, weight);
		shapes.set(`${name}.bias`, weight.slice(0, 1));
	};
	const encoder = (name: string, widths: readonly number[], out: number, batchNorm: boolean) => {
		const normed = (name: string, ...weight: number[]) => {
			conv(`${name}.0`, ...weight);
			if (!batchNorm) return;
			for (const part of ["weight", "bias", "running_mean", "running_var"])
				shapes.set(`${name}.1.${part}`, weight.slice(0, 1));
		};
		let [inner = 0] = widths;
		normed(`${name}.convnormrelu`, inner, 3, 7, 7);
		for (const [i, width] of widths.slice(1).entries()) {
			for (const block of [0, 1]) {
				const at = `${name}.layer${i + 1}.${block}`;
				if (small) {
					normed(`${at}.convnormrelu1`, width / 4, inner, 1, 1);
					normed(`${at}.convnormrelu2`, width / 4, width / 4, 3, 3);
					normed(`${at}.convnormrelu3`, width, width / 4, 1, 1);
				} else {
					normed(`${at}.convnormrelu1`, width, inner, 3, 3);
					normed(`${at}.convnormrelu2`, width, width, 3, 3);
				}
				if (block === 0 && i > 0) normed(`${at}.downsample`, width, inner, 1, 1);
				inner = width;
			}
		}
		conv(`${name}.conv`, out, inner, 1, 1);
	};
	const widths = small ? [32, 32, 64, 96] : [64, 64, 96, 128];
	encoder("feature_encoder", widths, small ? 128 : 256, false);
	encoder("context_encoder", widths, small ? 160 : 256, !small);
	const motion = "update_block.motion_encoder";
	conv(`${motion}.convcorr1.0`, small ? 96 : 256, small ? 196 : 324, 1, 1);
	if (!small) conv(`${motion}.convcorr2.0`, 192, 256, 3, 3);
	conv(`${motion}.convflow1.0`, small ? 64 : 128, 2, 7, 7);
	conv(`${motion}.convflow2.0`, small ? 32 : 64, small ? 64 : 128, 3, 3);
	conv(`${motion}.conv.0`, small ? 80 : 126, small ? 128 : 256, 3, 3);
	const [hidden, seen] = small ? [96, 242] : [128, 384];
	for (const [i, kernel] of (small
		? [[3, 3]]
		: [
				[1, 5],
				[5, 1],
			]
	).entries()) {
		for (const gate of ["z", "r", "q"]) {
			conv(`update_block.recurrent_block.convgru${i + 1}.conv${gate}`, hidden, seen, ...kernel);
		}
	}
	conv("update_block.flow_head.conv1", small ? 128 : 256, hidden, 3, 3);
	conv("update_block.flow_head.conv2", 2, small ? 128 : 256, 3, 3);
	if (!small) {
		conv("mask_predictor.convrelu.0", 256, hidden, 3, 3);
		conv("mask_predictor.conv", 576, 256, 1, 1);
	}
	return shapes;
}
