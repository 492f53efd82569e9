import { isMap, isSeq, lookUp, type Pipeline, pairOf, textOf } from "../pipeline/pipeline.ts";

/** The hidden jobs that components of this project bring into the pipeline already, with their dots. */
export function ourHiddenJobs(pipeline: Pipeline): ReadonlySet<string> {
  const includes = lookUp(pipeline, pipeline.root, "include");
  const items = isSeq(includes) ? includes.items : [includes];
  return new Set(
    items.flatMap((item) => {
      const address = isMap(item) ? (textOf(pairOf(item, "component")?.value) ?? "") : "";
      if (!/\/web-identity@/.test(address)) return [];
      const inputs = isMap(item) ? lookUp(pipeline, item, "inputs") : undefined;
      const name = isMap(inputs) ? textOf(pairOf(inputs, "job-name")?.value) : undefined;
      return [`.${name ?? "aws_web_identity"}`];
    }),
  );
}
