import type { Situation } from "./context.ts";
import type { CatalogueEntry, Likelihood } from "./entry.ts";

/** The "because" part of a refusal names the kind of policy; without it, any of them is possible. */
function whereItSays(policies: RegExp) {
  return ({ error }: Situation): Likelihood => {
    if (policies.test(error.message)) return "shown";
    return / because | with an explicit deny /.test(error.message) ? "excluded" : "possible";
  };
}

/** Only an action on the session itself: tags, source identity. */
function ofSessionActions({ error }: Situation): Likelihood {
  return /perform: sts:(?:TagSession|SetSourceIdentity)/.test(error.message) ? "shown" : "excluded";
}

/** A role and its own policies may still be propagating, unlike a deny and unlike what bounds them. */
function unlessInForce({ error }: Situation): Likelihood {
  const isMissing = / because no (?:identity-based|role trust|resource-based) policy /.test(error.message);
  return isMissing || !/ because | with an explicit deny /.test(error.message) ? "possible" : "excluded";
}

/** Refusals of signed requests: role chaining, and asking who we are. */
export const CHAIN_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "chain-denied",
    match: {
      kind: "service",
      code: /^AccessDenied/,
      message:
        /User: (?<caller>\S+) is not authorized to perform: (?<denied>sts:\S+) on resource: (?<resource>\S+)/,
    },
    title: "is not authorized to perform: sts:AssumeRole on resource",
    verdict: "AWS refused the second role: {caller} is not allowed {denied} on resource: {resource}",
    meaning: "The text after `because`, if there is one, names the kind of policy that refused.",
    causes: [
      {
        id: "session-action",
        reason:
          "The second role's trust policy does not allow {denied}, needed for session tags or a source identity.",
        fix: 'Add "{denied}" to its "Action", and to the permissions of the first role.',
        likelihood: ofSessionActions,
      },
      {
        id: "first-role",
        reason: "The permissions of the first role do not allow it.",
        fix: 'Add to a policy of the first role: {"Effect": "Allow", "Action": "{denied}", "Resource": "{resource}"}',
        likelihood: whereItSays(/identity-based policy/),
      },
      {
        id: "second-role",
        reason:
          "The trust policy of the second role does not name the first one, or the role does not exist.",
        fix: "Name the first role (not its session) as its Principal, and check the ARN in `chained-role-arn`.",
        likelihood: whereItSays(/role trust policy|resource-based policy/),
      },
      {
        id: "external-id",
        reason: "The trust policy requires an external ID, but none or a different one was sent.",
        fix: "Set the input `external-id` to the value of its condition `sts:ExternalId`.",
        likelihood: whereItSays(/role trust policy|resource-based policy/),
      },
      {
        id: "boundary",
        reason:
          "A service control policy, resource control policy, permissions boundary or session policy forbids it.",
        fix: "Ask whoever runs the AWS organization or set the role's boundary; check `session-policy`, which narrows the first role.",
        likelihood: whereItSays(/control policy|permissions boundary|session policy|endpoint policy/),
      },
      {
        id: "propagation",
        reason: "One of the roles, or one of their policies, was created seconds ago.",
        fix: "Retry the job, or wait with the input `propagation-wait-seconds: 15`.",
        likelihood: unlessInForce,
      },
    ],
  },
  {
    id: "duration-chain",
    match: {
      kind: "service",
      code: /^ValidationError$/,
      message: /1 hour session limit for roles assumed by/,
    },
    title:
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    verdict: "AWS refused the duration: a role chaining session lasts one hour at most",
    causes: [
      {
        id: "duration",
        reason: "The limit applies whatever MaxSessionDuration the second role has.",
        fix: "Set the input `duration-seconds` to 3600 or less, or assume the role directly, without `chained-role-arn`.",
      },
    ],
  },
  {
    id: "chain-creds",
    match: { kind: "service", code: /^(?:InvalidClientTokenId|UnrecognizedClientException)/ },
    title: "The security token included in the request is invalid",
    verdict: "AWS refused the credentials themselves: the security token is invalid",
    causes: [
      {
        id: "other-credentials",
        reason:
          "Another variable replaces the session token: CI/CD variables take precedence over a dotenv report.",
        fix: "Remove AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN and AWS_SECURITY_TOKEN from the CI/CD variables.",
      },
      {
        id: "global-token",
        reason:
          "The credentials come from the global STS endpoint, and an opt-in Region does not accept those.",
        fix: "Use a regional endpoint: set the input `region`, and omit `sts-endpoint`.",
      },
      {
        id: "other-partition",
        reason:
          "The credentials belong to another partition (China, GovCloud) than the Region of the request.",
        fix: "Choose a Region of the role's partition.",
      },
    ],
  },
  {
    id: "chain-skew",
    match: {
      kind: "service",
      code: /^(?:SignatureDoesNotMatch|RequestExpired|RequestTimeTooSkewed)/,
      message: /Signature (?:expired|not yet current)|time/i,
    },
    title: "Signature expired: is now earlier than",
    verdict: "AWS refused the signature: this machine's clock is wrong ({now})",
    topic: "clock",
    causes: [
      {
        id: "runner-clock",
        reason:
          "The clock may be off by at most five minutes for signed requests; the runner's is further off.",
        fix: "Correct the time service (NTP) on the runner.",
      },
    ],
  },
  {
    id: "chain-expired",
    match: {
      kind: "service",
      code: /^ExpiredToken/,
      message: /security token included in the request is expired/,
    },
    title: "The security token included in the request is expired",
    verdict: "AWS refused the credentials: their session has expired",
    causes: [
      {
        id: "session-over",
        reason: "The credentials were used after they had expired.",
        fix: "Run the exchange again just before they are needed, or raise `duration-seconds`.",
      },
    ],
  },
];
