import { parseRoleArn, type RoleArn } from "../aws/arn.ts";
import { isOtherIssuerUrl } from "../aws/trust-policy/lint/other-principals.ts";
import { parseTrustPolicy } from "../aws/trust-policy/model/parse.ts";
import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import type { Environment, Files, Host, Terminal } from "../foundation/ports.ts";
import { buildClaims } from "../gitlab/claims.ts";
import { ID_TOKEN_VARIABLE } from "../gitlab/id-token.ts";
import { parseAssumeRoleParts } from "./assume-role-config.ts";
import { type DescribedClaims, parseClaims, parseDescribedJob } from "./claims-config.ts";
import {
  type DoctorConfig,
  type DoctorSubject,
  type PolicyFile,
  parseJobSubject,
  parseOutput,
  parsePolicyFile,
  readFile,
} from "./doctor-config.ts";
import type { RawInputs } from "./inputs/raw-inputs.ts";
import { nameDocument, nameFormat } from "./other-documents.ts";
import { INPUT_PATH, readGivenInput } from "./standard-input.ts";

/** Reads what the user asks the doctor on the command line, in a job or elsewhere. */
export async function parseTypedDoctorConfig(
  raw: RawInputs,
  host: Host,
  fetchPolicy: FetchPolicy,
): Promise<Checked<DoctorConfig>> {
  const terminal = await host.openTerminal();
  const input = await readGivenInput(raw, terminal);
  if (!input.ok) return input;
  const files = withInput(host.files, input.value);
  const isFetched = (raw("fetch-trust-policy").text ?? "false") !== "false";
  const policy = isFetched ? await fetchGiven(raw, host, fetchPolicy) : parsePolicyFile(raw, files);
  const text = raw("explain").text === INPUT_PATH ? input.value : raw("explain").text;
  const subject = isAnythingGiven(raw, host.env)
    ? parseSubject(withIssuerOf(policy, raw), { ...host, files }, text)
    : invalid(nothingGiven(terminal));
  return combine({
    subject,
    policy: subject.ok && subject.value.kind === "claims" ? assertPolicy(policy, raw, terminal) : policy,
    ...parseOutput(raw),
  });
}

/** Fetches a role's trust policy from AWS. */
export type FetchPolicy = (role: RoleArn) => Promise<Checked<PolicyFile>>;

async function fetchGiven(
  raw: RawInputs,
  { env }: Host,
  fetchPolicy: FetchPolicy,
): Promise<Checked<PolicyFile>> {
  const { subject } = raw("fetch-trust-policy");
  const refuse = (found: string, fix: string): Checked<never> =>
    invalid({ subject, found, expected: "a laptop, and --role-arn", fix });
  if (env.GITLAB_CI !== undefined)
    return refuse(
      "given in a job",
      "Pass the policy as a file with --trust-policy; this option is for laptops.",
    );
  if (raw("trust-policy-file").text)
    return refuse("given together with --trust-policy", "Omit one of the two.");
  const text = raw("role-arn").text;
  if (!text) return refuse("given without --role-arn", "Add --role-arn with the ARN of the role.");
  const role = parseRoleArn(text, raw("role-arn").subject);
  return role.ok ? fetchPolicy(role.value) : role;
}

/** Whether there is anything to check, such as a job. */
function isAnythingGiven(raw: RawInputs, env: Environment): boolean {
  const isJob = [env.GITLAB_CI, env[ID_TOKEN_VARIABLE]].some((value) => value !== undefined);
  const hasPolicy = Boolean(raw("trust-policy-file").text);
  const hasProject = Boolean(raw("project").text);
  return isJob || hasPolicy || hasProject || SUBJECT_FLAGS.some((name) => isTyped(raw, name));
}

function nothingGiven({ program }: Terminal): Problem {
  return {
    subject: "doctor",
    found: "no job, claims or trust policy",
    expected: "a pipeline job from the component `doctor`, or something to check offline",
    fix: `Run: ${program} doctor --trust-policy policy.json --project acme/shop --branch main`,
  };
}

