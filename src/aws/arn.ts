import { type Checked, invalid, type Problem, valid } from "../foundation/checked.ts";
import { quote, quoteIf } from "../foundation/quote.ts";
import { findPartition, PARTITIONS } from "./partitions.ts";

/** The parts of `arn:<partition>:iam::<account>:role/<path><name>`. */
export interface RoleArn {
  readonly text: string;
  readonly partition: string;
  readonly accountId: string;
  /** Including its slashes: `/` or `/ci/`. */
  readonly path: string;
  readonly name: string;
}

/** The owner of a managed policy: `aws`, or the account that made it. */
interface ManagedPolicyOwner {
  readonly partition: string;
  readonly accountId: string;
}

/**
 * Reads the ARN of a managed policy; `undefined` for anything else.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function parseManagedPolicyArn(text: string): ManagedPolicyOwner | undefined {
  const [, partition, accountId] =
    /^arn:([a-z-]+):iam::(aws|\d{12}):policy\/[\w+=,.@/-]{1,512}$/.exec(text) ?? [];
  return partition === undefined || accountId === undefined ? undefined : { partition, accountId };
}

/** An ARN or part of one, the name of a variable, or words. */
const NEARLY_ARN = /arn:|^\$\{?\w+\}?$|^[a-z/ -]*$/i;

const SHAPE = "an IAM role ARN: arn:aws:iam::<12 digits of the account>:role/<name>";

/**
 * Reads an IAM role ARN.
 *
 * The rules are those of IAM identifiers: a role name of up to 64 characters `[\w+=,.@-]` after a path of up to 512.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function parseRoleArn(text: string, subject: string): Checked<RoleArn> {
  const problem = (found: string, fix: string): Checked<never> =>
    invalid({ subject, found, expected: SHAPE, fix } satisfies Problem);
  if (/\s/.test(text)) {
    return problem(
      `${quoteRoleArn(text)} contains white space`,
      "Remove the spaces and line breaks around and in the ARN.",
    );
  }
  const [scheme, partition = "", service, region, accountId = "", ...rest] = text.split(":");
  const resource = rest.join(":");
  if (scheme !== "arn" || rest.length === 0) {
    return problem(
      `${quoteRoleArn(text)} is not an ARN`,
      "Copy the ARN from the role's page in the IAM console.",
    );
  }
  if (findPartition(partition) === undefined) {
    const known = PARTITIONS.map(({ name }) => name).join(", ");
    return problem(`${quote(partition)} is not an AWS partition`, `Use one of ${known}.`);
  }
  if (service !== "iam" || region !== "" || !resource.startsWith("role/")) {
    return problem(
      describeOtherArn(text, service, resource),
      roleArnHint(resource, { partition, accountId }),
    );
  }
  if (!/^\d{12}$/.test(accountId)) {
    return problem(
      accountId === "" ? `${quote(text)} has no account id` : `${quote(accountId)} is not an account id`,
      "Write all 12 digits of the account id; if it comes from a CI/CD variable, check that it is set in this job.",
    );
  }
  return parseRolePath(resource.slice("role/".length), { text, partition, accountId }, problem);
}

function parseRolePath(
  pathAndName: string,
  parts: Pick<RoleArn, "text" | "partition" | "accountId">,
  problem: (found: string, fix: string) => Checked<never>,
): Checked<RoleArn> {
  const slash = pathAndName.lastIndexOf("/") + 1;
  const name = pathAndName.slice(slash);
  const path = `/${pathAndName.slice(0, slash)}`;
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
    return problem(
      `${quote(name)} is not a role name`,
      "A role's name has up to 64 letters, digits and +=,.@-_.",
    );
  }
  if (!/^\/(?:[\x21-\x7e]+\/)?$/.test(path) || path.length > 512) {
    return problem(
      `${quote(path)} is not a role path`,
      "Copy the ARN from the role's page in the IAM console.",
    );
  }
  return valid({ ...parts, path, name });
}

function describeOtherArn(text: string, service: string | undefined, resource: string): string {
  const [kind] = resource.split("/");
  const what: Readonly<Record<string, string>> = {
    "iam user": "is the ARN of an IAM user",
    "iam policy": "is the ARN of a policy",
    "iam oidc-provider": "is the ARN of the identity provider",
    "iam instance-profile": "is the ARN of an instance profile",
    "sts assumed-role": "is the ARN of a session, not of the role behind it",
  };
  return `${quote(text)} ${what[`${service} ${kind}`] ?? "is the ARN of something else"}`;
}

function roleArnHint(
  resource: string,
  { partition, accountId }: Pick<RoleArn, "partition" | "accountId">,
): string {
  const [kind, role] = resource.split("/");
  if (kind !== "assumed-role" || !role) return "Use the ARN of the IAM role itself.";
  return `Use the ARN of the role itself: arn:${partition}:iam::${accountId}:role/${role}, with its path if it has one.`;
}

/** Quotes what should be a role's ARN, unless it is clearly something else. */
export function quoteRoleArn(text: string): string {
  return quoteIf(NEARLY_ARN, text);
}
