import { expect, it } from "vitest";
import { parsePage } from "./pages.ts";

const PAGE = `# A page: \`code\`, [a link](other.md#part) & more

## Twice
See [here](#twice), ![a picture](a.svg "title"), <https://example.com/a> and \`[no](link.md)\`.
## Twice
1. A list

   \`\`\`sh
   # no heading
   echo [no](link.md)
   \`\`\`

[named]: docs/other.md
`;

const page = parsePage("page.md", PAGE);

it("gives headings the anchors that GitLab gives them", () => {
  expect([...page.anchors]).toEqual(["a-page-code-a-link-more", "twice", "twice-1"]);
});

it("finds links of every kind, and none in code", () => {
  expect(page.links).toEqual([
    { line: 1, target: "other.md#part" },
    { line: 4, target: "#twice" },
    { line: 4, target: "a.svg" },
    { line: 4, target: "https://example.com/a" },
    { line: 13, target: "docs/other.md" },
  ]);
});

it("finds blocks of code, without the indent of the list they stand in", () => {
  expect(page.blocks).toEqual([
    {
      line: 9,
      language: "sh",
      code: "# no heading\necho [no](link.md)\n",
      isOnlyShown: false,
      isIncluded: false,
    },
  ]);
});

it("tells blocks that are not to be run", () => {
  const { blocks } = parsePage(
    "page.md",
    "<!-- shown, not run -->\n```yaml\na: 1\n```\n\n```yaml\nb: 2\n```\n",
  );
  expect(blocks.map(({ isOnlyShown }) => isOnlyShown)).toEqual([true, false]);
});

it("tells files of the examples, which have tests of their own", () => {
  const { blocks } = parsePage(
    "page.md",
    "<!-- generated: examples/a/main.tf -->\n```hcl\na = 1\n```\n<!-- end of generated -->\n\n```hcl\nb = 2\n```\n",
  );
  expect(blocks.map(({ isIncluded }) => isIncluded)).toEqual([true, false]);
});

it("refuses a block without an end", () => {
  expect(() => parsePage("page.md", "```sh\necho")).toThrow("line 1: the block of code has no end");
});