/** Files; standard input has the name `-`. */
function withInput(files: Files, input: string | undefined): Files {
  if (input === undefined) return files;
  return { ...files, readText: (path) => (path === INPUT_PATH ? input : files.readText(path)) };
}

const ISSUER_OF_POLICY = "issuer of the trust policy";

/**
 * If neither `--issuer` nor git names the instance, a described job belongs to the one that the policy trusts, if it names one:
 * comparing with gitlab.com would lead to advice to trust gitlab.com, where the project's path may be someone else's. What is
 * certainly no instance of GitLab does not count.
 */
function withIssuerOf(policy: Checked<PolicyFile | undefined>, raw: RawInputs): RawInputs {
  const text = policy.ok ? (policy.value?.text ?? "").replaceAll(/%2F/gi, "/").replaceAll(/%3A/gi, ":") : "";
  const urls = [...text.matchAll(/:oidc-provider\/([\w.-]+(?:\/[\w.-]+)*)/g)].map(([, url = ""]) => url);
  const hosts = new Set(
    urls.map(lowerHost).filter((url) => !isOtherIssuerUrl(url) && url !== "www.gitlab.com"),
  );
  const [only] = hosts;
  if (raw("issuer").subject !== "issuer" || hosts.size !== 1) return raw;
  return (name) => (name === "issuer" ? { text: `https://${only}`, subject: ISSUER_OF_POLICY } : raw(name));
}

/** An issuer's host has no capital letters; its path may have some. */
function lowerHost(url: string): string {
  return url.replace(/^[^/]+/, (host) => host.toLowerCase());
}

/** Any of these starts the description of another job. */
const CLAIM_FLAGS = ["claims", "project", "branch", "tag", "merge-request"] as const;

/** These add to it. */
const DETAIL_FLAGS = ["environment", "issuer", "audience", "project-id", "namespace-id"] as const;

const OFFLINE_FLAGS = [...CLAIM_FLAGS, ...DETAIL_FLAGS] as const;

const SUBJECT_FLAGS = ["explain", "fetch-trust-policy", ...OFFLINE_FLAGS] as const;

function isTyped(raw: RawInputs, name: Parameters<RawInputs>[0]): boolean {
  return raw(name).subject.startsWith("--");
}

function parseSubject(raw: RawInputs, host: Host, errorText: string | undefined): Checked<DoctorSubject> {
  if (errorText?.trim()) return valid({ kind: "error-text", text: errorText });
  // Not given at all, or a variable that is empty, which must not start an exchange.
  if (isTyped(raw, "explain")) return invalid(NOTHING_TO_EXPLAIN);
  const typed = OFFLINE_FLAGS.filter((name) => isTyped(raw, name)).map((name) => `--${name}`);
  const isOffline = CLAIM_FLAGS.some((name) => raw(name).text);
  const hasPolicy = Boolean(raw("trust-policy-file").text) || isTyped(raw, "fetch-trust-policy");
  const isAboutPolicy = host.env.GITLAB_CI === undefined && hasPolicy;
  if (typed.length > 0 && hasJob(host.env)) return besideJob(typed, raw, host.files);
  if (typed.length > 0 && !isOffline) return invalid(...incomplete(typed, raw));
  if (!isOffline && !isAboutPolicy) return parseJobSubject(raw, host);
  const claims = isOffline ? parseOfflineClaims(raw, host.files) : valid(undefined);
  const role = raw("role-arn").text ? parseAssumeRoleParts(raw, host).role : valid(undefined);
  const subject = combine({ claims, role });
  if (!subject.ok) return subject;
  const sessionName =
    raw("session-name").text?.includes("$") === false ? raw("session-name").text : undefined;
  return valid({ kind: "claims", sessionName, ...subject.value });
}

