import { readFile } from "node:fs/promises";
import { join } from "node:path";
import list from "./shapes.json" with { type: "json" };

/** A way of getting credentials that real pipelines have, in our own words. */
export interface Shape {
  /** Of the file beside this one, without `.yml`; what it becomes is in `<name>.after.yml`. */
  readonly name: string;
  /** Where such a pipeline was seen. */
  readonly source: string;
  /** What is particular about it. */
  readonly fact: string;
  /** By the job, whom AWS takes it for; one of several profiles each. */
  readonly identities?: Readonly<Record<string, string | readonly string[]>>;
  /** It uses stored keys or templates, which cannot be run here: only the result is. */
  readonly stored?: true;
  /** Files that it includes. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Lines that stay as they are. */
  readonly left?: readonly number[];
}

export const SHAPES = list as unknown as readonly Shape[];

/** Those that a patch migrates whole. */
export const MIGRATED_SHAPES = SHAPES.filter(
  (shape): shape is Shape & Required<Pick<Shape, "identities">> => shape.identities !== undefined,
);

export function readShape(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, `${name}.yml`), "utf8");
}
