/**
 * A length along one axis: a number, or an expression of names that stand for numbers not known before a run, such as
 * `"tokens"`, `"3*frames"`, `"past+tokens"`, `"floor((height-1)/2)+1"`. Equal expressions are equal strings: sums of
 * products, sorted.
 */
export type Dim = number | string;

/** A sum of products: from the factors of a product, sorted and joined by `*`, to how often it occurs; `""` is 1. */
type Sum = ReadonlyMap<string, number>;

const TOKEN = /\s*(\d+|[A-Za-z_][\w.]*|[-+*/()])/y;
const sums = new Map<string, Sum>();

function constant(value: number): Sum {
	return new Map(value === 0 ? [] : [["", value]]);
}

function plus(a: Sum, b: Sum, sign = 1): Sum {
	const sum = new Map(a);
	for (const [product, count] of b) {
		const total = (sum.get(product) ?? 0) + sign * count;
		if (total === 0) sum.delete(product);
		else sum.set(product, total);
	}
	return sum;
}

function times(a: Sum, b: Sum): Sum {
	let sum: Sum = new Map();
	for (const [left, count] of a) {
		for (const [right, other] of b) {
			const factors = [...factorsOf(left), ...factorsOf(right)].sort().join("*");
			sum = plus(sum, new Map([[factors, count * other]]));
		}
	}
	return sum;
}

/** The factors of a product. A `floor(…)` is one factor whatever stands in it. */
function factorsOf(product: string): string[] {
	const factors: string[] = [];
	let depth = 0;
	let from = 0;
	for (let at = 0; at <= product.length; at++) {
		const char = product[at];
		if (char === "(") depth++;
		else if (char === ")") depth--;
		else if ((char === "*" || char === undefined) && depth === 0) {
			if (at > from) factors.push(product.slice(from, at));
			from = at + 1;
		}
	}
	return factors;
}

/** Rounds down the quotient. What divides evenly is divided; the rest becomes a `floor(…)`. */
function over(a: Sum, divisor: number): Sum {
	const even = new Map([...a].filter(([, count]) => count % divisor === 0).map(([p, count]) => [p, count / divisor]));
	const rest: Sum = new Map([...a].filter(([, count]) => count % divisor !== 0));
	if (rest.size === 0) return even;
	const value = rest.size === 1 ? rest.get("") : undefined;
	if (value !== undefined) return plus(even, constant(Math.floor(value / divisor)));
	return plus(even, new Map([[`floor((${print(rest)})/${divisor})`, 1]]));
}

function print(sum: Sum): string {
	const terms = [...sum].sort(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1));
	return terms
		.map(([product, count], i) => {
			const size = Math.abs(count);
			const term = product === "" ? `${size}` : size === 1 ? product : `${size}*${product}`;
			return count < 0 ? `-${term}` : i > 0 ? `+${term}` : term;
		})
		.join("");
}

function parse(text: string): Sum {
	TOKEN.lastIndex = 0;
	const tokens: string[] = [];
	while (TOKEN.lastIndex < text.length) {
		const token = TOKEN.exec(text)?.[1];
		if (token === undefined) throw new TypeError(`"${text}" is not the length of an axis`);
		tokens.push(token);
	}
	let at = 0;
	const expect = (token: string): void => {
		if (tokens[at++] !== token) throw new TypeError(`"${text}" is not the length of an axis: ${token} is missing`);
	};
	const atom = (): Sum => {
		const token = tokens[at++] ?? "";
		if (token === "-") return times(constant(-1), atom());
		if (/^\d/.test(token)) return constant(Number(token));
		if (token === "(" || (token === "floor" && tokens[at] === "(" && at++ > 0)) {
			const inner = sum();
			expect(")");
			return inner;
		}
		if (!/^[A-Za-z_]/.test(token)) throw new TypeError(`"${text}" is not the length of an axis`);
		return new Map([[token, 1]]);
	};
	const product = (): Sum => {
		let value = atom();
		while (tokens[at] === "*" || tokens[at] === "/") {
			if (tokens[at++] === "*") value = times(value, atom());
			else {
				const divisor = Number(tokens[at++]);
				if (!(divisor > 0)) throw new TypeError(`"${text}" divides by something that is not a number above 0`);
				value = over(value, divisor);
			}
		}
		return value;
	};
	const sum = (): Sum => {
		let value = product();
		while (tokens[at] === "+" || tokens[at] === "-") {
			const sign = tokens[at++] === "+" ? 1 : -1;
			value = plus(value, product(), sign);
		}
		return value;
	};
	const parsed = sum();
	if (at < tokens.length) throw new TypeError(`"${text}" is not the length of an axis`);
	return parsed;
}

