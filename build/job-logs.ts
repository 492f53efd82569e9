import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenDescription } from "../stand-ins/gitlab-job.ts";
import { startWorld, type World } from "../test/fakes/world.ts";

const JOBS: Readonly<Record<string, TokenDescription>> = {
  "docs/images/job-passed.svg": {},
  "docs/images/job-refused.svg": { ref: "feature/checkout", refProtected: false },
};

/** For a project whose path has a capital letter, unlike the job's. */
const MISTAKEN_POLICY = "trust-policy --account 123456789012 --project Acme/shop --branch main";
const OFFLINE = "doctor --trust-policy policy.json --project acme/shop --branch main";

/**
 * Draws what a script prints in jobs of the stand-ins, as the job's page shows it, and offline in a terminal.
 *
 * @returns pictures by path below the root
 */
export async function drawJobLogs(root: string, script: string): Promise<ReadonlyMap<string, string>> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const command = `\u001b[32;1m$ # aws-oidc ${version} carries its own script, with SHA-256 … # collapsed multi-line command\u001b[0m`;
  const offline = `\u001b[32;1m$ node dist/aws-oidc.cjs ${OFFLINE}\u001b[0m`;
  const pictures = new Map([
    ["docs/images/doctor-offline.svg", drawJobLog(`${offline}\n${runOffline(script)}`)],
  ]);
  const world = await startWorld();
  try {
    for (const [path, token] of Object.entries(JOBS)) {
      pictures.set(path, drawJobLog(`${command}\n${plausible(await runJob(world, script, token))}`));
    }
  } finally {
    await world.close();
  }
  return pictures;
}

function runOffline(script: string): string {
  const cwd = mkdtempSync(join(tmpdir(), "aws-oidc-picture-"));
  const run = (line: string, env: Readonly<Record<string, string>>): string =>
    spawnSync(process.execPath, [script, ...line.split(" ")], { cwd, env, encoding: "utf8" }).stdout;
  try {
    writeFileSync(join(cwd, "policy.json"), run(MISTAKEN_POLICY, {}));
    return run(OFFLINE, { HOME: cwd, FORCE_COLOR: "1" }).trimEnd();
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** @returns the log of the job to its end, with the runner's last line */
async function runJob(world: World, script: string, token: TokenDescription): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "aws-oidc-picture-"));
  const region = { AWS_OIDC_REGION: "eu-central-1", AWS_OIDC_SESSION_NAME: "GitLabRunner-4711-90210" };
  const env = { HOME: cwd, ...world.environment(token), ...region };
  try {
    return await new Promise((resolve) => {
      execFile(process.execPath, [script, "assume-role"], { cwd, env }, (error, stdout, stderr) => {
        const end = error === null ? "[32;1mJob succeeded" : "[31;1mERROR: Job failed: exit code 1";
        resolve(`${stdout}${stderr}\u001b${end}\u001b[0m`);
      });
    });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** The same in every run, with the name of STS as in AWS. */
function plausible(log: string): string {
  return log
    .replaceAll(/STS at(\s+)http:\/\/127\.0\.0\.1:\d+/g, "STS$1eu-central-1")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, "2026-03-02 10:41:07 UTC")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "9d1f3c5e-27ab-4c60-8f1e-6b0a52d7c3f4")
    .replaceAll(/\b\d+\.\d s\b/g, "0.1 s");
}

/** How GitLab shows ANSI colours. */
const STYLES: Readonly<Record<string, string>> = {
  "1": "font-weight:700",
  "90": "fill:#918e95",
  "32;1": "fill:#5cf759;font-weight:700",
  "31;1": "fill:#ff6161;font-weight:700",
  "33;1": "fill:#cdcd1a;font-weight:700",
};

/**
 * Draws a log with ANSI colours on its own dark card, since the colours of the page around it are unknown.
 *
 * @throws for a colour that it does not know
 */
export function drawJobLog(log: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours begin with the control character ESC.
  const colour = /\u001b\[([\d;]*)m/g;
  const lines = log.split("\n");
  const columns = Math.max(...lines.map((line) => line.replaceAll(colour, "").length));
  const [width, height] = [Math.ceil(columns * 7.5) + 32, lines.length * 19 + 24];
  const paint = (_: string, code: string): string => {
    if (code === "0") return "</tspan>";
    if (STYLES[code] === undefined) throw new Error(`the pictures lack the colour "${code}"`);
    return `<tspan style="${STYLES[code]}">`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>A job log</title>
<rect width="${width}" height="${height}" fill="#1f1e24"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, DejaVu Sans Mono, monospace" font-size="12.4" fill="#fff" style="white-space:pre">
${lines.map((line, index) => `<text x="16" y="${index * 19 + 25}" xml:space="preserve">${escapeXml(line).replaceAll(colour, paint)}</text>`).join("\n")}
</g>
</svg>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
