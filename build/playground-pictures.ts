import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { renderPlayground } from "./playground.ts";

interface Shot {
  readonly path: string;
  readonly colorScheme: "light" | "dark";
  readonly height: number;
  readonly prepare: (page: Page) => Promise<void>;
}

const SHOTS: readonly Shot[] = [
  {
    path: "docs/images/playground.png",
    colorScheme: "light",
    height: 960,
    prepare: (page) => page.getByRole("button", { name: "Show an example" }).click(),
  },
  {
    path: "docs/images/playground-role.png",
    colorScheme: "dark",
    height: 960,
    prepare: async (page) => {
      await page.getByRole("link", { name: "Create a role" }).click();
      await page.getByLabel("Project", { exact: true }).fill("acme/shop");
      await page.getByLabel("Branch", { exact: true }).fill("main");
      await page.getByLabel("Account", { exact: true }).fill("123456789012");
    },
  },
];

/**
 * Takes the pictures of the playground from the page itself.
 *
 * @param executablePath the browser
 * @returns PNG by path below the root
 */
export async function photographPlayground(
  root: string,
  executablePath: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  const browser = await chromium.launch({ executablePath });
  try {
    const file = join(folder, "playground.html");
    writeFileSync(file, (await renderPlayground(root)).html);
    const pictures = new Map<string, Buffer>();
    for (const { path, colorScheme, height, prepare } of SHOTS) {
      const page = await browser.newPage({ viewport: { width: 1140, height }, colorScheme });
      await page.goto(`file://${file}`);
      await prepare(page);
      // Nothing is highlighted by the focus.
      await page.evaluate("document.activeElement?.blur()");
      await page.mouse.move(0, 0);
      await page.waitForTimeout(SETTLING_MS);
      pictures.set(path, await page.screenshot());
      await page.close();
    }
    return pictures;
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Until every colour has changed. */
const SETTLING_MS = 500;
