import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import { parseJsonObject } from "../foundation/json.ts";
import { Secret } from "../foundation/secret.ts";
import type { DescribedJob } from "../gitlab/claims.ts";
import { decodeIdToken, ID_TOKEN_VARIABLE } from "../gitlab/id-token.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { parseIssuer } from "./issuer.ts";

/** Claims of a token that the job itself does not have. */
export interface DescribedClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Whether the token may have claims that are not among these. */
  readonly otherClaims: "absent" | "unknown";
  /** Whether no issuer was named, so that it was taken from the trust policy. */
  readonly isIssuerAssumed?: boolean;
  /** The token they come from, if it was given. */
  readonly token?: { readonly raw: Secret; readonly issuedAt: Date; readonly expiresAt: Date };
}

/** Reads claims from an ID token, or from the JSON of its payload. */
export function parseClaims(text: string): Checked<DescribedClaims> {
  const trimmed = text.trim();
  return TOKEN.test(trimmed) ? parseToken(trimmed) : parsePayload(text);
}

/** Text that can only be intended as a JSON Web Token: its header is `{"…`, in base64. */
const TOKEN = /^ey[\w-]*(?:\.|$)/;

/** Checks a token as a job would, except for its times: its claims are the same when it has expired. */
function parseToken(text: string): Checked<DescribedClaims> {
  const raw = new Secret(text, "ID token");
  const token = decodeIdToken(raw);
  if (!token.ok) {
    return invalid(
      ...token.problems.map((problem) =>
        problem.subject === ID_TOKEN_VARIABLE
          ? { ...problem, subject: "--claims", fix: "Pass one whole ID token, and nothing else." }
          : { ...problem, subject: `--claims, ${problem.subject}` },
      ),
    );
  }
  const { issuedAt, expiresAt, all } = token.value.claims;
  return valid({ claims: all, otherClaims: "absent", token: { raw, issuedAt, expiresAt } });
}

/** Reads the payload of an ID token from JSON; `iss`, `sub` and `aud` are required, the rest is optional. */
function parsePayload(text: string): Checked<DescribedClaims> {
  const claims = parseJsonObject(text);
  const problem = (found: string): Checked<never> =>
    invalid({
      subject: "--claims",
      found,
      expected:
        'an ID token, or its payload as a JSON object: {"iss": "https://…", "sub": "project_path:…", "aud": "…", …}',
      fix: "Copy `token.claims` from what the doctor prints in a job with `format: json`.",
    });
  if (claims === undefined) return problem("neither a token nor a JSON object");
  const missing = ["iss", "sub", "aud"].filter((name) => !hasText(claims[name]));
  if (missing.length > 0) return problem(`no text for ${missing.join(", ")}`);
  return valid({ claims, otherClaims: "absent" });
}

/** A text, or a list of one, as `aud` may be. */
function hasText(value: unknown): boolean {
  const [only, ...others] = Array.isArray(value) ? value : [value];
  return typeof only === "string" && only !== "" && others.length === 0;
}

/** Reads the description of a job from `--project` and one of `--branch`, `--tag` and `--merge-request`. */
export function parseDescribedJob(raw: RawInputs): Checked<DescribedJob> {
  const issuer = raw("issuer");
  return combine({
    issuer: parseIssuer(issuer.subject === "issuer" ? { ...issuer, subject: "--issuer" } : issuer),
    audience: valid(raw("audience").text || raw("issuer").text || ""),
    project: parseProject(raw("project")),
    ref: parseRef(raw),
    environment: valid(raw("environment").text || undefined),
    projectId: parseNumber("--project-id", raw("project-id").text),
    namespaceId: parseNumber("--namespace-id", raw("namespace-id").text),
  });
}

function parseProject({ text = "", subject }: RawInput): Checked<string> {
  // No GitLab path ends like this: it is the argument of `git clone`.
  if (/^[\w.-]+(?:\/[\w.-]+)+$/.test(text) && !text.endsWith(".git")) return valid(text);
  return invalid({
    subject: subject === "project" ? "--project" : subject,
    found: text === "" ? "no value" : JSON.stringify(text),
    expected: "a project's path with its groups: acme/shop",
    fix: "Copy it from the project's URL, without the host and without .git.",
  });
}

const REF_FLAGS = ["branch", "tag", "merge-request"] as const;

function parseRef(raw: RawInputs): Checked<DescribedJob["ref"]> {
  const given = REF_FLAGS.filter((flag) => raw(flag).text || raw(flag).subject.startsWith("--"));
  const [type, ...others] = given;
  // `--merge-request` without a value means the branch in `--branch`.
  const isMergeRequestOf = raw("merge-request").text === "" && given.join() === "branch,merge-request";
  const name = raw(type ?? "branch").text ?? "";
  if (isMergeRequestOf && name !== "") return valid({ type: "merge-request", name });
  if (type !== undefined && others.length === 0 && name !== "") return valid({ type, name });
  return invalid({
    subject: "--branch, --tag, --merge-request",
    found: given.length === 0 ? "none of them" : given.map((flag) => `--${flag}`).join(" and "),
    expected: "one of them, because a pipeline runs for one ref",
    fix: "Add --branch main, --tag v1.2.3 or --merge-request my-branch.",
  });
}

function parseNumber(subject: string, text: string | undefined): Checked<string | undefined> {
  if (!text || /^\d{1,19}$/.test(text)) return valid(text || undefined);
  return invalid({
    subject,
    found: JSON.stringify(text),
    expected: "a whole number",
    fix: "Copy the ID from the page of the project or group.",
  });
}
