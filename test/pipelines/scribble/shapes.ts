/** The tensors of the generator. */
export function scribbleShapes(): ReadonlyMap<string, readonly number[]> {
	const shapes = new Map<string, readonly number[]>();
	const conv = (name: string, out: number, ...weight: number[]) => {
		shapes.set(`${name}.weight`, weight);
		shapes.set(`${name}.bias`, [out]);
	};
	conv("model0.1", 64, 64, 3, 7, 7);
	conv("model1.0", 128, 128, 64, 3, 3);
	conv("model1.3", 256, 256, 128, 3, 3);
	for (const block of [0, 1, 2]) {
		for (const layer of [1, 5]) conv(`model2.${block}.conv_block.${layer}`, 256, 256, 256, 3, 3);
	}
	conv("model3.0", 128, 256, 128, 3, 3);
	conv("model3.3", 64, 128, 64, 3, 3);
	conv("model4.1", 1, 1, 64, 7, 7);
	return shapes;
}
