import type { ParamInfo } from "../../client/index.ts";

/** What a parameter does, in words. */
export function described({ description, apply }: ParamInfo): string | undefined {
	const reload = apply === "reload" ? "A change opens the pipeline anew." : undefined;
	return [description, reload].filter(Boolean).join(" ") || undefined;
}

/** The name of a control, and whether turning it opens the pipeline anew. */
export function Name({ info }: { info: ParamInfo }) {
	return (
		<span class="name" title={[described(info), info.address].filter(Boolean).join("\n")}>
			{info.label}
			{info.apply === "reload" && (
				<svg class="reload" viewBox="0 0 16 16" aria-hidden="true">
					<path d="M13.5 8a5.5 5.5 0 1 1-1.8-4.1M13.6 1.2v3.3h-3.3" />
				</svg>
			)}
		</span>
	);
}
