import { readFileSync } from "node:fs";
import { beforeEach, expect, it } from "vitest";
import { EXAMPLE_POLICY } from "../../playground/views/example.ts";
import type { Playground } from "./playground.ts";

/** What a hand can do, with a mouse or on glass. */
export function testByMouse(playground: Playground): void {
  const { field, policyEditor, button, status, goTo } = playground;
  beforeEach(() => playground.open());

  it("marks what is wrong in the policy, and corrects it", async () => {
    const { page } = playground;
    await button("Show an example").click();
    await expect
      .poll(() => page.locator(".mark").allInnerTexts())
      .toEqual(['"project_path:acme/shop:ref_type:branch:ref:review/*"']);
    expect(await page.locator("mark").allInnerTexts()).toEqual(["*", "login"]);
    await button("Apply the correction").click();
    await expect.poll(status).toContain("Admitted");
    expect(await policyEditor().inputValue()).toContain("review/login");
    await page.keyboard.press("Control+z");
    await expect.poll(status).toContain("Refused");
    expect(await policyEditor().inputValue()).toBe(EXAMPLE_POLICY);
  });

  it("shows the line of a finding", async () => {
    await button("Show an example").click();
    await button("line 28").click();
    expect(
      await playground.page.evaluate(
        "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)",
      ),
    ).toBe('"project_path:acme/shop:ref_type:branch:ref:review/*"');
  });

  it("adds the statement that admits the job", async () => {
    await button("Show an example").click();
    await playground.page.getByText("A statement that admits exactly this job").click();
    await button("Add it to the policy").click();
    await expect.poll(status).toContain("Admitted. Statement[2] allows this job");
  });

  it("judges the job in sight, and no described one while it waits for claims", async () => {
    await button("Show an example").click();
    await button("Apply the correction").click();
    await expect.poll(status).toContain("Admitted");
    await field("its ID token or claims").check();
    await expect.poll(status).toContain("Undecided");
    await field("ID token, or its claims as JSON").fill("{}");
    expect(await playground.page.locator(".problems").innerText()).toContain("Token or claims");
    expect(await status()).toContain("Undecided");
    await field("a description").check();
    await expect.poll(status).toContain("Admitted");
  });

  it("makes a role to copy and to download", async () => {
    const { page } = playground;
    await goTo("Create a role");
    await field("Project").fill("acme/shop");
    await field("Branch").fill("main");
    await field("Account").fill("123456789012");
    await page.getByText("AWS CLI", { exact: true }).click();
    await expect.poll(() => page.locator("figure code").innerText()).toContain("aws iam create-role");
    const shown = await page.locator("figure code").innerText();
    await page.locator("figure").getByRole("button", { name: "Copy" }).click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${shown}`);
    const [download] = await Promise.all([page.waitForEvent("download"), button("Download").click()]);
    expect(download.suggestedFilename()).toBe("gitlab-role.sh");
    expect(readFileSync(await download.path(), "utf8")).toBe(shown);
    expect(await page.locator(".examples li").first().innerText()).toContain(
      "acme/shop, branch main: admitted",
    );
    playground.takeRequests();
  });

  it("keeps the verdict in sight on a phone, where it lies far below", async () => {
    await playground.open("", "a phone");
    await button("Show an example").tap();
    await button("Refused: see why").tap();
    const verdict = playground.page.getByRole("status");
    await expect.poll(() => verdict.isVisible()).toBe(true);
    expect((await verdict.boundingBox())?.y).toBeLessThan(740);
  });
}
