import { describe, expect, it } from "vitest";
import { formatHcl, parseHcl } from "../../harness/hcl.ts";
import { readPages } from "../pages.ts";

const blocks = readPages().flatMap(({ path, blocks: found }) =>
  found
    .filter(({ language }) => language === "hcl")
    .map(({ line, code }) => ({ name: `${path}:${line}`, code })),
);

it("finds blocks of Terraform configuration", () => {
  expect(blocks.map(({ name }) => name.replace(/:\d+$/, ""))).toContain("docs/set-up-aws.md");
});

describe("the Terraform configuration of", () => {
  it.each(blocks)("$name parses, and is formatted as `terraform fmt` does it", async ({ code }) => {
    expect(await formatHcl(code)).toBe(code);
    await parseHcl("block.tf", code);
  });
});
