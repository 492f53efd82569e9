import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Admission,
  type AdmissionQuestion,
  answerAdmission,
} from "../../../../playground/answers/admission.ts";
import { readPastedClaims } from "../../../../playground/answers/pasted-claims.ts";
import { contextOf, JOBS, policyTextOf, ROLE, THEMES } from "../../aws/trust-policy/vectors.ts";

const FOLDER = join(import.meta.dirname, "../../../vectors/doctor-trust-policy");

/** A question of `test/vectors/`, as the page is asked it, and as the command line is. */
export interface AskedVector {
  readonly name: string;
  readonly question: Pick<AdmissionQuestion, "policy" | "job">;
  /** Pasted in place of the job. */
  readonly claims: string | undefined;
  readonly argv: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

interface DoctorVector {
  readonly name: string;
  readonly policy?: unknown;
  readonly policyText?: string;
  readonly flags?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

const POLICY = ["doctor", "--trust-policy", "policy.json"];

/** Flags of the command line as fields of the page; a merge request of `--branch` names that branch. */
function fieldsOf(flags: string): Readonly<Record<string, string>> {
  const words = flags === "" ? [] : flags.split(" ");
  const given = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const next = words[index + 1] ?? "";
    if (word.startsWith("--")) given.set(word.slice(2), next.startsWith("--") ? "" : next);
  }
  const branch = given.get("branch") ?? "";
  if (given.get("merge-request") === "" && given.delete("branch")) given.set("merge-request", branch);
  return Object.fromEntries(given);
}

function fromDoctor({ name, policy, policyText, flags = "", claims }: DoctorVector): AskedVector {
  const text = policyText ?? JSON.stringify(policy, null, 2);
  const all = claims && { ...JOBS.main, ...claims };
  return {
    name,
    question: { policy: text, job: fieldsOf(flags) },
    claims: all && JSON.stringify(all),
    argv: [...POLICY, ...(all === undefined ? flags.split(" ").filter((word) => word !== "") : CLAIMS)],
    files: { "policy.json": text, "claims.json": JSON.stringify(all ?? {}) },
  };
}

const CLAIMS = ["--claims", "claims.json"];

/** What a command line cannot say of a request, nothing says here either. */
function fromEvaluator(vector: (typeof THEMES)[number]["vectors"][number]): AskedVector {
  const { claims } = contextOf(vector.context);
  const { sessionName } = vector.context;
  const policy = policyTextOf(vector);
  const named = {
    "role-arn": ROLE.arn,
    ...(sessionName === undefined ? {} : { "session-name": sessionName }),
  };
  return {
    name: vector.name,
    question: { policy, job: named },
    claims: JSON.stringify(claims),
    argv: [...POLICY, ...CLAIMS, ...Object.entries(named).flatMap(([flag, text]) => [`--${flag}`, text])],
    files: { "policy.json": policy, "claims.json": JSON.stringify(claims) },
  };
}

/** Asks the page, as its views do: claims are read first. */
export async function askPage({ question, claims }: AskedVector): Promise<Admission> {
  const read = claims === undefined ? undefined : readPastedClaims(claims);
  if (read?.ok === false) return { problems: read.problems, report: undefined, compared: undefined };
  return answerAdmission({ ...question, claims: read?.value });
}

/** Every policy and job of `test/vectors/`. */
export const ASKED_VECTORS: readonly AskedVector[] = [
  ...readdirSync(FOLDER).flatMap((file) =>
    JSON.parse(readFileSync(join(FOLDER, file), "utf8")).map(fromDoctor),
  ),
  ...THEMES.flatMap(({ vectors }) => vectors.map(fromEvaluator)),
];
