import { parseRoleArn, type RoleArn } from "../aws/arn.ts";
import { parseTrustPolicy } from "../aws/trust-policy/model/parse.ts";
import { principalIds, type TrustPolicy } from "../aws/trust-policy/model/policy.ts";
import { parseProviderArn } from "../aws/trust-policy/model/provider.ts";
import { type Checked, invalid, valid } from "../foundation/checked.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../foundation/json.ts";
import type { Files } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import type { SandboxProvider, SandboxRole } from "../foundation/workbench.ts";
import { readFile } from "./doctor-config.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { splitList } from "./inputs/scalars.ts";

/** A trust policy from a file. */
export interface GivenPolicy {
  readonly subject: string;
  readonly path: string;
  /** The role it belongs to, if the flag or the file says so. */
  readonly roleArn: string | undefined;
  /** As our parser reads it; the stand-in reads the document itself. */
  readonly policy: TrustPolicy;
  readonly document: unknown;
  readonly maxSessionSeconds: number;
}

/** IAM's own default. */
const DEFAULT_MAX_SESSION_SECONDS = 3600;

/** Reads every file that the flag names: `<path>` or `<role ARN>=<path>`. */
export function readPolicies({ text, subject }: RawInput, files: Files): Checked<readonly GivenPolicy[]> {
  const read = splitList(text, /,/).map((entry) => {
    const [, arn, path = entry] = /^(arn:[^=]*)=(.+)$/.exec(entry) ?? [];
    return readPolicyFile(files, { subject, path, arn });
  });
  const problems = read.flatMap((each) => (each.ok ? [] : each.problems));
  return problems.length > 0
    ? invalid(...problems)
    : valid(read.flatMap((each) => (each.ok ? each.value : [])));
}

interface NamedFile {
  readonly subject: string;
  readonly path: string;
  readonly arn: string | undefined;
}

function readPolicyFile(files: Files, { subject, path, arn }: NamedFile): Checked<readonly GivenPolicy[]> {
  const text = readFile(files, { path, subject });
  if (!text.ok) return text;
  const several = arn === undefined ? readSeveral(text.value) : [];
  const entries = several.length > 0 ? several : [{ name: undefined, text: text.value }];
  const given: GivenPolicy[] = [];
  for (const { name, text } of entries) {
    const parsed = parseTrustPolicy(text);
    if (parsed.kind === "problems") {
      const [first] = parsed.problems;
      return invalid({
        subject,
        found: `${quotePath(path)} contains no trust policy that IAM would accept`,
        expected: "a trust policy as JSON, as `trust-policy` or `aws iam get-role --output json` prints it",
        fix: first?.message ?? "Check the file.",
      });
    }
    const role = unwrapRole(text);
    given.push({
      subject,
      path,
      roleArn: arn ?? role.arn ?? (name && arnOf(name, parsed.policy)),
      policy: parsed.policy,
      document: role.document,
      maxSessionSeconds: role.maxSessionSeconds,
    });
  }
  return valid(given);
}

/** The policies of several roles, by their names, as `trust-policy` writes them. */
function readSeveral(text: string): readonly { readonly name: string | undefined; readonly text: string }[] {
  const policies = Object.entries(parseJsonObject(text) ?? {});
  const isByName = policies.every(([, policy]) => isJsonObject(policy) && Object.hasOwn(policy, "Statement"));
  return isByName ? policies.map(([name, policy]) => ({ name, text: JSON.stringify(policy) })) : [];
}

/** The role with that name in the account whose identity provider the policy trusts. */
function arnOf(name: string, policy: TrustPolicy): string | undefined {
  const [provider] = providersIn(policy);
  return provider && `arn:${provider.partition}:iam::${provider.accountId}:role/${name}`;
}

/** What `aws iam get-role` says about a role, if that is the text; the document may be URL-encoded. */
function unwrapRole(text: string) {
  const value = decode(text);
  const role: JsonObject = isJsonObject(value) ? (isJsonObject(value.Role) ? value.Role : value) : {};
  const { Arn: arn, AssumeRolePolicyDocument: document = value, MaxSessionDuration: seconds } = role;
  return {
    arn: typeof arn === "string" ? arn : undefined,
    document: typeof document === "string" ? decode(document) : document,
    maxSessionSeconds: typeof seconds === "number" ? seconds : DEFAULT_MAX_SESSION_SECONDS,
  };
}

