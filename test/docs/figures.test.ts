import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measureConfiguration } from "../../bench/configuration.ts";
import { ROOT } from "./pages.ts";

it("says how much configuration an include adds, rounded up", () => {
  const page = readFileSync(join(ROOT, "docs/how-it-works.md"), "utf8");
  const [, paragraph = ""] = /^- \*\*Configuration\.\*\* ([\s\S]*?)\[GitLab/m.exec(page) ?? [];
  const told = [...paragraph.matchAll(/(\d+) KB/g)].map(([, kilobytes]) => Number(kilobytes));
  expect(told).toEqual(measureConfiguration().map(({ includedBytes }) => Math.ceil(includedBytes / 1000)));
});
