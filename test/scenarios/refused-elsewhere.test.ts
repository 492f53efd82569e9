import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOCUMENTED_ENTRIES } from "../../src/aws/error-catalogue/catalogue.ts";
import { STS_CATALOGUE } from "../../src/aws/error-catalogue/sts-catalogue.ts";
import { runScript } from "../harness/run-script.ts";
import { expectLogOf } from "./refused-log.ts";

/** What other programs print, as they print it. */
const PRINTED: readonly { readonly id: string; readonly text: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../vectors/explain.json"), "utf8"),
);

const OF_JOBS = STS_CATALOGUE.map(({ id }) => id);
const ELSEWHERE = DOCUMENTED_ENTRIES.map(({ id }) => id).filter((id) => !OF_JOBS.includes(id));

describe("pasted from another program", () => {
  it.each(ELSEWHERE)("is explained: %s", async (id) => {
    const printed = PRINTED.find((other) => other.id === id);
    const run = await runScript({ argv: ["doctor", "--explain", printed?.text ?? ""] });
    expect(run.stderr).toBe("");
    expect(run.exitCode).toBe(0);
    await expectLogOf(id, run.stdout);
  });

  it("is admitted to be unknown: exit code 1", async () => {
    const run = await runScript({ argv: ["doctor", "--explain", "ERROR: Job failed: exit code 1"] });
    expect(run.stdout).toMatch(/^✖ This text is does not know this text that this release knows/);
    expect(run.exitCode).toBe(1);
  });
});
