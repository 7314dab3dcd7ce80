import type { DType, Graph, Value, Weights } from "mutoscope/inference";

/** A linear layer that an adapter may be laid over. */
export interface LoraTarget {
	/** Its name in the checkpoint, without `.weight`. */
	readonly module: string;
	readonly inputs: number;
	readonly outputs: number;
	/** Of the adapter's inputs. */
	readonly dtype: DType;
}

/** Suffixes of a quantised weight's parts: int8 [in, out], and a scale for each output. */
export const INT8 = { weight: ".weight.int8", scale: ".weight.scale" } as const;

/**
 * The linear layers of a graph: from the checkpoint as they lie there, in eight bits where it has them, and with room for
 * adapters (Hu et al. 2021, arXiv 2106.09685) where these come as inputs.
 *
 * An adapter's inputs are `lora.<module>.down` [rank, in], `.up` [out, rank] and `.scale` [rank]; with rank 0 it is not there.
 */
export class Linears {
	/** Where adapters may be laid over: all layers applied so far, none if they do not come as inputs. */
	readonly targets: LoraTarget[] = [];
	readonly #g: Graph;
	readonly #weights: Weights;
	readonly #dtype: DType;
	readonly #lora: boolean;
	readonly #quantised = new Map<Value, readonly Value[]>();

	constructor(g: Graph, weights: Weights, { dtype, lora = false }: { dtype: DType; lora?: boolean }) {
		this.#g = g;
		this.#weights = weights;
		this.#dtype = dtype;
		this.#lora = lora;
	}

	/** x · weightᵀ + bias for x [tokens, inputs], with adapters. */
	apply(module: string, x: Value, outputs: number): Value {
		const g = this.#g;
		const inputs = x.shape[1] as number;
		return g.scope(module.slice(module.lastIndexOf(".") + 1), () => {
			const bias = this.weight(`${module}.bias`, [outputs]);
			const base = this.#weights.has(`${module}${INT8.weight}`)
				? this.#int8(module, x, outputs, bias)
				: g.linear(x, this.weight(`${module}.weight`, [outputs, inputs]), bias);
			if (!this.#lora) return base;
			this.targets.push({ module, inputs, outputs, dtype: this.#dtype });
			const rank = `rank.${module}`;
			const input = (part: string, shape: (number | string)[]) => g.input(`lora.${module}.${part}`, this.#dtype, shape);
			const low = g.gemm(x, input("down", [rank, inputs]), undefined, { transB: true });
			return g.gemm(g.mul(low, input("scale", [rank])), input("up", [outputs, rank]), base, { transB: true });
		});
	}

	/** A tensor of the checkpoint in the type that is computed with. */
	weight(name: string, shape: readonly number[], as = this.#dtype): Value {
		return this.#g.weight(this.#weights.get(name, shape), { as });
	}

	/** Weights in eight bits, one scale an output; the input is brought to eight bits once, whoever shares it. */
	#int8(module: string, x: Value, outputs: number, bias: Value): Value {
		const g = this.#g;
		const inputs = x.shape[1] as number;
		let quantised = this.#quantised.get(x);
		if (!quantised) {
			const scalar = { dtype: "float32" as const, shape: [] };
			const outs = [{ dtype: "uint8" as const, shape: x.shape }, scalar, { dtype: "uint8" as const, shape: [] }];
			quantised = g.node("DynamicQuantizeLinear", [x], outs);
			this.#quantised.set(x, quantised);
		}
		const [values, scale, zero] = quantised;
		const weight = g.weight(this.#weights.get(`${module}${INT8.weight}`, [inputs, outputs]));
		const each = g.weight(this.#weights.get(`${module}${INT8.scale}`, [outputs]));
		const shape = [x.shape[0] ?? 0, outputs];
		const operands = [values, weight, scale, each, zero, undefined, bias];
		return g.one("MatMulIntegerToFloat", operands, { dtype: "float32", shape }, {}, "com.microsoft");
	}
}
