import { extendsOf, heirsOf } from "../pipeline/inheritance.ts";
import { type Entry, isMap, isSeq, lookUp, type Pipeline, pairOf, textOf } from "../pipeline/pipeline.ts";

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

/** Whether an entry, or one that takes from it, extends one of them. */
export function hasOwnHiddenJob(pipeline: Pipeline, entry: Entry, ours: ReadonlySet<string>): boolean {
  return [entry, ...heirsOf(pipeline, entry)].some((each) =>
    extendsOf(pipeline, each).some((name) => ours.has(name)),
  );
}
