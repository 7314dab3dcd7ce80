type Json = Readonly<Record<string, unknown>>;

/** A JSON Schema in one line, as one would write the type: `integer 1 … 100 = 85`. `@Name` is another schema. */
export function typeOf(schema: Json): string {
	const { $ref, enum: words, anyOf, oneOf, const: only, items, type, default: preset } = schema;
	const either = (anyOf ?? oneOf) as Json[] | undefined;
	const given = preset === undefined ? "" : ` = ${JSON.stringify(preset)}`;
	if (typeof $ref === "string") return `@${$ref.slice($ref.lastIndexOf("/") + 1)}${given}`;
	if (only !== undefined) return JSON.stringify(only);
	if (Array.isArray(words)) return words.map((word) => JSON.stringify(word)).join(" | ") + given;
	if (either) return either.map(typeOf).join(" | ") + given;
	if (type === "array") return `${grouped(typeOf((items ?? {}) as Json))}[]${given}`;
	const { additionalProperties, properties } = schema as { additionalProperties?: Json | boolean; properties?: Json };
	if (type === "object" && !properties && typeof additionalProperties === "object") {
		return `{ [name]: ${typeOf(additionalProperties)} }`;
	}
	if (type === "object" && properties) return shapeOf(schema).replace(/\s*\n\s*/g, " ");
	return `${typeof type === "string" ? type : "anything"}${bounds(schema)}${given}`;
}

/** A JSON Schema over several lines, with what its fields mean. */
export function shapeOf(schema: Json, indent = ""): string {
	const { type, items, anyOf, oneOf } = schema as { type?: string; items?: Json; anyOf?: Json[]; oneOf?: Json[] };
	const properties = schema.properties as Record<string, Json> | undefined;
	if (type === "array" && items && !items.$ref) return `${grouped(shapeOf(items, indent))}[]`;
	const either = anyOf ?? oneOf;
	if (either?.some(({ properties }) => properties)) return either.map((one) => shapeOf(one, indent)).join(" | ");
	if (!properties) return typeOf(schema);
	const required = new Set((schema.required ?? []) as string[]);
	const inner = `${indent}  `;
	const lines = Object.entries(properties).map(([name, field]) => {
		const about = typeof field.description === "string" ? `  // ${field.description.replaceAll("`", "")}` : "";
		return `${inner}${name}${required.has(name) ? "" : "?"}: ${shapeOf(field, inner)}${about}`;
	});
	return `{\n${lines.join("\n")}\n${indent}}`;
}

function grouped(type: string): string {
	return type.includes(" | ") ? `(${type})` : type;
}

function bounds({ minimum, maximum, minLength, maxLength, type }: Json): string {
	if (type === "string") return maxLength === undefined ? "" : ` ≤ ${maxLength}${minLength ? ", not empty" : ""}`;
	const low = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? "" : `${minimum}`;
	const high = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : `${maximum}`;
	return low || high ? ` ${low} … ${high}`.replace(/ +$/, "") : "";
}
