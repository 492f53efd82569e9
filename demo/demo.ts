import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { createPaint } from "../src/output/paint.ts";
import { readFiles } from "../test/e2e/consumer-project.ts";
import { type JobRun, type PipelineRun, runPipeline } from "../test/e2e/pipeline.ts";
import { startWorld, type World } from "../test/fakes/world.ts";

/* Shows a pipeline getting AWS credentials, on this machine only: a consumer's project, run by gitlab-ci-local. */

const SHOP = join(import.meta.dirname, "shop");
const JOBS = ["build", "assume-role", "deploy"];
const IDENTITY = /^arn:aws:sts::123456789012:assumed-role\/deploy\/\S+$/m;
const WIDTH = 80;

const isColoured = !process.env.NO_COLOR && (process.stdout.isTTY || Boolean(process.env.FORCE_COLOR));
const paint = createPaint(isColoured ? { FORCE_COLOR: "1" } : {});

function say(text = ""): void {
  process.stdout.write(`${text}\n`);
}

function heading(title: string, remark = "", paintRemark = paint.dim): void {
  const rest = "─".repeat(WIDTH - `── ${title} ${remark} `.length);
  say(`\n${paint.dim("──")} ${paint.bold(title)} ${paintRemark(remark)} ${paint.dim(rest)}\n`);
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, "  ");
}

/** What the component requires from a consumer is highlighted. */
function highlight(yaml: string): string {
  const [include = "", ...rest] = yaml.split("\n\n");
  const lines = rest.join("\n\n").split("\n");
  const others = lines.map((line) => (line.includes("assume-role") ? paint.bold(line) : paint.dim(line)));
  return [...include.split("\n").map(paint.bold), "", ...others].join("\n");
}

async function introduce(world: World): Promise<void> {
  const yaml = await readFile(join(SHOP, ".gitlab-ci.yml"), "utf8");
  say(paint.bold("A pipeline gets AWS credentials from its ID token; no key is stored anywhere."));
  heading(".gitlab-ci.yml", "of the project acme/shop");
  say(indent(highlight(yaml)));
  heading("Who does what", "all on this machine");
  say(indent("GitLab    gitlab-ci-local runs the pipeline: the component, and the jobs in a real shell"));
  say(indent(`ID token  a stand-in for GitLab signs it, and publishes its keys at ${world.issuer.url}`));
  say(indent(`AWS       a stand-in for STS checks token and trust policy, at ${world.sts.url}`));
}

function showJob(name: string, job: JobRun | undefined): void {
  heading(`Job ${name}`, job?.status ?? "did not run", job?.status === "passed" ? paint.good : paint.bad);
  if (job !== undefined) say(indent(job.log));
}

/** @returns whether the pipeline did what the demo should show */
function conclude(run: PipelineRun, world: World, seconds: string): boolean {
  const identity = run.jobs.deploy?.log.match(IDENTITY)?.[0];
  const requests = world.sts.requests.map(({ action }) => action).join(", ");
  heading("Result", `in ${seconds} s`);
  if (run.exitCode !== 0 || identity === undefined) {
    say(`${paint.bad("✖")} ${paint.bold("The pipeline did not do what it should")}\n`);
    say(indent(run.output));
    return false;
  }
  say(`${paint.good("✔")} ${paint.bold(`The job deploy acts as ${identity}`)}`);
  say(indent(`STS got ${requests}, and nothing else.`));
  say(
    indent("The token and keys are in no log, and in no file except the dotenv report: all were searched."),
  );
  return true;
}

async function show(signal: AbortSignal): Promise<boolean> {
  const world = await startWorld();
  try {
    await introduce(world);
    say(paint.dim("\nThe pipeline runs ..."));
    const startedMs = performance.now();
    const run = await runPipeline(world, {
      files: await readFiles(SHOP),
      variables: { AWS_REGION: "eu-central-1", ...(isColoured && { FORCE_COLOR: "1" }) },
      signal,
    });
    for (const name of JOBS) showJob(name, run.jobs[name]);
    return conclude(run, world, ((performance.now() - startedMs) / 1000).toFixed(1));
  } finally {
    await world.close();
  }
}

/** Aborts when someone has seen enough, with the signal's name as the reason. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Not `once`: npm passes on what a terminal has already sent, and the second signal must not interrupt the
    // clean-up.
    process.on(name, () => controller.abort(name));
  }
  process.stdout.on("error", () => controller.abort("SIGPIPE"));
  return controller.signal;
}

const interrupted = interruption();
try {
  process.exitCode = (await show(interrupted)) ? 0 : 1;
} catch (error) {
  if (!interrupted.aborted) throw error;
  const name: NodeJS.Signals = interrupted.reason;
  say(`\nEnded by ${name}; nothing is left.`);
  process.exitCode = 128 + constants.signals[name];
}
