import { type Checked, invalid, type Problem, valid } from "../../foundation/checked.ts";
import { findDuplicateMembers } from "../../foundation/json-places.ts";
import { parseManagedPolicyArn, type RoleArn } from "../arn.ts";

/** Policies that narrow a role session to what both they and the role allow. */
export interface SessionPolicies {
  /** An IAM policy in JSON. */
  readonly inline: string | undefined;
  readonly managedPolicyArns: readonly string[];
}

/**
 * Limits of session policies; the characters are those of the inline policy and the ARNs together.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
const SESSION_POLICY_LIMITS = { maxCharacters: 2048, maxManaged: 10 } as const;

export interface SessionPolicySource {
  /** The input that the inline policy came from. */
  readonly subject: string;
  readonly inline: string | undefined;
  /** ARNs, or names of AWS managed policies. */
  readonly managed: readonly string[];
}

/**
 * Checks session policies for a role: JSON with every member once, size, number, and managed policies of the role's own
 * account.
 */
export function parseSessionPolicies(
  source: SessionPolicySource,
  role: RoleArn | undefined,
): Checked<SessionPolicies> {
  const inline = parseInlinePolicy(source);
  const managed = source.managed.map((entry) => ({ entry, arn: managedPolicyArn(entry, role) }));
  const managedPolicyArns = managed.map(({ arn }) => arn);
  const problems = [
    ...(inline.ok ? [] : inline.problems),
    ...managed.flatMap(({ entry, arn }) => managedPolicyProblem(entry, arn, role)),
    ...countProblem(managedPolicyArns),
    ...sizeProblem(source.subject, inline.ok ? inline.value : undefined, managedPolicyArns),
  ];
  if (problems.length > 0 || !inline.ok) return invalid(...problems);
  return valid({ inline: inline.value, managedPolicyArns });
}

function parseInlinePolicy({ subject, inline }: SessionPolicySource): Checked<string | undefined> {
  if (inline === undefined) return valid(undefined);
  const error = findSyntaxError(inline);
  if (error !== undefined) return invalid(malformed(subject, error));
  const duplicates = findDuplicateMembers(inline);
  return duplicates.length > 0 ? invalid(repeated(subject, duplicates)) : valid(compact(inline));
}

function findSyntaxError(text: string): SyntaxError | undefined {
  try {
    const policy: unknown = JSON.parse(text);
    const isObject = typeof policy === "object" && policy !== null && !Array.isArray(policy);
    return isObject ? undefined : new SyntaxError("it is not an object");
  } catch (error) {
    // `JSON.parse` throws nothing else.
    return error as SyntaxError;
  }
}

/**
 * White space counts towards the limit, so none is sent. Everything else stays as written: a parser's output lacks
 * duplicate members, and rounds large numbers.
 */
function compact(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function malformed(subject: string, error: SyntaxError): Problem {
  return {
    subject,
    // V8 quotes a part of the text, which may be a file that is not a policy at all.
    found: `not JSON: ${error.message.replace(/, (?:\.\.\.)?".*$/s, "")}`,
    expected: 'an IAM policy: {"Version":"2012-10-17","Statement":[…]}',
    fix: "Correct the JSON; in YAML a block scalar (session-policy: |) keeps quotes as they are.",
  };
}

function repeated(subject: string, places: readonly string[]): Problem {
  return {
    subject,
    found: `${places.join(" and ")} given more than once`,
    expected: "every member of an object once, as IAM requires",
    fix: "Write the member once, with everything that should apply.",
  };
}

function managedPolicyArn(entry: string, role: RoleArn | undefined): string {
  return entry.startsWith("arn:") ? entry : `arn:${role?.partition ?? "aws"}:iam::aws:policy/${entry}`;
}

function managedPolicyProblem(entry: string, arn: string, role: RoleArn | undefined): readonly Problem[] {
  const subject = "managed-session-policies";
  const owner = parseManagedPolicyArn(arn);
  if (owner === undefined) {
    const expected = "the ARN of a managed policy, or the name of an AWS managed one";
    const fix =
      "Copy the ARN from the policy's page in the IAM console, or write a name such as ReadOnlyAccess.";
    return [{ subject, found: JSON.stringify(entry), expected, fix }];
  }
  const { partition, accountId } = owner;
  if (
    role === undefined ||
    (partition === role.partition && (accountId === "aws" || accountId === role.accountId))
  )
    return [];
  return [
    {
      subject,
      found: `${entry}, which belongs to ${accountId === "aws" ? `the partition ${partition}` : `account ${accountId}`}`,
      expected: `a policy in the role's account, ${role.accountId} in ${role.partition}, or an AWS managed one`,
      fix: "Create the policy in the role's account, or put its rules into `session-policy`.",
    },
  ];
}

function countProblem(arns: readonly string[]): readonly Problem[] {
  if (arns.length <= SESSION_POLICY_LIMITS.maxManaged) return [];
  return [
    {
      subject: "managed-session-policies",
      found: `${arns.length} policies`,
      expected: `at most ${SESSION_POLICY_LIMITS.maxManaged}`,
      fix: "Merge some of them into one policy.",
    },
  ];
}

function sizeProblem(
  subject: string,
  inline: string | undefined,
  arns: readonly string[],
): readonly Problem[] {
  const characters = (inline ?? "").length + arns.join("").length;
  if (characters <= SESSION_POLICY_LIMITS.maxCharacters) return [];
  return [
    {
      subject: inline === undefined ? "managed-session-policies" : subject,
      found: `${characters} characters of session policies, white space removed`,
      expected: `at most ${SESSION_POLICY_LIMITS.maxCharacters} together`,
      fix: "Put the rules into a managed policy, and name it in `managed-session-policies`.",
    },
  ];
}
