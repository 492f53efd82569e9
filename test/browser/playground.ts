import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { renderPlayground } from "../../build/playground.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What the page is opened on. */
export const DEVICES = {
  "a wide screen": { viewport: { width: 1280, height: 900 } },
  "a phone": { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

export type Device = keyof typeof DEVICES;

/**
 * The playground, built from the source, in one browser with a tab for each device. Opening it loads it anew. As it must
 * not store anything, it is the same page there as in a new profile.
 */
export interface Playground {
  /** The tab that it was opened in last. */
  readonly page: Page;
  /** What it has asked for since the last call, apart from itself and the pictures in it. */
  takeRequests(): readonly string[];
  /** What the browser has found wrong with it since the last call. */
  takeComplaints(): readonly string[];
  /** All that it has stored in the browser. */
  readStored(): Promise<unknown>;
  start(): Promise<void>;
  open(fragment?: string, device?: Device): Promise<void>;
  stop(): Promise<void>;
  field(label: string): Locator;
  policyEditor(): Locator;
  button(name: string): Locator;
  /** What it says about the question. */
  status(): Promise<string>;
  /** Clicks on the link to one of its questions. */
  goTo(question: string): Promise<void>;
}

/** @param executablePath the browser, which `start` starts and `stop` ends */
export function createPlayground(executablePath: string): Playground {
  const tabs = new Map<Device, Page>();
  const [requests, complaints]: [string[], string[]] = [[], []];
  let folder = "";
  let address = "";
  let browser: Browser | undefined;
  let page: Page;
  let loads = 0;

  async function openTab(device: Device): Promise<Page> {
    if (browser === undefined) throw new Error("the browser is not started");
    const context = await browser.newContext(DEVICES[device]);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const tab = await context.newPage();
    tab.on("request", (request) => requests.push(request.url()));
    tab.on("pageerror", (error) => complaints.push(String(error)));
    tab.on("console", (message) => complaints.push(message.text()));
    tabs.set(device, tab);
    return tab;
  }

  return {
    get page() {
      return page;
    },
    // The favicon is in the page itself.
    takeRequests: () =>
      requests.splice(0).filter((url) => !url.startsWith("data:") && !url.startsWith(address)),
    takeComplaints: () => complaints.splice(0),
    readStored: () => page.evaluate(STORED),
    async start() {
      folder = mkdtempSync(join(tmpdir(), "playground-"));
      address = `file://${folder}/playground.html`;
      writeFileSync(join(folder, "playground.html"), (await renderPlayground(ROOT)).html);
      browser = await chromium.launch({ executablePath });
    },
    async open(fragment = "", device = "a wide screen") {
      page = tabs.get(device) ?? (await openTab(device));
      // At the address that is open, another fragment would be followed within the page.
      loads += 1;
      await page.goto(`${address}?${loads}${fragment}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
    },
    async stop() {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    },
    field: (label) => page.getByLabel(label, { exact: true }),
    policyEditor: () => page.getByLabel(/^Trust policy, or the output/),
    button: (name) => page.getByRole("button", { name, exact: true }),
    status: () => page.getByRole("status").innerText(),
    goTo: (question) => page.getByRole("link", { name: question }).click(),
  };
}

const STORED = `(async () => ({
  storage: { ...localStorage, ...sessionStorage },
  cookies: document.cookie,
  databases: await indexedDB.databases(),
}))()`;