function sumOf(dim: Dim): Sum {
	if (typeof dim === "number") return constant(dim);
	let sum = sums.get(dim);
	if (!sum) {
		sum = parse(dim);
		if (sums.size < 10_000) sums.set(dim, sum);
	}
	return sum;
}

function dimOf(sum: Sum): Dim {
	if (sum.size === 0) return 0;
	const value = sum.size === 1 ? sum.get("") : undefined;
	return value ?? print(sum);
}

/** The same length as an integer, or as the one string that stands for it. Throws `TypeError` for what is no length. */
export function normalise(dim: Dim): Dim {
	if (typeof dim === "string") return dimOf(sumOf(dim));
	if (!Number.isSafeInteger(dim) || dim < 0) throw new TypeError(`${dim} is not the length of an axis`);
	return dim;
}

/** a + b. */
export function addDims(a: Dim, b: Dim): Dim {
	return typeof a === "number" && typeof b === "number" ? a + b : dimOf(plus(sumOf(a), sumOf(b)));
}

/** a − b. */
export function subDims(a: Dim, b: Dim): Dim {
	return typeof a === "number" && typeof b === "number" ? a - b : dimOf(plus(sumOf(a), sumOf(b), -1));
}

/** The product of all; 1 of none. */
export function mulDims(...dims: readonly Dim[]): Dim {
	return dims.reduce<Dim>(
		(a, b) => (typeof a === "number" && typeof b === "number" ? a * b : dimOf(times(sumOf(a), sumOf(b)))),
		1,
	);
}

/** ⌊a / divisor⌋, for a divisor above 0. */
export function floorDiv(a: Dim, divisor: number): Dim {
	return typeof a === "number" ? Math.floor(a / divisor) : dimOf(over(sumOf(a), divisor));
}

/** a / b where that is exact for whatever the names stand for; `undefined` otherwise. */
export function exactDiv(a: Dim, b: Dim): Dim | undefined {
	if (b === 0) return undefined;
	if (typeof b === "number") {
		const sum = sumOf(a);
		return [...sum.values()].every((count) => count % b === 0) ? floorDiv(a, b) : undefined;
	}
	const divisor = [...sumOf(b)];
	const [[product, count] = ["", 0]] = divisor;
	if (divisor.length > 1) return a === b ? 1 : undefined;
	const quotient = new Map<string, number>();
	for (const [dividend, times] of sumOf(a)) {
		const factors = factorsOf(dividend);
		for (const factor of factorsOf(product)) {
			const at = factors.indexOf(factor);
			if (at < 0) return undefined;
			factors.splice(at, 1);
		}
		if (times % count !== 0) return undefined;
		quotient.set(factors.join("*"), times / count);
	}
	return dimOf(quotient);
}

/**
 * What a length is made of: `[count, factors]` for each term. A factor is a name, or `{ floor, by }` for ⌊floor / by⌋. This is
 * what is needed to compute it in a run.
 */
export function termsOf(dim: Dim): readonly (readonly [number, readonly (string | { floor: Dim; by: number })[]])[] {
	return [...sumOf(dim)].map(([product, count]) => [
		count,
		factorsOf(product).map((factor) => {
			const [, floor, by] = /^floor\(\((.*)\)\/(\d+)\)$/.exec(factor) ?? [];
			return floor !== undefined && by !== undefined ? { floor: normalise(floor), by: Number(by) } : factor;
		}),
	]);
}
