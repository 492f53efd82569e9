import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderPlayground } from "../../build/playground.ts";
import { EXAMPLE_POLICY } from "../../playground/views/example.ts";
import { ASKED_VECTORS, type AskedVector, askPage } from "../unit/playground/answers/vectors.ts";
import { BROWSER, NO_BROWSER } from "./browser.ts";

const ROOT = join(import.meta.dirname, "../..");
const AXE = readFileSync(join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8");

if (BROWSER === undefined) {
  it("is not opened here, and need not be", () => {
    console.warn(NO_BROWSER);
    expect(process.env.REQUIRED_BROWSER, NO_BROWSER).toBeUndefined();
  });
} else {
  describe("the playground in a browser", () => inBrowser(BROWSER ?? ""));
}

function inBrowser(executablePath: string): void {
  let folder: string;
  let address: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the page has asked for, and what the browser has found wrong with it. */
  let requests: string[];
  let complaints: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "playground-"));
    writeFileSync(join(folder, "playground.html"), (await renderPlayground(ROOT)).html);
    address = `file://${folder}/playground.html`;
    browser = await chromium.launch({ executablePath });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(fragment = "", options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    page = await context.newPage();
    [requests, complaints] = [[], []];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(address + fragment);
    await page.getByRole("heading", { level: 1 }).waitFor();
  }

  beforeEach(() => open());
  afterEach(async () => {
    // The favicon is in the page itself.
    expect(requests.filter((url) => !url.startsWith("data:") && !url.startsWith(address))).toEqual([]);
    expect(complaints).toEqual([]);
  });
  afterAll(() => context?.close());

  const field = (label: string) => page.getByLabel(label, { exact: true });
  const policyEditor = () => page.getByLabel(/^Trust policy, or the output/);
  const status = () => page.getByRole("status").innerText();
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const goTo = (way: string) => page.getByRole("link", { name: way }).click();

  describe("nothing leaves it", () => {
    let server: Server;
    let asked: number;
    beforeAll(async () => {
      asked = 0;
      server = createServer((_, response) => {
        asked += 1;
        response.end();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterAll(() => server.close());

    it("works without a network", async () => {
      await context.setOffline(true);
      await button("Show an example").click();
      await expect.poll(status).toContain("Refused");
    });

    it.each([
      "fetch(URL)",
      "new Promise((resolve, reject) => { const r = new XMLHttpRequest(); r.onload = resolve; r.onerror = reject; r.open('GET', URL); r.send(); })",
      "new Promise((resolve, reject) => { const s = new WebSocket(URL.replace('http', 'ws')); s.onopen = resolve; s.onerror = reject; })",
      "new Promise((resolve, reject) => { const i = new Image(); i.onload = resolve; i.onerror = reject; i.src = URL; })",
      "new Promise((resolve, reject) => { const s = document.createElement('script'); s.onload = resolve; s.onerror = reject; s.src = URL; document.body.append(s); })",
    ])("could not even if its script wanted to: %s", async (attempt) => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const sent = page.evaluate(`(async (URL) => { await ${attempt}; })(${JSON.stringify(url)})`);
      await expect(sent).rejects.toThrow();
      expect(asked).toBe(0);
      // The browser has said that the policy forbids it.
      expect(complaints.join()).toContain("Content Security Policy");
      requests.splice(0);
      complaints.splice(0);
    });
  });

  describe("a token", () => {
    const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    /** Nobody here looks at the signature. */
    const makeToken = (seconds: number): string => {
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
    };

    it("is decoded and forgotten: it is neither shown nor stored, nor in the address", async () => {
      const token = makeToken(600);
      await policyEditor().fill(EXAMPLE_POLICY);
      expect(await page.locator("body").innerText()).not.toContain("needs JavaScript");
      await page.getByLabel("its ID token or claims").check();
      await page.getByLabel("ID token, or its claims as JSON").fill(token);
      await expect.poll(status).toContain("Refused");
      const shown = await page.locator("main").innerText();
      expect(shown).toMatch(/Valid until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, for another 10 min/);
      expect(shown).toContain("project_path:acme/shop:ref_type:branch:ref:review/login");
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
      await expect.poll(() => page.locator("main").innerText()).toContain("Valid until");
      expect(await policyEditor().inputValue()).toBe(EXAMPLE_POLICY);
      await goTo("Create a role");
      await field("Project").fill(token);
      expect(await field("Project").inputValue()).toBe("[MASKED]");
      expect(String(await page.evaluate(values))).not.toContain(token.slice(0, 20));
      await goTo("What does this error mean?");
      await field("Text of the error").fill(`token: ${token}`);
      expect(await field("Text of the error").inputValue()).toBe("token: [MASKED]");
    });

    it("that has expired is compared anyway", async () => {
      await policyEditor().fill(EXAMPLE_POLICY);
      await page.getByLabel("its ID token or claims").check();
      await page.getByLabel("ID token, or its claims as JSON").fill(makeToken(-7200));
      await expect.poll(() => page.locator("main").innerText()).toMatch(/Expired at .* UTC, 2 h ago/);
      expect(await status()).toContain("Refused");
    });
  });

  describe("by mouse", () => {
    it("marks what is wrong in the policy, and corrects it", async () => {
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
        await page.evaluate(
          "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)",
        ),
      ).toBe('"project_path:acme/shop:ref_type:branch:ref:review/*"');
    });

    it("adds the statement that admits the job", async () => {
      await button("Show an example").click();
      await page.getByText("A statement that admits exactly this job").click();
      await button("Add it to the policy").click();
      await expect.poll(status).toContain("Admitted. Statement[2] allows this job");
    });

    it("makes a role to copy and to download", async () => {
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
      requests.splice(0);
    });

    it("sends a colleague to the same verdict", async () => {
      await button("Show an example").click();
      await button("Copy link").click();
      await expect.poll(() => page.getByText("Copied").count()).toBe(1);
      const link = String(await page.evaluate("navigator.clipboard.readText()"));
      await open(link.slice(link.indexOf("#")));
      await expect.poll(status).toContain("Refused");
      expect(await policyEditor().inputValue()).toBe(EXAMPLE_POLICY);
      expect(await field("Branch").inputValue()).toBe("review/login");
    });
  });

  it("takes claims from a link that a program wrote", async () => {
    const claims = {
      iss: "https://gitlab.com",
      aud: "https://gitlab.com",
      sub: "project_path:acme/shop:ref_type:branch:ref:main",
    };
    await open(`#who?claims=${encodeURIComponent(JSON.stringify({ claims }))}`);
    await policyEditor().fill(EXAMPLE_POLICY);
    await expect.poll(status).toContain("Admitted. Statement[0] allows this job");
  });

  it("keeps the verdict in sight on a phone, where it lies far below", async () => {
    await open("", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await button("Show an example").tap();
    await button("Refused: see why").tap();
    await expect.poll(() => page.getByRole("status").isVisible()).toBe(true);
    const box = await page.getByRole("status").boundingBox();
    expect(box?.y).toBeLessThan(740);
  });

  describe("by keyboard alone", () => {
    /** Goes on with the tabulator until something of this name has the focus. */
    async function tabTo(name: RegExp): Promise<void> {
      const focused: string[] = [];
      for (let presses = 0; presses < 80; presses += 1) {
        await page.keyboard.press("Tab");
        const snapshot = await page.locator("*:focus").ariaSnapshot();
        if (name.test(snapshot)) return;
        focused.push(snapshot);
      }
      throw new Error(`${name} is not reached; there were ${focused.join(", ")}`);
    }

    it("asks who may assume a role", async () => {
      await tabTo(/^- textbox "Trust policy/);
      await page.keyboard.insertText(EXAMPLE_POLICY);
      await tabTo(/^- textbox "Project"/);
      await page.keyboard.type("acme/shop");
      await tabTo(/^- radio "branch"/);
      await page.keyboard.press("ArrowRight");
      await tabTo(/^- textbox "Tag"/);
      await page.keyboard.type("v1.0");
      await expect.poll(status).toContain("Refused");
      await expect
        .poll(() => page.locator(".part.no").first().innerText())
        .toMatch(/ref_type\s+wanted\s+branch\s+found\s+tag/);
    });

    it("corrects a policy", async () => {
      await tabTo(/^- button "Show an example"/);
      await page.keyboard.press("Enter");
      await expect.poll(status).toContain("Refused");
      await tabTo(/^- button "Apply the correction"/);
      await page.keyboard.press("Enter");
      await expect.poll(status).toContain("Admitted");
    });

    it("makes a role", async () => {
      await tabTo(/^- link "Create a role"/);
      await page.keyboard.press("Enter");
      await tabTo(/^- textbox "Project"/);
      await page.keyboard.type("acme/shop");
      await tabTo(/^- textbox "Branch"/);
      await page.keyboard.type("main");
      await tabTo(/^- radio "Trust policy"/);
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => page.locator("figure code").innerText()).toContain("AWS::IAM::Role");
    });

    it("asks what an error means", async () => {
      await tabTo(/^- link "What does this error mean\?"/);
      await page.keyboard.press("Enter");
      await tabTo(/^- textbox "Text of the error"/);
      await page.keyboard.insertText("no basic auth credentials");
      await expect.poll(() => page.locator("[data-error]").getAttribute("data-error")).toBe("ecr-no-login");
    });

    it("makes a pipeline", async () => {
      await tabTo(/^- link "A pipeline to paste"/);
      await page.keyboard.press("Enter");
      await expect.poll(status).toContain("GitLab would refuse role-arn");
      await tabTo(/^- radio "assume-role/);
      await page.keyboard.press("ArrowDown");
      await tabTo(/^- textbox "Role ARN/);
      await page.keyboard.type("arn:aws:iam::123456789012:role/deploy");
      await expect.poll(status).toContain("GitLab accepts these inputs");
      expect(await page.locator("figure code").innerText()).toContain("aws-oidc/web-identity@1");
    });
  });

  const LOOKS = {
    "light, wide": { colorScheme: "light", viewport: { width: 1280, height: 900 } },
    "dark, wide": { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
    "light, a phone": {
      colorScheme: "light",
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    },
    "dark, a phone": {
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    },
  } as const;

  const ROLE_FIELDS = "project=acme/shop&branch=main&account=123456789012";

  describe.each(Object.entries(LOOKS))("%s", (_, look) => {
    it.each([
      ["who", "", async () => button("Show an example").click()],
      ["role", `?${ROLE_FIELDS}&format=terraform`, async () => {}],
      ["error", "", async () => page.getByLabel("Text of the error").fill("no basic auth credentials")],
      ["pipeline", "?role-arn=arn:aws:iam::123456789012:role/deploy&verify=no", async () => {}],
    ] as const)("can be used by everybody, and fits the screen: %s", async (...[way, query, fill]) => {
      await open(`#${way}${query}`, look);
      await fill();
      for (const summary of await page.locator("summary").all()) await summary.click();
      await page.evaluate(AXE);
      const { violations } = (await page.evaluate("axe.run()")) as {
        readonly violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[];
      };
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
      const [content, screen] = (await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
      )) as readonly [number, number];
      expect(content).toBeLessThanOrEqual(screen);
      const ground = String(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
      const brightness = Number(/\d+/.exec(ground)?.[0]);
      if (look.colorScheme === "dark") expect(brightness).toBeLessThan(60);
      else expect(brightness).toBeGreaterThan(200);
    });
  });

  describe("decides every vector as the command line does", () => {
    /** In the page: fills in one vector, and reads what the page shows, in words of the report. */
    const ASK = `async ({ policy, link, typed }) => {
      const settled = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const labelled = (name) =>
        document.querySelector('[aria-label^="' + name + '"]') ??
        [...document.querySelectorAll("label")].find(({ textContent }) => textContent.trim() === name).control;
      const fill = ([name, text]) => {
        const field = labelled(name);
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      };
      fill(["Trust policy, or the output", policy]);
      if (link !== undefined) location.hash = link;
      typed.forEach(fill);
      await settled();
      const verdict = document.getElementById("verdict").dataset;
      const texts = (name) => [...document.querySelectorAll("[" + name + "]")].map((node) => node.getAttribute(name));
      return {
        decision: verdict.decision ?? null,
        status: verdict.status ?? null,
        causes: texts("data-cause"),
        findings: texts("data-finding"),
        problems: document.querySelectorAll(".problems > li").length,
      };
    }`;

    const expectedOf = async (vector: AskedVector) => {
      const { problems, report } = await askPage(vector);
      // Claims that cannot be read leave the policy, and the page still judges that.
      const isLeft = problems.length > 0 && vector.claims !== undefined;
      const shown = isLeft ? (await askPage({ ...vector, claims: undefined })).report : report;
      const { review } = shown ?? {};
      return {
        decision: review?.decision ?? null,
        status: shown?.checks.find(({ id }) => id === "trust-policy")?.status ?? null,
        causes: (review?.causes ?? []).map(({ id }) => id),
        findings: (review?.findings ?? []).map(({ id }) => id),
        problems: problems.length,
      };
    };

    const asked = ({ name, question: { policy, job }, claims }: AskedVector) =>
      claims === undefined
        ? // A link gives the job; the name makes it another link than the one before.
          { policy, link: `#who?${new URLSearchParams({ project: "", ...job, vector: name })}`, typed: [] }
        : {
            policy,
            typed: [
              ["Role ARN", job["role-arn"] ?? ""],
              ["Session name", job["session-name"] ?? ""],
              ["ID token, or its claims as JSON", claims],
            ],
          };

    it.each([
      ["of a job", ASKED_VECTORS.filter(({ claims }) => claims === undefined)],
      ["of claims", ASKED_VECTORS.filter(({ claims }) => claims !== undefined)],
    ])("%s", async (kind, vectors) => {
      if (kind === "of claims") {
        await page.getByLabel("its ID token or claims").check();
        await page.getByText("More about the role").click();
      }
      for (const vector of vectors) {
        const shown = await page.evaluate(`(${ASK})(${JSON.stringify(asked(vector))})`);
        expect(shown, vector.name).toEqual(await expectedOf(vector));
      }
    });
  });
}
