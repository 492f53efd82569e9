import { parseManagedPolicyArn, type RoleArn } from "../aws/arn.ts";
import type { Account, ManagedPolicy, RoleSettings } from "../aws/identity-setup/identity-setup.ts";
import type { SetupFormat } from "../aws/identity-setup/render.ts";
import { findPartition, PARTITIONS } from "../aws/partitions.ts";
import { DURATION_SECONDS } from "../aws/sts/session.ts";
import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { parseOption, parseWholeNumber, splitList } from "./inputs/scalars.ts";
import { parseSessionTags } from "./session-tag-config.ts";
import { refuse, type TrustPolicyFlags } from "./trust-policy-flags.ts";

const DEFAULT_ROLE_NAME = "gitlab-ci";

/** What is known about a role besides its own flags. */
export interface RoleContext {
  /** The current job's role, whose name is used unless a flag gives one. */
  readonly known: RoleArn | undefined;
  /** Where to create the role, as far as the flags say. */
  readonly account: Account | undefined;
}

/**
 * Reads how to create a role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export function parseRole(flags: TrustPolicyFlags, { known, account }: RoleContext): Checked<RoleSettings> {
  return combine({
    name: parseRoleName(flags("role-name"), known?.name ?? DEFAULT_ROLE_NAME),
    maxSessionSeconds: parseWholeNumber(flags("max-session-seconds"), {
      min: DURATION_SECONDS.default,
      max: DURATION_SECONDS.max,
      unit: "seconds",
      fix: "Write the seconds as digits only.",
    }),
    managedPolicies: parseManagedPolicies(flags("managed-policies")),
    permissionsBoundary: parseBoundary(flags("permissions-boundary"), account),
    sessionTags: parseSessionTags(flags("session-tags")),
  });
}

/**
 * Reads the format, and the account for formats that need it.
 *
 * @param known the current job's role, whose account is used unless a flag gives one
 */
export function parseFormat(flags: TrustPolicyFlags, known: RoleArn | undefined): Checked<SetupFormat> {
  const parts = combine({
    name: parseOption(flags("format"), ["json", "cloudformation", "terraform", "cli"]),
    partition: parsePartition(flags("partition"), known?.partition ?? "aws"),
    accountId: parseAccountId(flags("account"), known?.accountId),
  });
  if (!parts.ok) return parts;
  const { name, partition, accountId } = parts.value;
  if (name === "cloudformation" || name === "terraform") return valid({ name });
  if (accountId !== undefined) return valid({ name, account: { partition, accountId } });
  return invalid({
    subject: "--account",
    found: "no account",
    expected: `the account of the role, which ${name} needs`,
    fix: "Add --account with 12 digits.",
  });
}

function parseRoleName(input: RawInput, fallback: string): Checked<string> {
  const name = input.text || fallback;
  if (/^[\w+=,.@-]{1,64}$/.test(name)) return valid(name);
  return refuse(input, "up to 64 letters, digits and +=,.@-_", "Write only the name, without ARN or path.");
}

function parsePartition(input: RawInput, fallback: string): Checked<string> {
  const partition = input.text || fallback;
  if (findPartition(partition) !== undefined) return valid(partition);
  const known = PARTITIONS.map(({ name }) => name).join(", ");
  return refuse(input, `one of ${known}`, "Use the second part of any ARN in the account.");
}

function parseAccountId(input: RawInput, fallback: string | undefined): Checked<string | undefined> {
  if (!input.text) return valid(fallback);
  if (/^\d{12}$/.test(input.text)) return valid(input.text);
  return refuse(input, "an account id of 12 digits", "Write all 12 digits, without dashes.");
}

const POLICIES = "ARNs of policies, or names of AWS managed ones such as ReadOnlyAccess";

/** Names of AWS's own policies begin with a capital letter, after a path such as `job-function/`. */
const AWS_MANAGED_NAME = /(?:^|\/)[A-Z][^/]*$/;

function parseManagedPolicies({ text, subject }: RawInput): Checked<readonly ManagedPolicy[]> {
  const entries = splitList(text);
  const isPolicy = (entry: string): boolean =>
    parseManagedPolicyArn(entry) !== undefined || /^[\w+=,.@/-]{1,512}$/.test(entry);
  const wrong = entries.filter((entry) => !isPolicy(entry));
  if (wrong.length > 0) {
    const fix = "Copy the ARN from the policy's page in the IAM console.";
    return refuse({ subject, text: wrong.join(", ") }, POLICIES, fix);
  }
  const own = entries.find((entry) => !entry.startsWith("arn:") && !AWS_MANAGED_NAME.test(entry));
  if (own !== undefined) {
    const fix = `Use the ARN of your own policy: arn:aws:iam::<account>:policy/${own}.`;
    return refuse({ subject, text: own }, POLICIES, fix);
  }
  return valid(
    entries.map((entry) =>
      entry.startsWith("arn:") ? { kind: "arn", arn: entry } : { kind: "aws-managed", name: entry },
    ),
  );
}

/** A role has at most one boundary policy, from AWS or its own account. */
function parseBoundary(input: RawInput, account: Account | undefined): Checked<ManagedPolicy | undefined> {
  const policies = parseManagedPolicies(input);
  if (!policies.ok) return policies;
  const [policy, ...others] = policies.value;
  if (others.length > 0)
    return refuse(input, "one policy", "Put everything that the role may ever do into one policy.");
  const owner = policy?.kind === "arn" ? parseManagedPolicyArn(policy.arn) : undefined;
  if (owner === undefined || account === undefined) return valid(policy);
  const { partition, accountId } = account;
  if (owner.partition === partition && ["aws", accountId].includes(owner.accountId)) return valid(policy);
  const fix = "Create the policy in the role's account first, and use its ARN.";
  return refuse(input, `a policy in account ${accountId} and partition ${partition}`, fix);
}