/** `parseTrustPolicy` has already read the text, and accepts the same forms. */
function decode(text: string): unknown {
  const trimmed = text.trim();
  const value: unknown = JSON.parse(/^%(?:7B|22)/i.test(trimmed) ? decodeURIComponent(trimmed) : trimmed);
  return typeof value === "string" ? decode(value) : value;
}

/** The providers that a policy names as principals. */
function providersIn(policy: TrustPolicy) {
  const principals = policy.statements.flatMap(({ principal }) => principalIds(principal, "Federated"));
  return principals.flatMap((arn) => parseProviderArn(arn) ?? []);
}

/** The issuer that the policies trust, if there is exactly one. */
export function issuerOf(policies: readonly GivenPolicy[]): string | undefined {
  const urls = new Set(policies.flatMap(({ policy }) => providersIn(policy)).map(({ url }) => url));
  const [only] = urls;
  return urls.size === 1 ? `https://${only}` : undefined;
}

/**
 * Assigns each policy to its role: from the flag or the file, or else the one role of the pipeline without another
 * policy.
 *
 * @param named role ARNs in the pipeline, with known variables expanded
 */
export function assignPolicies(
  policies: readonly GivenPolicy[],
  named: readonly string[],
): Checked<readonly SandboxRole[]> {
  const taken = policies.flatMap(({ roleArn }) => roleArn ?? []);
  const free = [...new Set(named)].filter((arn) => !taken.includes(arn));
  const unnamed = policies.filter(({ roleArn }) => roleArn === undefined);
  const [first] = unnamed;
  if (first !== undefined && (unnamed.length > 1 || free.length !== 1))
    return invalid(ambiguous(first, free));
  const roles = policies.map((given) => toRole(given, given.roleArn ?? free[0] ?? ""));
  const problems = roles.flatMap((role) => (role.ok ? [] : role.problems));
  return problems.length > 0
    ? invalid(...problems)
    : valid(roles.flatMap((role) => (role.ok ? [role.value] : [])));
}

function ambiguous({ subject, path }: GivenPolicy, free: readonly string[]) {
  const roles = free.length === 0 ? "no role" : `${free.length} roles: ${free.join(", ")}`;
  return {
    subject,
    found: `${quotePath(path)} does not say which role it belongs to, and the pipeline names ${roles}`,
    expected: "one policy for each role",
    fix: `Use ${subject} ${free[0] ?? "arn:aws:iam::123456789012:role/deploy"}=${path}`,
  };
}

function toRole({ subject, document, maxSessionSeconds }: GivenPolicy, text: string): Checked<SandboxRole> {
  const arn: Checked<RoleArn> = parseRoleArn(text, subject);
  return arn.ok ? valid({ arn: arn.value.text, trustPolicy: document, maxSessionSeconds }) : arn;
}

/**
 * The identity providers that the policies need: those that they name, with the audiences that they require, or the
 * pipeline's audiences if a policy requires none.
 */
export function deriveProviders(
  policies: readonly GivenPolicy[],
  audiences: readonly string[],
): readonly SandboxProvider[] {
  const found = new Map<string, SandboxProvider>();
  for (const { policy } of policies) {
    for (const { accountId, partition, url } of providersIn(policy)) {
      const key = `${partition}:${accountId}:${url}`;
      const asked = audiencesIn(policy, url);
      const all = [...(found.get(key)?.audiences ?? []), ...(asked.length > 0 ? asked : audiences)];
      found.set(key, { accountId, partition, url: `https://${url}`, audiences: [...new Set(all)] });
    }
  }
  return [...found.values()];
}

function audiencesIn({ statements }: TrustPolicy, url: string): readonly string[] {
  const key = `${url}:aud`.toLowerCase();
  return statements
    .flatMap(({ conditions }) => conditions)
    .filter((test) => test.key.toLowerCase() === key && !/Not|Null/.test(test.operator))
    .flatMap(({ values }) => values)
    .filter((value) => !/[*?]/.test(value));
}
