import type { PipelineDescription } from "../contract/describe.ts";
import type { Catalogue, Listed } from "./catalogue.ts";

type Pipelines = Pick<Catalogue, "pipelines">;

/**
 * The pipeline that a session plays unless told otherwise: the first that makes video from words and whose model came with
 * its package, so that nothing has to be fetched; where there is none, the one that steps in.
 */
export function usualPipeline(catalogue: Pipelines): string {
	const boxed = fromNothing(catalogue).find(({ guest: { artifacts } }) => {
		return artifacts.length > 0 && artifacts.every(({ shipped }) => shipped !== undefined);
	});
	return (boxed ?? understudy(catalogue))?.guest.id ?? [...catalogue.pipelines.keys()][0] ?? "";
}

/** The pipeline that steps in while the chosen one cannot play: the first that needs neither video nor files. */
export function understudy(catalogue: Pipelines): Listed<PipelineDescription> | undefined {
	return fromNothing(catalogue).find(({ guest: { artifacts }, package: stranger }) => {
		return artifacts.length === 0 && stranger === undefined;
	});
}

/** Those that make pictures of nothing before all else, in order. */
function fromNothing({ pipelines }: Pipelines): Listed<PipelineDescription>[] {
	return [...pipelines.values()].filter(({ guest: { modes } }) => modes[0] === "text");
}
