import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lintTrustPolicy } from "../../src/aws/trust-policy/lint/lint.ts";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { runScript } from "../harness/run-script.ts";
import { findDocumentedCommands } from "./documented-commands.ts";

const ROOT = join(import.meta.dirname, "../..");

/** All pages in one: what a command prints may be told on a different page from the command. */
const PAGE = globSync("docs/**/*.md", { cwd: ROOT })
  .sort()
  .map((path) => readFileSync(join(ROOT, path), "utf8"))
  .join("\n");

const commands = findDocumentedCommands(PAGE);

/** What GitLab's page on cloud services filters by. */
const FILTERS_OF_GITLAB = [
  "project_path:acme/shop:ref_type:branch:ref:*",
  "project_path:acme/shop:ref_type:branch:ref:main",
  "project_path:acme/*:ref_type:branch:ref:main",
  "project_path:acme/shop:ref_type:tag:ref:v1.4.0",
];

describe.each(commands.map(({ argv, output }) => ({ title: argv.slice(1).join(" "), argv, output })))(
  "$title",
  ({ argv, output }) => {
    it("prints what the page says", async () => {
      const run = await runScript({ argv });
      expect(run.exitCode).toBe(0);
      if (output !== undefined) expect(output).toBe(run.stdout);
    });

    it("prints no call that is missing on the page", async () => {
      const { stderr } = await runScript({ argv });
      const calls = [...stderr.matchAll(/^ *(curl .+)$/gm)].map(([, call = ""]) => call);
      expect(calls.filter((call) => !PAGE.includes(`${call}\n`))).toEqual([]);
    });
  },
);

it("shows a policy for every filter of GitLab's page", () => {
  const policies = commands.flatMap(({ output }) => (output === undefined ? [] : [output]));
  const shown = FILTERS_OF_GITLAB.filter((sub) =>
    policies.some((policy) => policy.includes(`:sub": "${sub}"`)),
  );
  expect(shown).toEqual(FILTERS_OF_GITLAB);
});

it("shows no policy that could never match", () => {
  const found = commands.flatMap(({ output }) => {
    const parsed = output === undefined ? undefined : parseTrustPolicy(output);
    return parsed?.kind === "policy" ? lintTrustPolicy(parsed.policy) : [];
  });
  expect(found.filter(({ severity }) => severity !== "too-wide")).toEqual([]);
});
