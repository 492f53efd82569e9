import { expect, it } from "vitest";
import { drawDiagrams } from "../../../build/diagrams.ts";

const DIAGRAMS = [...drawDiagrams()];
/** Wider than most letters of the font, in pixels. */
const LETTER_WIDTH = 6.9;

it("draw the flow, and each component", () => {
  expect(DIAGRAMS.map(([path]) => path.replace("docs/images/", ""))).toEqual([
    "flow.svg",
    "assume-role.svg",
    "web-identity.svg",
    "doctor.svg",
  ]);
});

it("name in the flow what is supported", () => {
  const flow = DIAGRAMS[0]?.[1] ?? "";
  for (const name of [
    "GitLab.com",
    "Dedicated",
    "self-managed",
    "POSIX shell",
    "Node 20",
    "every AWS partition",
  ])
    expect(flow).toContain(name);
});

it.each(DIAGRAMS)("%s keeps every text within its box, and every box within the picture", (_, svg) => {
  const [, pictureWidth = 0] = / width="(\d+)"/.exec(svg)?.map(Number) ?? [];
  const boxes = [...svg.matchAll(/<rect class="box \w+" x="(\d+)" y="\d+" width="(\d+)"[^>]*>(.*)/g)];
  expect(boxes.length).toBeGreaterThan(2);
  for (const [, x, width, content = ""] of boxes) {
    expect(Number(x) + Number(width)).toBeLessThan(pictureWidth);
    for (const [, text = ""] of content.matchAll(/>([^<]+)<\/text>/g))
      expect(text.length * LETTER_WIDTH, text).toBeLessThan(Number(width));
  }
});
