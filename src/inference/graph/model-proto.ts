import { parse, relative, sep } from "node:path";
import { DTYPES } from "../dtype.ts";
import type { WeightRef } from "../weights/ref.ts";
import { ProtoWriter } from "./proto.ts";
import type { Attribute, Typed } from "./value.ts";

/** Domain of an operator: ONNX's own, or ONNX Runtime's. */
export type Domain = "" | "com.microsoft";

/** One node, by the names of its tensors; an input left out is `""`. */
export interface NodeParts {
	readonly op: string;
	readonly domain: Domain;
	readonly name: string;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph ready to be written. */
export interface ModelParts {
	readonly name: string;
	readonly nodes: readonly NodeParts[];
	readonly inputs: readonly (Typed & { readonly name: string })[];
	readonly outputs: readonly (Typed & { readonly name: string })[];
	/** What nodes hand to each other. Without their lengths ONNX Runtime cannot tell which may take each other's memory. */
	readonly between: readonly (Typed & { readonly name: string })[];
	/** Tensors that lie in files. */
	readonly weights: readonly (WeightRef & { readonly name: string })[];
	/** Tensors that are written into the model. */
	readonly constants: readonly (Typed & { readonly name: string; readonly bytes: Uint8Array })[];
}

const IR_VERSION = 11;
const OPSET = 24;
const EXTERNAL = 1;

/** Where a file is for ONNX Runtime, which is told that weights lie under the root of the file system. */
function locationOf(file: string): string {
	return relative(parse(file).root, file).split(sep).join("/");
}

/** The bytes of an ONNX model: `ModelProto` of onnx.proto3, IR version 11, operator set 24. */
export function encodeModel(parts: ModelParts): Uint8Array<ArrayBuffer> {
	const to = new ProtoWriter();
	to.int(1, IR_VERSION).bytes(2, "mutoscope");
	to.message(7, () => {
		for (const node of parts.nodes) writeNode(to, node);
		to.bytes(2, parts.name);
		for (const { name, dtype, shape, bytes } of parts.constants) {
			to.message(5, () => {
				for (const dim of shape) to.int(1, Number(dim));
				to.int(2, DTYPES[dtype].onnx).bytes(8, name).bytes(9, bytes);
			});
		}
		for (const weight of parts.weights) writeWeight(to, weight);
		for (const value of parts.inputs) writeInterface(to, 11, value);
		for (const value of parts.outputs) writeInterface(to, 12, value);
		for (const value of parts.between) writeInterface(to, 13, value);
	});
	to.message(8, () => to.bytes(1, "").int(2, OPSET));
	if (parts.nodes.some(({ domain }) => domain === "com.microsoft")) {
		to.message(8, () => to.bytes(1, "com.microsoft").int(2, 1));
	}
	return to.finish();
}

function writeNode(to: ProtoWriter, { op, domain, name, inputs, outputs, attributes }: NodeParts): void {
	to.message(1, () => {
		for (const input of inputs) to.bytes(1, input);
		for (const output of outputs) to.bytes(2, output);
		to.bytes(3, name).bytes(4, op);
		for (const [key, value] of Object.entries(attributes)) to.message(5, () => writeAttribute(to, key, value));
		if (domain !== "") to.bytes(7, domain);
	});
}

function writeAttribute(to: ProtoWriter, name: string, value: Attribute): void {
	to.bytes(1, name);
	if (typeof value === "number") to.int(3, value).int(20, 2);
	else if (typeof value === "string") to.bytes(4, value).int(20, 3);
	else if ("float" in value) to.float(2, value.float).int(20, 1);
	else if ("floats" in value) {
		for (const one of value.floats) to.float(7, one);
		to.int(20, 6);
	} else {
		for (const one of value) to.int(8, one);
		to.int(20, 7);
	}
}

function writeWeight(to: ProtoWriter, { name, dtype, shape, file, offset, length }: WeightRef): void {
	const entry = (key: string, value: string): void => {
		to.message(13, () => to.bytes(1, key).bytes(2, value));
	};
	to.message(5, () => {
		for (const dim of shape) to.int(1, dim);
		to.int(2, DTYPES[dtype].onnx).bytes(8, name);
		entry("location", locationOf(file));
		entry("offset", String(offset));
		entry("length", String(length));
		to.int(14, EXTERNAL);
	});
}

function writeInterface(
	to: ProtoWriter,
	field: number,
	{ name, dtype, shape }: Typed & { readonly name: string },
): void {
	to.message(field, () => {
		to.bytes(1, name);
		to.message(2, () => {
			to.message(1, () => {
				to.int(1, DTYPES[dtype].onnx);
				to.message(2, () => {
					for (const dim of shape) {
						to.message(1, () => (typeof dim === "number" ? to.int(1, dim) : to.bytes(2, dim)));
					}
				});
			});
		});
	});
}
