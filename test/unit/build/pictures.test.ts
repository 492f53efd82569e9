import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, inject, it } from "vitest";
import { renderPictures } from "../../../build/pictures/index.ts";
import { drawJobLog } from "../../../build/pictures/job-log.ts";

const ROOT = join(import.meta.dirname, "../../..");
const NAMES = ["flow", "job-passed", "job-refused"];

let pictures: ReadonlyMap<string, string>;
beforeAll(async () => {
  pictures = await renderPictures(ROOT, inject("bundle"));
});

it.each(NAMES)("%s.svg is what `npm run pictures` draws after `npm run build`", (name) => {
  const path = `docs/images/${name}.svg`;
  expect(readFileSync(join(ROOT, path), "utf8")).toBe(pictures.get(path));
});

it("draws no other pictures", () => {
  expect([...pictures.keys()]).toEqual(NAMES.map((name) => `docs/images/${name}.svg`));
});

function draw(text: string): string {
  return drawJobLog({ job: "deploy", status: "Passed", lines: [{ number: 7, text }] });
}

it("draws a line with its number, its colours, and nothing that XML would read", () => {
  expect(draw("a \u001b[32;1m<b>\u001b[0m & c")).toMatch(
    />7<\/text><text [^>]*>a <tspan class="g">&lt;b&gt;<\/tspan> &amp; c<\/text>$/m,
  );
});

it("wraps long lines between words, and words that are too long anywhere", () => {
  const rows = draw(`${"word ".repeat(30)}${"x".repeat(150)}`).match(/xml:space="preserve">[^<]*/g) ?? [];
  const texts = rows.map((row) => row.replace(/^.*>/, ""));
  expect(texts.every((text) => text.length <= 112)).toBe(true);
  expect(texts.join("").replaceAll(" ", "")).toBe(`${"word".repeat(30)}${"x".repeat(150)}`);
  expect(texts[0]).toMatch(/^(word ?)+$/);
});

it("refuses a colour that it does not know", () => {
  expect(() => draw("\u001b[45m")).toThrow('a job log has the colour "45", which the pictures lack');
});
