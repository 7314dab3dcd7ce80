/** Widths of a model; those of the small one unless said otherwise. */
export interface DepthWidths {
	readonly dim?: number;
	readonly grid?: number;
	readonly features?: number;
	readonly out?: readonly [number, number, number, number];
}

/** Frames that positions in time are known for. */
const FRAMES = 32;

/** The tensors of Video Depth Anything, the positions in time among them. */
export function depthShapes({
	dim = 384,
	grid = 37,
	features = 64,
	out = [48, 96, 192, 384],
}: DepthWidths = {}): ReadonlyMap<string, readonly number[]> {
	const shapes = new Map<string, readonly number[]>();
	const layer = (name: string, ...weight: number[]) => {
		shapes.set(`${name}.weight`, weight);
		shapes.set(`${name}.bias`, weight.slice(0, 1));
	};
	const transposed = (name: string, width: number, kernel: number) => layer(name, width, width, kernel, kernel);
	shapes.set("pretrained.cls_token", [1, 1, dim]);
	shapes.set("pretrained.pos_embed", [1, 1 + grid * grid, dim]);
	shapes.set("pretrained.mask_token", [1, dim]);
	layer("pretrained.patch_embed.proj", dim, 3, 14, 14);
	for (let i = 0; i < 12; i++) {
		const block = `pretrained.blocks.${i}`;
		layer(`${block}.norm1`, dim);
		layer(`${block}.attn.qkv`, 3 * dim, dim);
		layer(`${block}.attn.proj`, dim, dim);
		shapes.set(`${block}.ls1.gamma`, [dim]);
		layer(`${block}.norm2`, dim);
		layer(`${block}.mlp.fc1`, 4 * dim, dim);
		layer(`${block}.mlp.fc2`, dim, 4 * dim);
		shapes.set(`${block}.ls2.gamma`, [dim]);
	}
	layer("pretrained.norm", dim);

	for (const [i, width] of out.entries()) layer(`head.projects.${i}`, width, dim, 1, 1);
	transposed("head.resize_layers.0", out[0], 4);
	transposed("head.resize_layers.1", out[1], 2);
	layer("head.resize_layers.3", out[3], out[3], 3, 3);
	for (const [i, width] of out.entries()) shapes.set(`head.scratch.layer${i + 1}_rn.weight`, [features, width, 3, 3]);
	for (const level of [1, 2, 3, 4]) {
		const net = `head.scratch.refinenet${level}`;
		layer(`${net}.out_conv`, features, features, 1, 1);
		for (const unit of [1, 2]) {
			for (const conv of [1, 2]) layer(`${net}.resConfUnit${unit}.conv${conv}`, features, features, 3, 3);
		}
	}
	layer("head.scratch.output_conv1", features / 2, features, 3, 3);
	layer("head.scratch.output_conv2.0", 32, features / 2, 3, 3);
	layer("head.scratch.output_conv2.2", 1, 32, 1, 1);
	for (const [k, width] of [out[2], out[3], features, features].entries()) {
		const module = `head.motion_modules.${k}.temporal_transformer`;
		const block = `${module}.transformer_blocks.0`;
		layer(`${module}.norm`, width);
		layer(`${module}.proj_in`, width, width);
		for (const i of [0, 1]) {
			const attention = `${block}.attention_blocks.${i}`;
			for (const part of ["q", "k", "v"]) shapes.set(`${attention}.to_${part}.weight`, [width, width]);
			layer(`${attention}.to_out.0`, width, width);
			shapes.set(`${attention}.pos_encoder.pe`, [1, FRAMES, width]);
			layer(`${block}.norms.${i}`, width);
		}
		layer(`${block}.ff.net.0.proj`, 8 * width, width);
		layer(`${block}.ff.net.2`, width, 4 * width);
		layer(`${block}.ff_norm`, width);
		layer(`${module}.proj_out`, width, width);
	}
	return shapes;
}

/** Positions in time: sines in even columns, cosines in odd ones. Vaswani et al. 2017, arXiv 1706.03762, §3.5. */
export function timePositions(width: number): Float32Array {
	return Float32Array.from({ length: FRAMES * width }, (_, i) => {
		const [place, column] = [Math.floor(i / width), i % width];
		const angle = place * 10_000 ** (-(column - (column % 2)) / width);
		return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
	});
}
