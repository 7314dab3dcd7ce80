import { expect, test } from "vitest";
import { prometheus } from "../../../src/server/metrics.ts";

test("values, labels and help are written as Prometheus reads them", () => {
	const text = prometheus([
		{
			name: "a_total",
			help: "Line one\nand \\ two.",
			type: "counter",
			samples: [
				{ value: 1 },
				{ labels: { session: 'q"\\\n', sink: "x" }, value: 0.5 },
				{ value: Number.POSITIVE_INFINITY },
				{ value: Number.NaN },
			],
		},
		{ name: "empty", help: "Nothing.", type: "gauge", samples: [] },
	]);
	expect(text).toBe(
		'# HELP a_total Line one\\nand \\\\ two.\n# TYPE a_total counter\na_total 1\na_total{session="q\\"\\\\\\n",sink="x"} 0.5\na_total +Inf\n',
	);
});
