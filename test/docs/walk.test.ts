import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The files of the walk through the code, in the order in which the page tells them. */
const STEPS = [...read("docs/architecture.md").matchAll(/^\d+\. `(src\/[\w./-]+)`/gm)].map(
  ([, path = ""]) => path,
);

function importsOf(path: string): readonly string[] {
  const names = [...read(path).matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, name = ""]) => name);
  return names.map((name) => posix.join(posix.dirname(path), name));
}

/** What a file leads to, by imports of files of the edge; the edge is reached by ports, which `main.ts` fills. */
function reachedThroughEdge(start: string): readonly string[] {
  const reached = new Set([start]);
  for (const path of reached) {
    const next = importsOf(path).filter((other) => other.startsWith("src/edge/"));
    for (const other of next) reached.add(other);
  }
  return [...reached];
}

describe("the way of the ID token, as docs/architecture.md tells it", () => {
  it("begins with the process, ends with the file, and takes twelve files at most", () => {
    expect(STEPS[0]).toBe("src/main.ts");
    expect(STEPS.at(-1)).toBe("src/edge/host.ts");
    expect(new Set(STEPS).size).toBe(STEPS.length);
    expect(STEPS.length).toBeLessThanOrEqual(12);
  });

  it.each(STEPS.slice(1))("comes to %s from a step before it", (path) => {
    const before = STEPS.slice(0, STEPS.indexOf(path));
    const reached = path.startsWith("src/edge/")
      ? reachedThroughEdge("src/main.ts")
      : before.flatMap(importsOf);
    expect(reached).toContain(path);
  });

  it("tells where the token is read, decoded, and revealed to be sent", () => {
    const holding = (pattern: RegExp): readonly string[] => STEPS.filter((path) => pattern.test(read(path)));
    expect(holding(/env\[ID_TOKEN_VARIABLE\]/)).toEqual(["src/config/assume-role-config.ts"]);
    expect(holding(/export function decodeIdToken/)).toEqual(["src/gitlab/id-token.ts"]);
    expect(holding(/idToken\.reveal\(\)/)).toEqual(["src/edge/sts-client.ts"]);
    expect(holding(/export function encodeDotenvReport/)).toEqual(["src/gitlab/reports.ts"]);
  });
});
