import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEVICES, type Device, type Playground } from "./playground.ts";

const AXE = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");

interface Way {
  readonly query: string;
  fill(playground: Playground): Promise<void>;
  /** What it shows once it is filled in. */
  readonly shows: string;
}

const ROLE_ARN = "arn:aws:iam::123456789012:role/deploy";

const WAYS: Readonly<Record<string, Way>> = {
  who: {
    query: "",
    fill: ({ button }) => button("Show an example").click(),
    shows: "[data-decision=deny]",
  },
  role: {
    query: "?project=acme/shop&branch=main&account=123456789012&format=terraform",
    fill: async () => {},
    shows: "[data-decision=allow]",
  },
  error: {
    query: "",
    fill: ({ field }) => field("Text of the error").fill("no basic auth credentials"),
    shows: "[data-error=ecr-no-login]",
  },
  pipeline: {
    query: `?role-arn=${ROLE_ARN}&verify=no`,
    fill: async () => {},
    shows: "figure code",
  },
};

/** Opens all that is folded, as a pointer would, and names what something else covers. */
const UNFOLD = `[...document.querySelectorAll("summary")].filter((summary) => {
  summary.scrollIntoView({ block: "center" });
  const { x, y, width, height } = summary.getBoundingClientRect();
  const hit = document.elementFromPoint(x + width / 2, y + height / 2);
  hit?.click();
  return !summary.contains(hit) || !summary.parentElement.open;
}).map(({ outerHTML }) => outerHTML)`;

/** Applies all rules of axe to the colours that the page ends up with. axe describes only what violates them. */
const AUDIT = `(async () => {
  for (const animation of document.getAnimations()) animation.finish();
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" "));
})()`;

const WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]";
const GROUND = "getComputedStyle(document.body).backgroundColor";

/** Each way in each look: the page is loaded once for each device, and goes from way to way by its links. */
export function testLooks(playground: Playground): void {
  describe.each(Object.keys(DEVICES) as Device[])("on %s", (device) => {
    beforeAll(async () => {
      await playground.open("", device);
      await playground.page.evaluate(AXE);
    });
    afterAll(() => playground.page.emulateMedia({ colorScheme: null }));
    describe.each(Object.entries(WAYS))("%s", (way, { query, fill, shows }) => {
      beforeAll(async () => {
        const { page } = playground;
        await page.mouse.move(0, 0);
        await page.evaluate(`location.hash = "${way}${query}"`);
        await fill(playground);
        await page.locator(`body:has([href="#${way}"][aria-current]) ${shows}`).first().waitFor();
        expect(await page.evaluate(UNFOLD)).toEqual([]);
      });
      it.each(["light", "dark"] as const)("%s", async (colorScheme) => {
        const { page } = playground;
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate(AUDIT)).toEqual([]);
        const [content, screen] = (await page.evaluate(WIDTHS)) as readonly [number, number];
        expect(content).toBeLessThanOrEqual(screen);
        const brightness = Number(/\d+/.exec(String(await page.evaluate(GROUND)))?.[0]);
        if (colorScheme === "dark") expect(brightness).toBeLessThan(60);
        else expect(brightness).toBeGreaterThan(200);
      });
    });
  });
}
