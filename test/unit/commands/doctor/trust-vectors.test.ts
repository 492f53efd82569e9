import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../../../../src/cli.ts";
import { createMemoryHost } from "../../../harness/memory-host.ts";

const FOLDER = join(import.meta.dirname, "../../../vectors/doctor-trust-policy");

/** A trust policy and a job, and what the doctor must say of them. */
interface Vector {
  readonly name: string;
  readonly source: string;
  readonly policy?: unknown;
  /** In place of `policy`: a text that is not JSON. */
  readonly policyText?: string;
  /** The job as flags describe it … */
  readonly flags?: string;
  /** … or as claims that replace some of those of `main` in jobs.json. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly expected: Expected;
}

interface Expected {
  /** `none` for a policy that IAM refuses. */
  readonly decision?: "allow" | "deny" | "unknown" | "none";
  readonly exitCode?: number;
  readonly status?: string;
  readonly causes?: readonly string[];
  /** All of them, or some of them. */
  readonly findings?: readonly string[];
  readonly finds?: readonly string[];
  readonly problems?: readonly string[];
  readonly alarm?: boolean;
  /** Whether a statement is offered to paste, and what is in it. */
  readonly offered?: boolean;
  readonly offers?: readonly string[];
  readonly says?: readonly string[];
  readonly never?: readonly string[];
}

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

const MAIN_JOB = readJson(join(FOLDER, "../jobs.json")).main;

function textOf({ policy, policyText }: Vector): string {
  return policyText ?? JSON.stringify(policy, null, 2);
}

async function run(vector: Vector, format: "text" | "json") {
  const claims = vector.claims && JSON.stringify({ ...MAIN_JOB, ...vector.claims });
  const files = { "policy.json": textOf(vector), ...(claims === undefined ? {} : { "claims.json": claims }) };
  const host = createMemoryHost({ env: { NO_COLOR: "1" }, files });
  const job = claims === undefined ? (vector.flags ?? "").split(" ") : ["--claims", "claims.json"];
  const argv = ["doctor", "--trust-policy", "policy.json", ...job, "--format", format];
  const noNetwork = (): never => {
    throw new Error("the doctor asks nobody offline");
  };
  const connections = { connectSts: noNetwork, fetchPage: noNetwork, findWay: noNetwork };
  const exitCode = await runCli(argv, host, connections);
  return { exitCode, stdout: host.stdout(), stderr: host.stderr() };
}

const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

function checkReport(report: ReturnType<typeof JSON.parse>, expected: Expected): void {
  const { trustPolicy, proposedStatement, checks } = report;
  const check = checks.find(({ id }: { readonly id: string }) => id === "trust-policy");
  const { decision, status, causes, findings, problems, alarm, offered, offers } = expected;
  if (decision === "none") expect(check.status).toBe("failed");
  else expect(trustPolicy.decision).toBe(decision);
  if (status !== undefined) expect(check.status).toBe(status);
  if (causes !== undefined) expect(idsOf(trustPolicy.causes)).toEqual(causes);
  if (findings !== undefined) expect([...new Set(idsOf(trustPolicy.findings))].sort()).toEqual(findings);
  if (expected.finds !== undefined) {
    expect(idsOf(trustPolicy.findings)).toEqual(expect.arrayContaining([...expected.finds]));
  }
  if (problems !== undefined) {
    expect(trustPolicy.problems.map(({ code }: { readonly code: string }) => code)).toEqual(problems);
  }
  if (alarm !== undefined) expect(check.alarm !== undefined).toBe(alarm);
  if (offered !== undefined) expect(proposedStatement !== undefined).toBe(offered);
  for (const text of offers ?? []) expect(JSON.stringify(proposedStatement)).toContain(text);
}

it("tells the page of each public report", () => {
  const reports: readonly Vector[] = readJson(join(FOLDER, "reports.json"));
  for (const { source } of reports) expect(source).toMatch(/^https:\/\/[\w.-]+\/\S+$/);
  expect(reports.length).toBeGreaterThan(40);
});

describe.each(readdirSync(FOLDER))("%s", (file) => {
  const vectors: readonly Vector[] = readJson(join(FOLDER, file));

  it.each(vectors)("$source: $name", async (vector) => {
    const { expected } = vector;
    const text = await run(vector, "text");
    const printed = text.stdout + text.stderr;
    const json = await run(vector, "json");
    const said = printed.replaceAll(/\s+/g, " ");
    expect(json.exitCode).toBe(text.exitCode);
    if (expected.exitCode !== undefined) expect(text.exitCode).toBe(expected.exitCode);
    else checkReport(JSON.parse(json.stdout), expected);
    for (const phrase of expected.says ?? []) expect(said).toContain(phrase);
    for (const phrase of expected.never ?? []) expect(said).not.toContain(phrase.replaceAll(/\s+/g, " "));
  });
});
