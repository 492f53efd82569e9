import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "../../src/config/inputs/usage.ts";
import { startWorld } from "../fakes/world.ts";
import { runScript } from "../harness/run-script.ts";
import { ROOT } from "./pages.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const page = read("docs/reference.md");

/** The section below a heading. */
function sectionOf(heading: string): string {
  const [, text = ""] = new RegExp(`^## ${heading}$([\\s\\S]*?)(?:^## |(?![\\s\\S]))`, "m").exec(page) ?? [];
  return text;
}

/** The first column of its tables. */
function rowsOf(section: string): readonly string[] {
  return [...section.matchAll(/^\| `?([^`|]+?)`? \|/gm)].map(([, name = ""]) => name).slice(1);
}

it("has every variable of a report, in its order", async () => {
  const world = await startWorld();
  try {
    const { report } = await runScript({
      env: { ...world.environment(), AWS_OIDC_REGION: "eu-central-1" },
    });
    const section = sectionOf("Report variables");
    const told = [...rowsOf(section), "AWS_OIDC_REPORT_<job id>"];
    expect(told).toEqual(
      Object.keys(report?.variables ?? {}).map((name) => name.replace(/(?<=_REPORT_)\d+$/, "<job id>")),
    );
    expect(section).toContain("`AWS_OIDC_REPORT_<job id>`");
  } finally {
    await world.close();
  }
});

it("has every exit code", () => {
  const [, type = ""] = /type ExitCode = (.*);/.exec(read("src/commands/tools.ts")) ?? [];
  expect(rowsOf(sectionOf("Exit codes"))).toEqual(type.split(" | "));
});

it("has every verdict of the doctor", () => {
  const { properties } = JSON.parse(read("docs/doctor.schema.json"));
  expect(rowsOf(sectionOf("The doctor's JSON")).toSorted()).toEqual(properties.verdict.enum.toSorted());
});

it("has the flags of every command", () => {
  const section = sectionOf("The command line");
  expect([...section.matchAll(/^### `(.+)`$/gm)].map(([, name]) => name)).toEqual(COMMANDS);
});
