import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headingOf } from "../../../../build/troubleshooting-page.ts";
import { DOCUMENTED_ENTRIES } from "../../../../src/aws/error-catalogue/catalogue.ts";
import { fillTemplate, TEMPLATE_NAMES } from "../../../../src/aws/error-catalogue/names.ts";
import {
  JOB_NOTICE,
  JOB_SCRIPT_ENTRIES,
} from "../../../../src/aws/error-catalogue/pasted/job-script-entries.ts";
import { PASTED_NAMES } from "../../../../src/aws/error-catalogue/pasted/pasted-names.ts";
import { STS_CATALOGUE } from "../../../../src/aws/error-catalogue/sts-catalogue.ts";

const root = join(import.meta.dirname, "../../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const ids = DOCUMENTED_ENTRIES.map(({ id }) => id);

type Entry = (typeof DOCUMENTED_ENTRIES)[number];

/** Every text of an entry that may hold names. */
function textsOf({ verdict, meaning = "", causes }: Entry): readonly string[] {
  return [verdict, meaning, ...causes.flatMap(({ reason, fix }) => [reason, fix])];
}

function groupsOf(entry: Entry): readonly string[] {
  const patterns = "words" in entry ? entry.words : [entry.match.message ?? /^/];
  return patterns.flatMap(({ source }) => [...source.matchAll(/\(\?<(\w+)>/g)].map(([, name = ""]) => name));
}

describe("the catalogue", () => {
  it("has each id and each title once", () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(DOCUMENTED_ENTRIES.map(({ title }) => title)).size).toBe(DOCUMENTED_ENTRIES.length);
  });

  it.each(DOCUMENTED_ENTRIES)("names in the texts of $id only what can be known", (entry) => {
    const pastedNames = "words" in entry ? Object.keys(PASTED_NAMES) : [];
    const known = [...TEMPLATE_NAMES, ...pastedNames, ...groupsOf(entry)];
    const named = textsOf(entry).flatMap((text) =>
      [...text.matchAll(/\{\$?(\w+)\}/g)].map(([, name = ""]) => name),
    );
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(DOCUMENTED_ENTRIES)("tells each cause of $id once", ({ causes }) => {
    expect(new Set(causes.map(({ id }) => id)).size).toBe(causes.length);
  });

  it.each(DOCUMENTED_ENTRIES)("ends no verdict of $id with a full stop, and shouts nowhere", (entry) => {
    expect(entry.verdict).not.toMatch(/\.$/);
    expect(textsOf(entry).join("\n")).not.toMatch(/!(?!reference )/);
  });
});

/** As GitLab and its runner word it, so that a search for the text leads to the page. */
const SAID_BY_GITLAB = [
  "needs 'assume-role' job, but 'assume-role' does not exist in the pipeline",
  "chosen stage deploy does not exist",
  "component - content not found",
  "The partial semantic version reference is not supported for non-catalog resources",
  "config should implement the script:, run:, or trigger: keyword",
  "id_tokens config missing required keys: aud",
  'Uploading artifacts as "dotenv" to coordinator... 400 Bad Request',
  "could not retrieve the needed artifacts",
  "ERROR: No files to upload",
  "id_token_burned_project_path",
];

describe("scenarios, catalogue and troubleshooting page", () => {
  it("try every failure of STS, and one that is unknown; those of other programs are tried by the catalogue", () => {
    const tried = ["answers", "connections"].flatMap((name) =>
      [...read(`test/scenarios/refused-${name}.test.ts`).matchAll(/\bid: "([\w-]+)"/g)].map(([, id]) => id),
    );
    expect(tried.sort()).toEqual([...STS_CATALOGUE.map(({ id }) => id), "unknown"].sort());
  });

  const page = read("docs/troubleshooting.md");
  const headings = page.split("\n").filter((line) => line.startsWith("### "));

  it("have a heading for every entry, in the catalogue's order", () => {
    const byScripts = [...JOB_SCRIPT_ENTRIES, JOB_NOTICE].map(({ title }) => title);
    const others = [...errorCodes(), ...SAID_BY_GITLAB, ...byScripts].map((text) => `### ${text}`);
    expect(headings.filter((heading) => !others.includes(heading))).toEqual(
      DOCUMENTED_ENTRIES.map(headingOf),
    );
  });

  it("have a heading for what GitLab itself says, in its words", () => {
    const part = page.split("\n## GitLab refuses the pipeline\n")[1]?.split("\n## ")[0] ?? "";
    expect([...part.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading)).toEqual(SAID_BY_GITLAB);
  });

  it("have a heading for every code of this program", () => {
    expect(headings).toEqual(expect.arrayContaining(errorCodes().map((code) => `### ${code}`)));
    expect(errorCodes().length).toBeGreaterThan(10);
  });
});

/** The members of the union, which exists in the source alone. */
function errorCodes(): readonly string[] {
  const union = read("src/foundation/errors.ts").split("export type ErrorCode =")[1]?.split(";")[0] ?? "";
  return [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code = ""]) => code);
}

describe("a template", () => {
  it("shows what is unknown as a placeholder", () => {
    expect(fillTemplate("role {roleName} of {accountId}, {somethingElse}", undefined)).toBe(
      "role <role> of <account>, <somethingElse>",
    );
  });

  it("prefers what the message itself said", () => {
    expect(fillTemplate("{roleName}", undefined, { roleName: "deploy" })).toBe("deploy");
  });
});
