import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { applyEdits } from "../../../../src/commands/migrate/patch/apply.ts";
import { readPipeline } from "../../../../src/commands/migrate/pipeline/pipeline.ts";
import { createSource } from "../../../../src/commands/migrate/pipeline/source.ts";
import { planMigration } from "../../../../src/commands/migrate/plan/make-plan.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";
import { readShape, SHAPES } from "../../../vectors/migrate/shapes.ts";

let texts: readonly string[];
beforeAll(async () => {
  texts = await Promise.all(SHAPES.map(({ name }) => readShape(name)));
});

/** What happens to a file: a line goes, comes from another shape, changes place, is cut, or changes a mark. */
type Mutation = readonly [kind: number, at: number, from: number, mark: string];

const mutation = fc.tuple(fc.nat(4), fc.nat(999), fc.nat(999), fc.constantFrom(..."{}[]\"'$():|>&*-#"));

function mutate(lines: readonly string[], [kind, at, from, mark]: Mutation): readonly string[] {
  const index = at % lines.length;
  const line = lines[index] ?? "";
  const others = texts.join("\n").split("\n");
  const changed: readonly (readonly string[])[] = [
    [],
    [line, others[from % others.length] ?? ""],
    [lines[from % lines.length] ?? ""],
    [line.slice(0, from % (line.length + 1))],
    [line.replace(/[{}[\]"'$():|>&*-]/, () => mark)],
  ];
  return [...lines.slice(0, index), ...(changed[kind] ?? []), ...lines.slice(index + 1)];
}

it("gives a file that YAML reads, or leaves things alone, however a pipeline is written", () => {
  const cases = fc.tuple(fc.nat(999), fc.array(mutation, { maxLength: 4 }));
  fc.assert(
    fc.property(cases, ([which, mutations]) => {
      const start = (texts[which % texts.length] ?? "").split("\n");
      const text = mutations.reduce<readonly string[]>(mutate, start).join("\n");
      const pipeline = readPipeline(createSource(text));
      if ("found" in pipeline) return;
      const { edits } = planMigration(pipeline, { project: undefined, roleArn: undefined });
      const documents = parseAllDocuments(applyEdits(text, edits), { uniqueKeys: false, logLevel: "silent" });
      expect([...documents].flatMap(({ errors }) => errors.map(({ message }) => message))).toEqual([]);
    }),
    propertyRuns(200),
  );
});
