import { DTYPES, type DType } from "../dtype.ts";
import { broadcast } from "./broadcast.ts";
import { GraphCore } from "./core.ts";
import type { Dim } from "./dims.ts";
import { type Attribute, type Operand, printShape, type Value } from "./value.ts";

/** What is computed element by element. Shapes broadcast as in NumPy; numbers take the type of the other operand. */
export class Arithmetic extends GraphCore {
	/** a + b. */
	add(a: Operand, b: Operand): Value {
		return this.#binary("Add", a, b);
	}

	/** a − b. */
	sub(a: Operand, b: Operand): Value {
		return this.#binary("Sub", a, b);
	}

	/** a · b. */
	mul(a: Operand, b: Operand): Value {
		return this.#binary("Mul", a, b);
	}

	/** a / b; whole numbers are cut towards zero. */
	div(a: Operand, b: Operand): Value {
		return this.#binary("Div", a, b);
	}

	/** a to the power of b. */
	pow(a: Operand, b: Operand): Value {
		return this.#binary("Pow", a, b);
	}

	/** The smaller of a and b. */
	min(a: Operand, b: Operand): Value {
		return this.#binary("Min", a, b);
	}

	/** The larger of a and b. */
	max(a: Operand, b: Operand): Value {
		return this.#binary("Max", a, b);
	}

	/** Whether a = b, as bool. */
	equal(a: Operand, b: Operand): Value {
		return this.#binary("Equal", a, b, "bool");
	}

	/** Whether a > b, as bool. */
	greater(a: Operand, b: Operand): Value {
		return this.#binary("Greater", a, b, "bool");
	}

	/** Whether a < b, as bool. */
	less(a: Operand, b: Operand): Value {
		return this.#binary("Less", a, b, "bool");
	}

	/** a where `condition` (bool) holds, b elsewhere. */
	where(condition: Value, a: Operand, b: Operand): Value {
		const [left, right] = this.operands("Where", a, b);
		if (condition.dtype !== "bool") this.fail("Where", `its condition is ${condition.dtype}, not bool`);
		const shape = this.#together("Where", condition, left, right);
		return this.one("Where", [condition, left, right], { dtype: left.dtype, shape });
	}

	/** −x. */
	neg(x: Value): Value {
		return this.#unary("Neg", x);
	}

	/** |x|. */
	abs(x: Value): Value {
		return this.#unary("Abs", x);
	}

	/** √x. */
	sqrt(x: Value): Value {
		return this.#unary("Sqrt", x);
	}

	/** eˣ. */
	exp(x: Value): Value {
		return this.#unary("Exp", x);
	}

	/** The natural logarithm. */
	log(x: Value): Value {
		return this.#unary("Log", x);
	}

	/** The largest whole number not above x. */
	floor(x: Value): Value {
		return this.#unary("Floor", x);
	}

	/** The nearest whole number; halves go to the even one. */
	round(x: Value): Value {
		return this.#unary("Round", x);
	}

	/** Sine of radians. */
	sin(x: Value): Value {
		return this.#unary("Sin", x);
	}

	/** Cosine of radians. */
	cos(x: Value): Value {
		return this.#unary("Cos", x);
	}

	/** Hyperbolic tangent. */
	tanh(x: Value): Value {
		return this.#unary("Tanh", x);
	}

	/** 1 / (1 + e⁻ˣ). */
	sigmoid(x: Value): Value {
		return this.#unary("Sigmoid", x);
	}

	/** The error function. */
	erf(x: Value): Value {
		return this.#unary("Erf", x);
	}

	/** log(1 + eˣ). */
	softplus(x: Value): Value {
		return this.#unary("Softplus", x);
	}

	/** x · sigmoid(x). */
	silu(x: Value): Value {
		return this.mul(x, this.sigmoid(x));
	}

	/** x above 0, else 0. */
	relu(x: Value): Value {
		return this.#unary("Relu", x);
	}

	/** x above 0, else `slope` · x. */
	leakyRelu(x: Value, slope: number): Value {
		return this.#unary("LeakyRelu", x, { alpha: { float: slope } });
	}

	/** x · Φ(x), Φ the normal distribution's; or its approximation by a tanh. Hendrycks and Gimpel 2016, arXiv 1606.08415. */
	gelu(x: Value, approximate: "none" | "tanh" = "none"): Value {
		return this.#unary("Gelu", x, { approximate });
	}

	/** x held between `low` and `high`. */
	clip(x: Value, low: Operand | undefined, high: Operand | undefined): Value {
		const bound = (limit: Operand | undefined): Value | undefined =>
			typeof limit === "number" ? this.scalar(limit, x.dtype) : limit;
		return this.one("Clip", [x, bound(low), bound(high)], x);
	}

	/** The same numbers as another type. Nothing is done where it is that already. */
	cast(x: Value, dtype: DType): Value {
		if (x.dtype === dtype) return x;
		return this.one("Cast", [x], { dtype, shape: x.shape }, { to: DTYPES[dtype].onnx });
	}

	/** Two operands of one type, numbers made constants. */
	protected operands(op: string, a: Operand, b: Operand): [Value, Value] {
		const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
		const left = typeof a === "number" ? this.scalar(a, dtype) : a;
		const right = typeof b === "number" ? this.scalar(b, dtype) : b;
		if (left.dtype !== right.dtype) {
			this.fail(
				op,
				`${left.dtype} ${printShape(left.shape)} and ${right.dtype} ${printShape(right.shape)} are of two types`,
			);
		}
		return [left, right];
	}

	#binary(op: string, a: Operand, b: Operand, dtype?: DType): Value {
		const [left, right] = this.operands(op, a, b);
		return this.one(op, [left, right], { dtype: dtype ?? left.dtype, shape: this.#together(op, left, right) });
	}

	#together(op: string, ...values: readonly Value[]): Dim[] {
		const shapes = values.map(({ shape }) => shape);
		return broadcast(...shapes) ?? this.fail(op, `${shapes.map(printShape).join(" and ")} do not broadcast`);
	}

	#unary(op: string, x: Value, attributes: Readonly<Record<string, Attribute>> = {}): Value {
		return this.one(op, [x], x, attributes);
	}
}
