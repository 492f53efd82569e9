/** Measures how long the playground takes to answer a keystroke in a real browser: `npm run bench:playground`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { renderPlayground } from "../build/playground.ts";
import { BROWSER, NO_BROWSER } from "../test/browser/browser.ts";
import { median, percentile } from "./statistics.ts";

const KEYSTROKES = 100;
const LIMIT_MS = 50;

/** As long as a trust policy may be in most accounts, or longer; each statement names another project. */
function longPolicy(bytes: number): string {
  const statement = (index: number) => ({
    Sid: `Project${index}`,
    Effect: "Allow",
    Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        "gitlab.com:aud": "https://gitlab.com",
        "gitlab.com:sub": `project_path:acme/project-${index}:ref_type:branch:ref:main`,
      },
    },
  });
  const render = (count: number): string =>
    JSON.stringify(
      { Version: "2012-10-17", Statement: Array.from({ length: count }, (_, at) => statement(at)) },
      null,
      2,
    );
  let count = 1;
  while (render(count).length < bytes) count += 1;
  return render(count);
}

/** From the key to the frame that shows the answer, in milliseconds. */
const WATCH = `
globalThis.delays = [];
addEventListener("keydown", () => {
  const from = performance.now();
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => globalThis.delays.push(performance.now() - from);
    channel.port2.postMessage(0);
  });
}, true);`;

/** Fields to type into, each with a way to keep the text meaningful. */
const FIELDS = {
  "the policy": { label: /^Trust policy, or/, caret: "area.setSelectionRange(at, at)" },
  "the branch of the job": { label: "Branch", caret: "" },
} as const;

async function measure(
  page: Page,
  { label, caret }: (typeof FIELDS)[keyof typeof FIELDS],
): Promise<readonly number[]> {
  await page.evaluate("globalThis.delays = []");
  await page.getByLabel(label, { exact: true }).first().focus();
  // Within a Sid, where the policy stays valid.
  await page.evaluate(
    `(() => { const area = document.activeElement; const at = area.value.indexOf('"Project0') + 2; ${caret} })()`,
  );
  for (let index = 0; index < KEYSTROKES; index += 1) {
    await page.keyboard.type("x");
    await page.evaluate(
      `new Promise((done) => { const look = () => (delays.length > ${index} ? done() : setTimeout(look, 1)); look(); })`,
    );
  }
  return (await page.evaluate("globalThis.delays")) as readonly number[];
}

async function main(executablePath: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "playground-bench-"));
  const browser = await chromium.launch({ executablePath });
  try {
    const file = join(folder, "playground.html");
    writeFileSync(file, (await renderPlayground(join(import.meta.dirname, ".."))).html);
    const page = await browser.newPage();
    await page.goto(`file://${file}#who?project=acme/shop&branch=main`);
    const policy = longPolicy(6 * 1024);
    await page.getByLabel(/^Trust policy, or/).fill(policy);
    await page.evaluate(WATCH);
    console.log(
      `${KEYSTROKES} keystrokes each, a policy of ${policy.length} bytes, ${cpus()[0]?.model.trim()}`,
    );
    for (const [name, field] of Object.entries(FIELDS)) {
      const delays = await measure(page, field);
      const within = delays.filter((ms) => ms <= LIMIT_MS).length;
      console.log(
        `in ${name}: median ${median(delays).toFixed(1)} ms, 95 % within ${percentile(delays, 95).toFixed(1)} ms; ${within} of ${KEYSTROKES} within ${LIMIT_MS} ms`,
      );
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (BROWSER === undefined) console.log(NO_BROWSER);
else await main(BROWSER);
