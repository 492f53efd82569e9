import type { CatalogueCause, Likelihood } from "../entry.ts";
import { type PastedEntry, whereItSays } from "./pasted-entry.ts";

/** The text names the kind of policy that refused. If not, it can be any of them. */
function byPolicy(kinds: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }): Likelihood => {
    if (pasted?.because === undefined) return "excluded";
    return kinds.test(pasted.because) ? "shown" : "excluded";
  };
}

function whereNoneIsNamed({ pasted }: Parameters<NonNullable<CatalogueCause["likelihood"]>>[0]): Likelihood {
  return pasted?.because === undefined ? "possible" : "excluded";
}

function byCaller(callers: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }): Likelihood => (callers.test(pasted?.caller ?? "") ? "shown" : "excluded");
}

const WHO_AM_I = "aws sts get-caller-identity   # in the job: must print the role that you expect";

const NOT_THE_ROLE: readonly [CatalogueCause, ...CatalogueCause[]] = [
  {
    id: "stored-key",
    reason:
      "An IAM user asked, with a stored access key: CI/CD variables take precedence over credentials from another job.",
    fix: `Remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the CI/CD variables, then check who the job is:\n${WHO_AM_I}`,
    likelihood: byCaller(/:user\//),
  },
  {
    id: "runner-role",
    reason:
      "The session is named after an EC2 instance: the job had no other credentials, so it used the runner's own role.",
    fix: `Name the credential job in the job's \`needs\`, then check who the job is:\n${WHO_AM_I}`,
    likelihood: byCaller(/:assumed-role\/[^/]+\/i-[\da-f]{8,}$/),
  },
];

const BOUNDS: readonly CatalogueCause[] = [
  {
    id: "session-policy",
    reason: "The session policy narrows the role and does not allow {denied}.",
    fix: "Add the action and its resource to the inputs `session-policy` or `managed-session-policies`; the role must allow it too.",
    likelihood: byPolicy(/session policy/i),
  },
  {
    id: "boundary",
    reason: "The permissions boundary of {callerName} does not allow {denied}, whatever its policies allow.",
    fix: "Ask whoever set the boundary. This shows it:\naws iam get-role --query Role.PermissionsBoundary --role-name {$callerRole}",
    likelihood: byPolicy(/permissions boundary/i),
  },
  {
    id: "scp",
    reason: "A service control policy of the AWS organization forbids it for the whole account.",
    fix: "Ask whoever runs the organization; nothing in the account itself can change it.",
    likelihood: byPolicy(/service control policy/i),
  },
  {
    id: "rcp",
    reason:
      "A resource control policy forbids it, from the AWS organization of the account that owns the resource.",
    fix: "Ask whoever runs that organization; nothing in the account itself can change it.",
    likelihood: byPolicy(/resource control policy/i),
  },
  {
    id: "endpoint-policy",
    reason: "The policy of the VPC endpoint in between does not allow it.",
    fix: "Ask whoever runs the VPC to allow this role, action and resource in the endpoint's policy.",
    likelihood: byPolicy(/endpoint policy/i),
  },
];

const STATEMENT = '{"Effect": "Allow", "Action": "{denied}", "Resource": "{resource}"}';

/** Refusals of what a session may do. */
export const PERMISSION_ENTRIES: readonly PastedEntry[] = [
  {
    id: "permission-denied",
    words: [
      /not authorized to perform:? (?!sts:(?:AssumeRole|TagSession|SetSourceIdentity))[a-z][\w-]*:[\w*]/,
    ],
    title: "is not authorized to perform … because no identity-based policy allows the … action",
    verdict: "AWS refused {denied} to {callerName}",
    meaning: "{identity}",
    causes: [
      ...NOT_THE_ROLE,
      {
        id: "identity-policy",
        reason: "No policy of {callerName} allows {denied} on this resource.",
        fix: `Add to a permissions policy of {callerName}, not to its trust policy:\n${STATEMENT}`,
        likelihood: ({ pasted }): Likelihood => {
          if (pasted?.because === undefined) return "possible";
          return /no identity-based policy/i.test(pasted.because) ? "shown" : "excluded";
        },
      },
      {
        id: "explicit-deny",
        reason: "A policy of {callerName} has a statement with `Deny` for {denied}; no `Allow` outweighs it.",
        fix: "Find the statement and its conditions (MFA, Region, address):\naws iam list-attached-role-policies --role-name {$callerRole}",
        likelihood: byPolicy(/deny in an identity-based policy/i),
      },
      {
        id: "resource-policy",
        reason:
          "The policy of the resource itself (bucket, key, queue or repository) does not allow {callerName}.",
        fix: "Ask the owner of {resource} to allow this role and action in its policy. Across accounts, both sides must allow it.",
        likelihood: byPolicy(/resource-based polic/i),
      },
      {
        id: "public-access",
        reason:
          "What the request would make public is blocked by the bucket's or the account's setting for Block Public Access.",
        fix: "Publish it another way, for example by CloudFront with origin access control. Only a bucket that has to be public needs the setting changed.",
        likelihood: byPolicy(/block public access/),
      },
      {
        id: "no-such-resource",
        reason: "Or the resource does not exist in the Region of the request: AWS says the same then.",
        fix: "Compare the Region and the name in {resource} with those of the resource.",
        likelihood: byPolicy(/does not exist in this Region/),
      },
      ...BOUNDS,
      {
        id: "other-policy",
        reason:
          "The text does not name the kind of policy: the resource's own policy or the organization's may also refuse.",
        fix: "Find the event in the account's CloudTrail; it has the same request id.",
        likelihood: whereNoneIsNamed,
      },
    ],
  },
  {
    id: "exchange-forbidden",
    words: [
      /not authorized to perform:? sts:AssumeRoleWithWebIdentity\b.{0,300}(?:explicit deny in a|because no) (?:VPC endpoint|resource control|service control) policy/i,
    ],
    title: "Not authorized to perform sts:AssumeRoleWithWebIdentity … because no VPC endpoint policy allows",
    verdict: "AWS refused the exchange, but not because of the role's trust policy",
    causes: [
      {
        id: "endpoint-policy",
        reason: "The policy of the VPC endpoint for STS in between does not allow it.",
        fix: "Ask whoever runs the VPC to allow sts:AssumeRoleWithWebIdentity for this role in the endpoint's policy: its `Principal` must be `*`, since nobody is signed in yet.",
        likelihood: whereItSays(/VPC endpoint policy/i),
      },
      {
        id: "organization-policy",
        reason:
          "A policy of the AWS organization forbids it, often for identity providers that it does not list.",
        fix: "Ask whoever runs the organization of the role's account; nothing in the account itself can change it.",
        likelihood: whereItSays(/(?:resource|service) control policy/i),
      },
    ],
  },
  {
    id: "chain-denied",
    words: [
      /not authorized to perform:? sts:(?:AssumeRole|TagSession|SetSourceIdentity)\b(?!WithWebIdentity)/,
    ],
    when: ({ caller }) => caller !== undefined,
    title: "is not authorized to perform: sts:AssumeRole on resource",
    verdict: "AWS refused {denied} on {resource} to {callerName}",
    meaning:
      "This is role chaining: the first role must be allowed to assume the second, whose trust policy must admit it.",
    causes: [
      {
        id: "same-role",
        reason: "The job already has this role, and the tool is told to assume it again.",
        fix: "Remove the role from the tool's own settings: `assume_role` of the provider and backend, `role_arn` of a profile.",
        likelihood: ({ pasted }): Likelihood =>
          isSameRole(pasted?.caller, pasted?.resource) ? "shown" : "excluded",
      },
      ...NOT_THE_ROLE,
      {
        id: "first-role",
        reason: "No policy of {callerName} allows {denied} on the second role.",
        fix: `Add to a permissions policy of {callerName}:\n${STATEMENT}`,
        likelihood: ({ pasted }): Likelihood => {
          if (pasted?.because === undefined) return "possible";
          return /no identity-based policy/i.test(pasted.because) ? "shown" : "excluded";
        },
      },
      {
        id: "second-role",
        reason: "The trust policy of {resource} does not admit {callerName}, or the role does not exist.",
        fix: 'Add to that trust policy, with the path of the first role if it has one:\n{"Effect": "Allow", "Principal": {"AWS": "{callerRoleArn}"}, "Action": "{denied}"}',
        likelihood: ({ pasted }): Likelihood => {
          if (pasted?.because === undefined) return "possible";
          return /no (?:role trust|resource-based) policy/i.test(pasted.because) ? "shown" : "excluded";
        },
      },
      {
        id: "external-id",
        reason:
          "The second role's trust policy requires an external ID, but none or a different one was sent.",
        fix: "Set the input `external-id`, or the tool's own setting, to the value of its condition `sts:ExternalId`.",
        likelihood: ({ pasted }): Likelihood =>
          pasted?.because === undefined || /no (?:role trust|resource-based) policy/i.test(pasted.because)
            ? "possible"
            : "excluded",
      },
      {
        id: "explicit-deny",
        reason:
          "A statement with `Deny` forbids it, in the policy that the text names; no `Allow` outweighs it.",
        fix: "Find the statement and its conditions in that policy.",
        likelihood: byPolicy(/deny in an? (?:identity-based|resource-based|role trust) policy/i),
      },
      ...BOUNDS,
    ],
  },
  {
    id: "access-denied",
    words: [
      /\((?:AccessDenied(?:Exception)?|UnauthorizedOperation|403)\) when calling the \w+ operation/,
      /(?<![\w.])(?:AccessDenied(?:Exception)?|UnauthorizedOperation): (?!User: )/,
      /<Code>AccessDenied<\/Code>|\bForbidden: Forbidden\b/,
      /api error (?:AccessDenied|Forbidden): (?:Access Denied|Forbidden)/i,
    ],
    title: "AccessDenied: Access Denied",
    verdict: "AWS refused {operation}, and the text does not say which permission is missing",
    causes: [
      {
        id: "identity-unknown",
        reason:
          "It may be a different identity from the one you expect: stored keys, a profile, or the runner's own role.",
        fix: WHO_AM_I,
      },
      {
        id: "permission",
        reason:
          "A policy of the role, of the resource (bucket, key) or of the organization does not allow the action.",
        fix: "Look for the event in CloudTrail. For S3, the newest AWS CLI names the action; a HEAD request says only 403.",
      },
    ],
  },
];

function isSameRole(caller = "", resource = ""): boolean {
  const session = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller);
  const role = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(resource);
  return session !== null && session[1] === role?.[1] && session[2] === role?.[2];
}
