import type { RoleArn } from "../aws/arn.ts";
import { parseTrustPolicy } from "../aws/trust-policy/model/parse.ts";
import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import { platformCode } from "../foundation/platform-message.ts";
import type { Environment, Files, Host } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import { buildClaims } from "../gitlab/claims.ts";
import { ID_TOKEN_VARIABLE } from "../gitlab/id-token.ts";
import { type AssumeRoleParts, parseAssumeRoleParts } from "./assume-role-config.ts";
import { type DescribedClaims, parseClaims, parseDescribedJob } from "./claims-config.ts";
import type { RawInputs } from "./inputs/raw-inputs.ts";
import { parseOption } from "./inputs/scalars.ts";

/** A trust policy as it came, not looked at yet. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** What the doctor looks at. */
export type DoctorSubject =
  /** The job that it runs in. What is wrong with a part of its configuration is a finding, not a wrong use. */
  | { readonly kind: "job"; readonly parts: AssumeRoleParts }
  /** Claims alone, offline; or, without them, a trust policy alone. */
  | {
      readonly kind: "claims";
      readonly claims: DescribedClaims | undefined;
      readonly role: RoleArn | undefined;
      readonly sessionName: string | undefined;
    }
  /** The text of an error. */
  | { readonly kind: "error-text"; readonly text: string };

export interface DoctorConfig {
  readonly subject: DoctorSubject;
  readonly policy: PolicyFile | undefined;
  readonly format: "text" | "json";
  readonly personalClaims: "withheld" | "shown";
}

/** Reads what the doctor is asked to do. */
export function parseDoctorConfig(raw: RawInputs, host: Host): Checked<DoctorConfig> {
  const policy = parsePolicyFile(raw, host.files);
  const subject = parseSubject(withIssuerOf(policy, raw), host);
  return combine({
    subject,
    policy: subject.ok && subject.value.kind === "claims" ? assertPolicy(policy, raw) : policy,
    format: parseOption(raw("format"), ["text", "json"]),
    personalClaims: parseOption(raw("personal-claims"), ["withheld", "shown"]),
  });
}

/**
 * Without `--issuer`, a described job is one of the instance that the policy trusts, if that is one: to hold it against
 * gitlab.com would lead to the advice to trust gitlab.com, where the project's path may be somebody else's.
 */
function withIssuerOf(policy: Checked<PolicyFile | undefined>, raw: RawInputs): RawInputs {
  const text = policy.ok ? (policy.value?.text ?? "").replaceAll(/%2F/gi, "/").replaceAll(/%3A/gi, ":") : "";
  const hosts = new Set([...text.matchAll(/:oidc-provider\/([\w.-]+(?:\/[\w.-]+)*)/g)].map(([, url]) => url));
  const [only] = hosts;
  const isGiven = raw("issuer").subject.startsWith("--");
  if (isGiven || hosts.size !== 1) return raw;
  return (name) => (name === "issuer" ? { text: `https://${only}`, subject: "issuer" } : raw(name));
}

const CLAIM_FLAGS = ["claims", "project", "branch", "tag", "merge-request"] as const;

function parseSubject(raw: RawInputs, host: Host): Checked<DoctorSubject> {
  const { text: errorText, subject: explain } = raw("explain");
  if (errorText?.trim()) return valid({ kind: "error-text", text: errorText });
  // Not given at all, or a variable that is empty, which must not start an exchange.
  if (explain.startsWith("--")) return invalid(NOTHING_TO_EXPLAIN);
  const isOffline = CLAIM_FLAGS.some((name) => raw(name).text);
  const isOnLaptop = host.env.GITLAB_CI === undefined && Boolean(raw("trust-policy-file").text);
  const parts = parseAssumeRoleParts(raw, host);
  if (!isOffline && !isOnLaptop) {
    if (!isJob(raw, host.env)) return invalid(NOTHING_GIVEN);
    return parts.certificates.ok ? valid({ kind: "job", parts }) : parts.certificates;
  }
  const claims = isOffline ? parseOfflineClaims(raw, host.files) : valid(undefined);
  const role = raw("role-arn").text ? parts.role : valid(undefined);
  const subject = combine({ claims, role });
  if (!subject.ok) return subject;
  const sessionName =
    raw("session-name").text?.includes("$") === false ? raw("session-name").text : undefined;
  return valid({ kind: "claims", sessionName, ...subject.value });
}

/** Whether anything speaks of a job; what is wrong with it is then a finding. */
function isJob(raw: RawInputs, env: Environment): boolean {
  return [env.GITLAB_CI, env[ID_TOKEN_VARIABLE], raw("role-arn").text].some((value) => value !== undefined);
}

const NOTHING_GIVEN: Problem = {
  subject: "doctor",
  found: "neither a job nor claims nor a trust policy",
  expected: "a job of a pipeline, which the component `doctor` makes, or what to look at offline",
  fix: "Run: doctor --trust-policy policy.json --project acme/shop --branch main",
};

const NOTHING_TO_EXPLAIN: Problem = {
  subject: "--explain",
  found: "an empty text",
  expected: "the text of an error",
  fix: "Check the variable that it comes from.",
};

function parseOfflineClaims(raw: RawInputs, files: Files): Checked<DescribedClaims> {
  const path = raw("claims").text;
  const described = CLAIM_FLAGS.filter((name) => name !== "claims" && raw(name).text);
  if (!path) {
    const job = parseDescribedJob(raw);
    return job.ok ? valid({ claims: buildClaims(job.value), otherClaims: "unknown" }) : job;
  }
  if (described.length > 0) {
    const flags = described.map((name) => `--${name}`).join(", ");
    return invalid({
      subject: "--claims",
      found: `together with ${flags}`,
      expected: "one or the other",
      fix: `Leave out ${flags}: the file says it all.`,
    });
  }
  const text = readFile(files, { path, subject: "--claims" });
  return text.ok ? parseClaims(text.value) : text;
}

function parsePolicyFile(raw: RawInputs, files: Files): Checked<PolicyFile | undefined> {
  const { text: path, subject } = raw("trust-policy-file");
  if (!path) return valid(undefined);
  const text = readFile(files, { path, subject });
  return text.ok ? valid({ path, text: text.value }) : text;
}

/** Offline the policy is what it is all about, so that a file with something else in it is a wrong use. */
function assertPolicy(
  policy: Checked<PolicyFile | undefined>,
  raw: RawInputs,
): Checked<PolicyFile | undefined> {
  if (!policy.ok || policy.value === undefined) return policy;
  const parsed = parseTrustPolicy(policy.value.text);
  const problems = parsed.kind === "policy" ? [] : parsed.problems;
  const wrong = problems.find(({ code }) => code === "not-json" || code === "no-policy-found");
  if (wrong === undefined) return policy;
  return invalid({
    subject: raw("trust-policy-file").subject,
    found: `${JSON.stringify(policy.value.path)} holds no trust policy`,
    expected: "JSON as `aws iam get-role` prints it, URL-encoded or not",
    fix: wrong.message,
  });
}

function readFile(
  files: Files,
  { path, subject }: { readonly path: string; readonly subject: string },
): Checked<string> {
  try {
    return valid(files.readText(path));
  } catch (error) {
    return invalid({
      subject,
      found: `${quotePath(path)} cannot be read (${platformCode(error)})`,
      expected: "the path of a regular file of at most 64 KiB",
      fix: "Check the path; for a file of the repository set `git-strategy: fetch` too.",
    } satisfies Problem);
  }
}
