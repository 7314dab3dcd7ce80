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

/** Layers that do the same in different blocks. All of a kind have adapters of one rank, so that a graph has few lengths. */
export function kindOf(module: string): string {
	return module.replace(/^blocks\.\d+\./, "");
}

/** What `quantise` writes beside or in place of `x.weight`. */
const CODES = { columns: ".weight.int8", blocks: ".weight.blocks", scale: ".weight.scale" } as const;

/**
 * The linear layers of a graph: from the checkpoint as they lie there, of few bits where it has them (`quantise`), and with
 * room for adapters (Hu et al. 2021, arXiv 2106.09685) where these come as inputs.
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
			const base = this.#base(module, x, outputs);
			if (!this.#lora) return base;
			this.targets.push({ module, inputs, outputs, dtype: this.#dtype });
			const rank = `rank.${kindOf(module)}`;
			const input = (part: string, shape: (number | string)[]) => g.input(`lora.${module}.${part}`, this.#dtype, shape);
			const low = g.gemm(x, input("down", [rank, inputs]), undefined, { transB: true });
			return g.gemm(g.mul(low, input("scale", [rank])), input("up", [outputs, rank]), base, { transB: true });
		});
	}

	/** A tensor of the checkpoint in the type that is computed with. */
	weight(name: string, shape: readonly number[], as = this.#dtype): Value {
		return this.#g.weight(this.#weights.get(name, shape), { as });
	}

	#base(module: string, x: Value, outputs: number): Value {
		const inputs = x.shape[1] as number;
		const bias = this.weight(`${module}.bias`, [outputs]);
		if (this.#weights.has(`${module}${CODES.columns}`)) return this.#columns(module, x, outputs, bias);
		if (this.#weights.has(`${module}${CODES.blocks}`)) return this.#blocks(module, x, inputs, bias);
		return this.#g.linear(x, this.weight(`${module}.weight`, [outputs, inputs]), bias);
	}

	/** 8 bits and a scale for each output. The input is brought to 8 bits once, whoever shares it. */
	#columns(module: string, x: Value, outputs: number, bias: Value): Value {
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
		const codes = g.weight(this.#weights.get(`${module}${CODES.columns}`, [inputs, outputs]));
		const each = this.weight(`${module}${CODES.scale}`, [outputs], "float32");
		const shape = [x.shape[0] ?? 0, outputs];
		const operands = [values, codes, scale, each, zero, undefined, bias];
		return g.one("MatMulIntegerToFloat", operands, { dtype: "float32", shape }, {}, "com.microsoft");
	}

	/** 8 or 4 bits and a scale for each run of inputs. */
	#blocks(module: string, x: Value, inputs: number, bias: Value): Value {
		const codes = this.#g.weight(this.#weights.get(`${module}${CODES.blocks}`));
		const [outputs = 0, blocks = 0, bytes = 1] = codes.shape as readonly number[];
		const scale = this.weight(`${module}${CODES.scale}`, [outputs, blocks]);
		return this.#g.linearNBits(x, codes, scale, bias, { bits: Math.ceil(inputs / bytes) === blocks ? 8 : 4 });
	}
}
