import type { Shapes } from "./sparse.ts";

type Add = (name: string, ...shape: number[]) => void;

function collect(build: (add: Add) => void): Shapes {
	const shapes = new Map<string, readonly number[]>();
	build((name, ...shape) => void shapes.set(name, shape));
	return shapes;
}

/** The tensors of Wan 2.1's autoencoder: 96 wide; LightVAE is 24 wide. */
export function wanVaeShapes({
	dim = 96,
	mult = [1, 2, 4, 4],
	blocks = 2,
	temporal = [false, true, true],
} = {}): Shapes {
	return collect((add) => {
		const conv = (name: string, out: number, inner: number, ...kernel: number[]) => {
			add(`${name}.weight`, out, inner, ...kernel);
			add(`${name}.bias`, out);
		};
		const res = (name: string, inner: number, out: number) => {
			add(`${name}.residual.0.gamma`, inner, 1, 1, 1);
			conv(`${name}.residual.2`, out, inner, 3, 3, 3);
			add(`${name}.residual.3.gamma`, out, 1, 1, 1);
			conv(`${name}.residual.6`, out, out, 3, 3, 3);
			if (inner !== out) conv(`${name}.shortcut`, out, inner, 1, 1, 1);
		};
		const middle = (name: string, width: number) => {
			res(`${name}.0`, width, width);
			add(`${name}.1.norm.gamma`, width, 1, 1);
			conv(`${name}.1.to_qkv`, 3 * width, width, 1, 1);
			conv(`${name}.1.proj`, width, width, 1, 1);
			res(`${name}.2`, width, width);
		};
		const widths = mult.map((factor) => factor * dim);
		const top = widths.at(-1) ?? dim;

		conv("encoder.conv1", dim, 3, 3, 3, 3);
		let at = 0;
		let width = dim;
		for (const [level, out] of widths.entries()) {
			for (let i = 0; i < blocks; i++, width = out) res(`encoder.downsamples.${at++}`, width, out);
			if (level === widths.length - 1) break;
			conv(`encoder.downsamples.${at}.resample.1`, out, out, 3, 3);
			if (temporal[level]) conv(`encoder.downsamples.${at}.time_conv`, out, out, 3, 1, 1);
			at++;
		}
		middle("encoder.middle", top);
		add("encoder.head.0.gamma", top, 1, 1, 1);
		conv("encoder.head.2", 32, top, 3, 3, 3);
		conv("conv1", 32, 32, 1, 1, 1);
		conv("conv2", 16, 16, 1, 1, 1);

		conv("decoder.conv1", top, 16, 3, 3, 3);
		middle("decoder.middle", top);
		at = 0;
		width = top;
		for (const [level, out] of widths.toReversed().entries()) {
			for (let i = 0; i <= blocks; i++, width = out) res(`decoder.upsamples.${at++}`, width, out);
			if (level === widths.length - 1) break;
			conv(`decoder.upsamples.${at}.resample.1`, out / 2, out, 3, 3);
			if (temporal.toReversed()[level]) conv(`decoder.upsamples.${at}.time_conv`, 2 * out, out, 3, 1, 1);
			width = out / 2;
			at++;
		}
		add("decoder.head.0.gamma", dim, 1, 1, 1);
		conv("decoder.head.2", 3, dim, 3, 3, 3);
	});
}

/** The tensors of the tiny autoencoder. */
export function taeShapes({ encoder = 64, decoder = [256, 128, 64, 64], grow = [1, 2, 2] } = {}): Shapes {
	return collect((add) => {
		const block = (name: string, width: number) => {
			for (const [i, inner] of [2 * width, width, width].entries()) {
				add(`${name}.conv.${2 * i}.weight`, width, inner, 3, 3);
				add(`${name}.conv.${2 * i}.bias`, width);
			}
		};
		add("encoder.0.weight", encoder, 3, 3, 3);
		add("encoder.0.bias", encoder);
		for (const [level, first] of [2, 7, 12].entries()) {
			add(`encoder.${first}.conv.weight`, encoder, level < 2 ? 2 * encoder : encoder, 1, 1);
			add(`encoder.${first + 1}.weight`, encoder, encoder, 3, 3);
			for (let i = 2; i < 5; i++) block(`encoder.${first + i}`, encoder);
		}
		add("encoder.17.weight", 16, encoder, 3, 3);
		add("encoder.17.bias", 16);
		add("decoder.1.weight", decoder[0] ?? 0, 16, 3, 3);
		add("decoder.1.bias", decoder[0] ?? 0);
		for (const [level, first] of [3, 9, 15].entries()) {
			const [width = 0, next = 0] = decoder.slice(level);
			for (let i = 0; i < 3; i++) block(`decoder.${first + i}`, width);
			add(`decoder.${first + 4}.conv.weight`, (grow[level] ?? 1) * width, width, 1, 1);
			add(`decoder.${first + 5}.weight`, next, width, 3, 3);
		}
		add("decoder.22.weight", 3, decoder[3] ?? 0, 3, 3);
		add("decoder.22.bias", 3);
	});
}

/** The tensors of UMT5's encoder under Wan's names; UMT5-XXL unless said otherwise. */
export function umt5Shapes({ vocab = 256384, dim = 4096, hidden = 10240, heads = 64, layers = 24 } = {}): Shapes {
	return collect((add) => {
		add("token_embedding.weight", vocab, dim);
		for (let i = 0; i < layers; i++) {
			const name = `blocks.${i}`;
			add(`${name}.norm1.weight`, dim);
			for (const part of ["q", "k", "v"]) add(`${name}.attn.${part}.weight`, dim, dim);
			add(`${name}.attn.o.weight`, dim, dim);
			add(`${name}.norm2.weight`, dim);
			add(`${name}.ffn.gate.0.weight`, hidden, dim);
			add(`${name}.ffn.fc1.weight`, hidden, dim);
			add(`${name}.ffn.fc2.weight`, dim, hidden);
			add(`${name}.pos_embedding.embedding.weight`, 32, heads);
		}
		add("norm.weight", dim);
	});
}
