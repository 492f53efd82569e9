import { trustPolicyNotes } from "../../src/commands/trust-policy/notes.ts";
import { trustPolicy } from "../../src/commands/trust-policy/trust-policy.ts";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import { parseTrustPolicyConfig } from "../../src/config/trust-policy-config.ts";
import type { Problem } from "../../src/foundation/checked.ts";
import { createPaint } from "../../src/output/paint.ts";
import { type ExampleJob, judgeExamples } from "./example-jobs.ts";
import { createPageHost, type Fields, readFields } from "./page-host.ts";

/** What `trust-policy` writes for the jobs that a form describes. */
export interface RoleAnswer {
  readonly problems: readonly Problem[];
  /** The document, in the format that was asked for. */
  readonly document: string | undefined;
  /** What the reader should know about it. */
  readonly notes: readonly string[];
  /** Jobs that the policy admits, and similar ones that it does not. */
  readonly examples: readonly ExampleJob[];
}

const INPUTS = inputsOf("trust-policy");

/** A placeholder account if none is given, since the trust policy has to name one. */
const SOME_ACCOUNT = "123456789012";

/** Runs `trust-policy`, and asks the evaluator about its policy. */
export async function answerRole(fields: Fields): Promise<RoleAnswer> {
  const config = parseTrustPolicyConfig(readFields(fields, INPUTS), {});
  const policy = await runTrustPolicy({ ...fields, format: "json", account: fields.account || SOME_ACCOUNT });
  const examples = policy.exitCode === 0 ? judgeExamples(policy.document, fields) : [];
  if (!config.ok) return { problems: config.problems, document: undefined, notes: [], examples };
  const { exitCode, document, complaints } = await runTrustPolicy(fields);
  if (exitCode !== 0) {
    const problem = { subject: "trust policy", found: complaints, expected: "", fix: "" };
    return { problems: [problem], document: undefined, notes: [], examples };
  }
  return { problems: [], document, notes: trustPolicyNotes(config.value, createPageHost()), examples };
}

async function runTrustPolicy(fields: Fields) {
  const [said, complained]: [string[], string[]] = [[], []];
  const refuse = (): never => {
    throw new Error("a page sends no requests");
  };
  const exitCode = await trustPolicy(
    { raw: readFields(fields, INPUTS), problems: [], isTyped: true },
    {
      host: createPageHost(),
      log: { say: (text) => said.push(text), complain: (text) => complained.push(text), mask: () => {} },
      paint: createPaint({}),
      connectSts: refuse,
      fetchPage: refuse,
      findWay: refuse,
    },
  );
  return { exitCode, document: said.join(""), complaints: complained.join("") };
}