/** A job with a token describes itself; one without may check policies for jobs of other projects. */
function hasJob(env: Environment): boolean {
  return env.GITLAB_CI !== undefined && Boolean(env[ID_TOKEN_VARIABLE]);
}

function besideJob(typed: readonly string[], raw: RawInputs, files: Files): Checked<never> {
  const flags = typed.join(", ");
  const claims = raw("claims").text ? parseOfflineClaims(raw, files) : valid(undefined);
  return invalid(
    {
      subject: flags,
      found: "given in a job that has an ID token",
      expected: "one or the other",
      fix: `Omit ${flags} to check this job. To check another one, use a job without \`id_tokens\`.`,
    },
    ...(claims.ok ? [] : claims.problems),
  );
}

/** Flags that do not say whose job it is: the one that would is empty or missing. */
function incomplete(typed: readonly string[], raw: RawInputs): readonly Problem[] {
  const empty = CLAIM_FLAGS.filter((name) => isTyped(raw, name)).map((name) => ({
    subject: `--${name}`,
    found: "an empty value",
    expected: "a value",
    fix: "If it comes from a variable, check that it is set.",
  }));
  if (empty.length > 0) return empty;
  return [
    {
      subject: typed.join(", "),
      found: "given without --project or --claims",
      expected: "these, with the project of the job that they describe",
      fix: "Add --project acme/shop and one of --branch, --tag and --merge-request.",
    },
  ];
}

const NOTHING_TO_EXPLAIN: Problem = {
  subject: "--explain",
  found: "an empty text",
  expected: "the text of an error",
  fix: "Check the variable that it comes from.",
};

function parseOfflineClaims(raw: RawInputs, files: Files): Checked<DescribedClaims> {
  const path = raw("claims").text;
  const described = OFFLINE_FLAGS.filter((name) => name !== "claims" && isTyped(raw, name));
  if (!path) {
    const job = parseDescribedJob(raw);
    if (!job.ok) return job;
    const isIssuerAssumed = raw("issuer").subject === ISSUER_OF_POLICY;
    return valid({ claims: buildClaims(job.value), otherClaims: "unknown", isIssuerAssumed });
  }
  if (described.length > 0) {
    const flags = described.map((name) => `--${name}`).join(", ");
    return invalid({
      subject: "--claims",
      found: `together with ${flags}`,
      expected: "one or the other",
      fix: `Omit ${flags}: the file says it all.`,
    });
  }
  const text = readFile(files, { path, subject: "--claims" });
  return text.ok ? parseClaims(text.value) : text;
}

/** Offline, the policy is the point, so a file with something else in it is wrong usage. */
function assertPolicy(
  policy: Checked<PolicyFile | undefined>,
  raw: RawInputs,
  { program }: Terminal,
): Checked<PolicyFile | undefined> {
  if (!policy.ok || policy.value === undefined) return policy;
  const { path, text } = policy.value;
  const parsed = parseTrustPolicy(text);
  if (parsed.kind === "policy") return policy;
  const wrong = parsed.problems.find(({ code }) => code === "not-json" || code === "no-policy-found");
  const where = path === INPUT_PATH ? "standard input" : JSON.stringify(path);
  const { subject } = raw("trust-policy-file");
  const command = `aws iam get-role --role-name <role> --output json |\n  ${program} doctor --trust-policy -`;
  const other = nameDocument(text);
  if (other !== undefined) {
    const found = `${where} contains ${other}`;
    return invalid({ subject, found, expected: "the trust policy of one role", fix: command });
  }
  if (wrong === undefined) return policy;
  const format = nameFormat(text);
  return invalid({
    subject,
    found:
      format === undefined
        ? `${where} contains no trust policy`
        : `${where} contains ${format}, as the AWS CLI prints it`,
    expected: "JSON as `aws iam get-role` prints it, URL-encoded or not",
    fix: format === undefined ? wrong.message : `Add --output json:\n${command}`,
  });
}
