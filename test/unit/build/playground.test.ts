import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import budget from "../../../bench/budget.json" with { type: "json" };
import { type Playground, renderPlayground, unpackPlayground } from "../../../build/playground.ts";
import { findStaleOutputs } from "../../../build/stale-outputs.ts";

const ROOT = join(import.meta.dirname, "../../..");

let page: Playground;
beforeAll(async () => {
  page = await renderPlayground(ROOT);
});

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** What stands in the elements of a name. */
const contentsOf = (name: string): readonly string[] =>
  [...page.html.matchAll(new RegExp(`<${name}[^>]*>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, text = ""]) => text,
  );

it("is within its budget", () => {
  expect(Buffer.byteLength(page.html)).toBeLessThan(budget.playgroundBytes);
});

it("may run its own scripts with its own style, and do nothing else", () => {
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page.html) ?? [];
  const [, loader = ""] = contentsOf("script");
  const [style = ""] = contentsOf("style");
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    `script-src ${hashOf(loader)} ${hashOf(page.code)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

it("stands before everything that it rules", () => {
  expect(page.html.indexOf("Content-Security-Policy")).toBeLessThan(
    page.html.search(/<(?:link|style|script)/),
  );
});

it("names nothing to load: no other file, font, picture or page", () => {
  const [markup = ""] = page.html.split('<script type="text/plain"');
  const references = [...markup.matchAll(/(?:src|href|action|url)\s*[=(]\s*["']?([^"'\s)>]+)/g)];
  expect(references.map(([, target = ""]) => target.slice(0, 5))).toEqual(["data:"]);
  expect(page.html).not.toMatch(/@import|<iframe|<object|<embed|\son\w+=/i);
});

it("carries the script that it was built from, and the licences of what is in it", () => {
  expect(unpackPlayground(page.html)).toContain(page.code);
  expect(page.html).toMatch(/preact \d+\.\d+\.\d+ \(MIT\)[\s\S]*Permission is hereby granted/);
  expect(page.html).toMatch(/@preact\/signals \d/);
  // One comment, to its end.
  expect(page.html.match(/<!--|-->/g)).toEqual(["<!--", "-->"]);
});

it("is the same in another folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  try {
    for (const name of ["playground", "src", "package.json"])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    expect((await renderPlayground(folder)).html === page.html).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("is stale when its script is another, and not when it is packed another way", () => {
  const current = new Map([["dist/playground.html", page.html]]);
  expect(findStaleOutputs(ROOT, current)).toEqual([]);
  const other = readFileSync(join(ROOT, "dist/playground.html"), "utf8").replace("sha256-", "sha256-x");
  expect(findStaleOutputs(ROOT, new Map([["dist/playground.html", other]]))).toEqual([
    "dist/playground.html",
  ]);
});
