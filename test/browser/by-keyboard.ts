import type { Locator } from "playwright-core";
import { beforeEach, expect, it } from "vitest";
import { EXAMPLE_POLICY } from "../../playground/views/example.ts";
import type { Playground } from "./playground.ts";

/** In the page: what else has the focus, or `undefined`. */
function describeOther(wanted: unknown): string | undefined {
  const { activeElement } = (globalThis as unknown as PageGlobals).document;
  return activeElement === wanted ? undefined : (activeElement?.outerHTML.slice(0, 100) ?? "nothing");
}

interface PageGlobals {
  readonly document: { readonly activeElement: { readonly outerHTML: string } | null };
}

/** The same without a mouse. */
export function testByKeyboard(playground: Playground): void {
  const { status } = playground;
  const press = (key: string) => playground.page.keyboard.press(key);
  const type = (text: string) => playground.page.keyboard.type(text);
  const paste = (text: string) => playground.page.keyboard.insertText(text);
  const named = (role: "textbox" | "radio" | "button" | "link", name: string | RegExp) =>
    playground.page.getByRole(role, { name, exact: true });

  /** Goes on with the tabulator until this has the focus. */
  async function tabTo(locator: Locator): Promise<void> {
    const wanted = await locator.elementHandle();
    const focused: string[] = [];
    for (let presses = 0; presses < 80; presses += 1) {
      await press("Tab");
      const other = await wanted?.evaluate(describeOther);
      if (other === undefined) return;
      focused.push(other);
    }
    throw new Error(`${locator} is not reached; there were ${focused.join(", ")}`);
  }

  beforeEach(() => playground.open());

  it("asks who may assume a role", async () => {
    await tabTo(named("textbox", /^Trust policy/));
    await paste(EXAMPLE_POLICY);
    await tabTo(named("textbox", "Project"));
    await type("acme/shop");
    await tabTo(named("radio", "branch"));
    await press("ArrowRight");
    await tabTo(named("textbox", "Tag"));
    await type("v1.0");
    await expect.poll(status).toContain("Refused");
    await expect
      .poll(() => playground.page.locator(".part.no").first().innerText())
      .toMatch(/ref_type\s+wanted\s+branch\s+found\s+tag/);
  });

  it("corrects a policy", async () => {
    await tabTo(named("button", "Show an example"));
    await press("Enter");
    await expect.poll(status).toContain("Refused");
    await tabTo(named("button", "Apply the correction"));
    await press("Enter");
    await expect.poll(status).toContain("Admitted");
  });

  it("makes a role", async () => {
    await tabTo(named("link", "Create a role"));
    await press("Enter");
    await tabTo(named("textbox", "Project"));
    await type("acme/shop");
    await tabTo(named("textbox", "Branch"));
    await type("main");
    await tabTo(named("radio", "Trust policy"));
    await press("ArrowRight");
    await expect.poll(() => playground.page.locator("figure code").innerText()).toContain("AWS::IAM::Role");
  });

  it("asks what an error means", async () => {
    await tabTo(named("link", "What does this error mean?"));
    await press("Enter");
    await tabTo(named("textbox", "Text of the error"));
    await paste("no basic auth credentials");
    await expect
      .poll(() => playground.page.locator("[data-error]").getAttribute("data-error"))
      .toBe("ecr-no-login");
  });

  it("makes a pipeline", async () => {
    await tabTo(named("link", "A pipeline to paste"));
    await press("Enter");
    await expect.poll(status).toContain("GitLab would refuse role-arn");
    await tabTo(named("radio", /^assume-role/));
    await press("ArrowDown");
    await tabTo(named("textbox", /^Role ARN/));
    await type("arn:aws:iam::123456789012:role/deploy");
    await expect.poll(status).toContain("GitLab accepts these inputs");
    expect(await playground.page.locator("figure code").innerText()).toContain("aws-oidc/web-identity@1");
  });
}
