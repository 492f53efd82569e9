import { expect, it } from "vitest";
import { EXAMPLE_POLICY } from "../../playground/views/example.ts";
import type { Playground } from "./playground.ts";

/** What a link carries to others. */
export function testLinks(playground: Playground): void {
  const { field, policyEditor, button, status } = playground;

  it("sends a colleague to the same verdict", async () => {
    await playground.open();
    await button("Show an example").click();
    await button("Copy link").click();
    await expect.poll(() => playground.page.getByText("Copied").count()).toBe(1);
    const link = String(await playground.page.evaluate("navigator.clipboard.readText()"));
    await playground.open(link.slice(link.indexOf("#")));
    await expect.poll(status).toContain("Refused");
    expect(await policyEditor().inputValue()).toBe(EXAMPLE_POLICY);
    expect(await field("Branch").inputValue()).toBe("review/login");
  });

  it("gives the claims that a program wrote into it", async () => {
    const claims = {
      iss: "https://gitlab.com",
      aud: "https://gitlab.com",
      sub: "project_path:acme/shop:ref_type:branch:ref:main",
    };
    await playground.open(`#who?claims=${encodeURIComponent(JSON.stringify({ claims }))}`);
    await policyEditor().fill(EXAMPLE_POLICY);
    await expect.poll(status).toContain("Admitted. Statement[0] allows this job");
  });
}
