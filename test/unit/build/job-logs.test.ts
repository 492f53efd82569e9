import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { drawJobLog, drawJobLogs } from "../../../build/job-logs.ts";

const ROOT = join(import.meta.dirname, "../../..");
const DRAWINGS = readdirSync(join(ROOT, "docs/images"))
  .filter((name) => name.endsWith(".svg"))
  .map((name) => `docs/images/${name}`);
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

it("are what `npm run pictures` draws after `npm run build`", async () => {
  const pictures = await drawJobLogs(ROOT, inject("bundle"));
  expect(pictures.size).toBe(3);
  for (const [path, svg] of pictures) expect(read(path)).toBe(svg);
});

it("show colours, and nothing that XML would read", () => {
  expect(drawJobLog("a \u001b[32;1m<b>\u001b[0m & c")).toContain(
    '>a <tspan style="fill:#5cf759;font-weight:700">&lt;b&gt;</tspan> &amp; c</text>',
  );
  expect(() => drawJobLog("\u001b[45m")).toThrow('the pictures lack the colour "45"');
});

it("are as wide as their longest line", () => {
  const widthOf = (svg: string): number => Number(/ width="(\d+)"/.exec(svg)?.[1]);
  expect(widthOf(drawJobLog(`${"x".repeat(100)}\nshort`)) - widthOf(drawJobLog("x".repeat(60)))).toBe(300);
});

it.each(DRAWINGS)("%s brings its own background, whatever theme the page has", (path) => {
  const svg = read(path);
  const [, x, y, width, height] = / viewBox="(\S+) (\S+) (\S+) (\S+)"/.exec(svg)?.map(Number) ?? [];
  const background = /<rect [^>]*>/.exec(svg.replace(/<defs>.*<\/defs>/s, ""))?.[0] ?? "";
  const numberOf = (name: string): number =>
    Number(new RegExp(` ${name}="([\\d.-]+)"`).exec(background)?.[1] ?? 0);
  expect(svg.indexOf(background)).toBeLessThan(svg.indexOf("<text"));
  expect(background).toMatch(/ fill="#[0-9a-f]{3,6}"/);
  expect([numberOf("x"), numberOf("y"), numberOf("width"), numberOf("height")]).toEqual([
    x,
    y,
    width,
    height,
  ]);
  expect(svg).not.toContain("prefers-color-scheme");
});
