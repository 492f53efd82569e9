import { randomBytes } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { EXAMPLE_POLICY } from "../../playground/views/example.ts";
import type { Playground } from "./playground.ts";

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Nobody here looks at the signature. */
function makeToken(seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "https://gitlab.com",
    sub: "project_path:acme/shop:ref_type:branch:ref:review/login",
    aud: "https://gitlab.com",
    user_email: "ada@example.com",
    iat: now - 10_000,
    exp: now + seconds,
  };
  return `${segment({ alg: "RS256", kid: "k" })}.${segment(claims)}.${randomBytes(256).toString("base64url")}`;
}

/** What becomes of a token that somebody pastes. */
export function testTokens(playground: Playground): void {
  const { field, policyEditor, button, status, goTo } = playground;
  const shown = () => playground.page.locator("main").innerText();
  async function pasteToken(token: string): Promise<void> {
    await field("its ID token or claims").check();
    await field("ID token, or its claims as JSON").fill(token);
  }
  beforeEach(() => playground.open());

  it("is decoded and forgotten: it is neither shown nor stored, nor in the address", async () => {
    const { page } = playground;
    const token = makeToken(600);
    await policyEditor().fill(EXAMPLE_POLICY);
    expect(await page.locator("body").innerText()).not.toContain("needs JavaScript");
    await pasteToken(token);
    await expect.poll(status).toContain("Refused");
    expect(await shown()).toMatch(/Valid until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, for another 10 min/);
    expect(await shown()).toContain("project_path:acme/shop:ref_type:branch:ref:review/login");
    await expect.poll(() => page.url()).toContain("~claims=");
    const state = String(
      await page.evaluate(
        "document.documentElement.outerHTML + [...document.querySelectorAll('textarea')].map((area) => area.value).join() + JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href",
      ),
    );
    for (const part of token.split(".")) expect(state).not.toContain(part.slice(0, 24));
    expect(state).not.toContain("ada@example.com");
    await button("Discard it").click();
    await expect.poll(status).not.toContain("Refused");
  });

  it("is not shown in a field where it does not belong either", async () => {
    const token = makeToken(600);
    const values = "[...document.querySelectorAll('input, textarea')].map(({ value }) => value).join()";
    await policyEditor().fill(EXAMPLE_POLICY);
    await policyEditor().fill(token);
    await expect.poll(shown).toContain("Valid until");
    expect(await policyEditor().inputValue()).toBe(EXAMPLE_POLICY);
    await goTo("Create a role");
    await field("Project").fill(token);
    expect(await field("Project").inputValue()).toBe("[MASKED]");
    expect(String(await playground.page.evaluate(values))).not.toContain(token.slice(0, 20));
    await goTo("What does this error mean?");
    await field("Text of the error").fill(`token: ${token}`);
    expect(await field("Text of the error").inputValue()).toBe("token: [MASKED]");
  });

  it("that has expired is compared anyway", async () => {
    await policyEditor().fill(EXAMPLE_POLICY);
    await pasteToken(makeToken(-7200));
    await expect.poll(shown).toMatch(/Expired at .* UTC, 2 h ago/);
    expect(await status()).toContain("Refused");
  });
}
