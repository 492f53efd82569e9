import { expect, it } from "vitest";
import { EXAMPLE_POLICY } from "../../playground/views/example.ts";
import type { Playground } from "./playground.ts";

/** In the page: follows a link at the moment when the page was to write its own address, and just before it does. */
const FOLLOW_JUST_BEFORE = `new Promise((done) => {
  const due = performance.now() + 500;
  while (performance.now() < due);
  const follow = () => { location.hash = "error"; done(); };
  scheduler.postTask(follow, { priority: "user-blocking" });
})`;

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

  it("is followed even while the page is about to write its own address", async () => {
    await playground.open("#role");
    await field("Project").fill("acme/shop");
    await playground.page.evaluate(FOLLOW_JUST_BEFORE);
    await playground.page.getByRole("heading", { level: 1, name: "What does this error mean?" }).waitFor();
    await expect.poll(() => new URL(playground.page.url()).hash).toBe("#error");
  });
}
