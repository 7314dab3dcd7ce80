/** The tensors of RIFE 4.25's flow network. */
export function rifeShapes(): ReadonlyMap<string, readonly number[]> {
	const shapes = new Map<string, readonly number[]>();
	const conv = (name: string, bias: number, ...weight: number[]) => {
		shapes.set(`${name}.weight`, weight);
		shapes.set(`${name}.bias`, [bias]);
	};
	for (const [stage, width] of [192, 128, 64, 32].entries()) {
		const block = `block${stage}`;
		conv(`${block}.conv0.0.0`, width / 2, width / 2, stage === 0 ? 15 : 28, 3, 3);
		conv(`${block}.conv0.1.0`, width, width, width / 2, 3, 3);
		for (let i = 0; i < 8; i++) {
			shapes.set(`${block}.convblock.${i}.beta`, [1, width, 1, 1]);
			conv(`${block}.convblock.${i}.conv`, width, width, width, 3, 3);
		}
		conv(`${block}.lastconv.0`, 52, width, 52, 4, 4);
	}
	conv("encode.cnn0", 16, 16, 3, 3, 3);
	conv("encode.cnn1", 16, 16, 16, 3, 3);
	conv("encode.cnn2", 16, 16, 16, 3, 3);
	conv("encode.cnn3", 4, 16, 4, 4, 4);
	return shapes;
}
