import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultCase, Stage } from "../fault-case.ts";
import { DISK_FULL, READ_ONLY } from "../full-disk.ts";

/** Waits for something that the run does, for as long as the test may take. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await sleep(5);
}

function printed(child: ChildProcess, text: RegExp): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on("data", (chunk: string) => {
      if (text.test(chunk)) resolve();
    });
  });
}

const SIGNALS = [
  { signal: "SIGTERM", exitCode: 143 },
  { signal: "SIGINT", exitCode: 130 },
] as const;

/** The job is cancelled when it has come to a certain point. */
function cancelled(
  phase: string,
  at: (child: ChildProcess, stage: Stage) => Promise<void>,
  rest: Pick<FaultCase, "requests"> & Partial<FaultCase>,
): readonly FaultCase[] {
  return SIGNALS.map(({ signal, exitCode }) => ({
    fault: `${signal} ${phase}`,
    seconds: 60,
    boundSeconds: 30,
    during: async (child, stage) => {
      await at(child, stage);
      child.kill(signal);
    },
    exitCode,
    firstLine: new RegExp(`cancelled.*${signal}`),
    askedAgain: "no",
    takes: "at once",
    ...rest,
  }));
}

const HANG = { kind: "hang" } as const;
const CANCEL_EARLY = join(import.meta.dirname, "../cancel-early.ts");

/** The run is ended from outside. */
export const CANCELLED_CASES: readonly FaultCase[] = [
  ...cancelled("while Node starts", async () => {}, {
    firstLine: /^$|cancelled/,
    requests: 0,
  }),
  ...SIGNALS.map(
    ({ signal, exitCode }): FaultCase => ({
      fault: `${signal} before the first request`,
      seconds: 60,
      boundSeconds: 30,
      command: [process.execPath, "--import", CANCEL_EARLY],
      env: () => ({ CANCEL_WITH: signal }),
      exitCode,
      firstLine: new RegExp(`cancelled.*${signal}`),
      requests: 0,
      askedAgain: "no",
      takes: "at once",
    }),
  ),
  ...cancelled("while connecting", (_, { sts }) => until(() => sts.connections > 0), {
    misbehave: [{ fault: { kind: "hang-at-accept" }, times: "forever" }],
    requests: 0,
  }),
  ...cancelled("while waiting for the answer", (_, { sts }) => until(() => sts.requests.length > 0), {
    misbehave: [{ fault: HANG, times: "forever" }],
    requests: 1,
  }),
  ...cancelled("while waiting to ask again", (child) => printed(child, /retrying/), {
    misbehave: [{ fault: { kind: "server-error", status: 503, retryAfterSeconds: 30 }, times: "forever" }],
    requests: 1,
  }),
  ...cancelled("during GetCallerIdentity", (_, { sts }) => until(() => sts.requests.length > 1), {
    misbehave: [{ fault: HANG, action: "GetCallerIdentity", times: "forever" }],
    requests: 2,
  }),
];

/** The report cannot be written: the exchange is over, and nothing is left of it. */
const UNWRITTEN = {
  seconds: 30,
  exitCode: 1,
  requests: 2,
  askedAgain: "no",
  takes: "at once",
} as const;

/** The report, and the log. */
export const FILE_CASES: readonly FaultCase[] = [
  { ...UNWRITTEN, fault: "The disk is full", ...DISK_FULL },
  { ...UNWRITTEN, fault: "The working folder is read-only", ...READ_ONLY },
  {
    ...UNWRITTEN,
    fault: "The report is larger than the runner's file size limit",
    command: ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", process.execPath],
    firstLine: /EFBIG/,
  },
  {
    ...UNWRITTEN,
    fault: "The working folder vanishes during the run",
    misbehave: [{ fault: { kind: "delay", ms: 300 }, action: "GetCallerIdentity" }],
    during: async (_, { sts }, folder) => {
      await until(() => sts.requests.length > 1);
      rmSync(folder, { recursive: true });
    },
    firstLine: /ENOENT/,
    log: /disappeared/,
  },
  {
    ...UNWRITTEN,
    fault: "A folder has the name of the report",
    prepare: (folder) => mkdirSync(join(folder, "aws-oidc-31337.env")),
    firstLine: /EISDIR/,
    requests: 0,
    leftovers: ["aws-oidc-31337.env"],
  },
  {
    ...UNWRITTEN,
    fault: "A folder takes the name of the report during the run",
    misbehave: [{ fault: { kind: "delay", ms: 300 }, action: "GetCallerIdentity" }],
    during: async (_, { sts }, folder) => {
      await until(() => sts.requests.length > 1);
      mkdirSync(join(folder, "aws-oidc-31337.env"));
    },
    firstLine: /EISDIR/,
    leftovers: ["aws-oidc-31337.env"],
  },
  {
    ...UNWRITTEN,
    fault: "The exchange fails, and a report of an earlier run is there",
    prepare: (folder) => writeFileSync(join(folder, "aws-oidc-31337.env"), "AWS_ACCESS_KEY_ID=stale\n"),
    misbehave: [{ fault: { kind: "html", status: 403 }, times: "forever" }],
    firstLine: /not from STS/,
    requests: 1,
  },
  {
    ...UNWRITTEN,
    fault: "Nobody reads the log any more",
    during: async (child) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    exitCode: 0,
    firstLine: /^$/,
  },
  {
    ...UNWRITTEN,
    fault: "The log cannot be written: its disk is full",
    command: ["sh", "-c", 'exec "$@" >/dev/full 2>&1', "sh", process.execPath],
    exitCode: 0,
    firstLine: /^$/,
  },
];
