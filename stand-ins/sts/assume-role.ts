import { Constraints } from "./constraints.ts";
import { accessDenied, invalidParameterValue, validationError } from "./errors.ts";
import { issueSession } from "./issue-session.ts";
import type { XmlContent } from "./query-protocol.ts";
import { actionsNeeded, buildConditionContext, type SessionDetails, type SignedCall } from "./service.ts";
import {
  assertRoleArn,
  assertSessionPolicies,
  assertTagsConsistent,
  parseSessionParameters,
  parseSessionTags,
  type SessionParameters,
} from "./session-parameters.ts";
import { assumedRoleArn, assumedRoleId, type Session, type SessionTags } from "./sessions.ts";
import { evaluatePolicy, judgePolicy, type PolicyRequest } from "./trust-policy.ts";
import type { RegisteredRole } from "./world.ts";

const MAX_CHAINED_SESSION_SECONDS = 3600;

interface ChainParameters extends SessionParameters {
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly sessionTags: SessionTags;
}

function parseParameters({ parameters }: SignedCall["request"]): ChainParameters {
  const constraints = new Constraints();
  const session = parseSessionParameters(parameters, constraints);
  const sessionTags = parseSessionTags(parameters, constraints);
  const [externalId, sourceIdentity] = [parameters.get("ExternalId"), parameters.get("SourceIdentity")];
  constraints.length("externalId", externalId, { min: 2, max: 1224 });
  constraints.pattern("externalId", externalId, "[\\w+=,.@:\\/-]*");
  constraints.length("sourceIdentity", sourceIdentity, { min: 2, max: 64 });
  constraints.pattern("sourceIdentity", sourceIdentity, "[\\w+=,.@-]*");
  constraints.assert();
  assertRoleArn(session.roleArn);
  assertSessionPolicies(parameters, session.roleArn);
  assertTagsConsistent(parameters, sessionTags);
  return { ...session, externalId, sourceIdentity, sessionTags };
}

/** Transitive tags travel on; a new tag must not take the key of one. */
function inheritTags(caller: Session, { tags, transitiveKeys }: SessionTags): SessionTags {
  const inherited = [...caller.sessionTags.tags].filter(([key]) =>
    caller.sessionTags.transitiveKeys.has(key),
  );
  if (inherited.some(([key]) => tags.has(key))) {
    throw invalidParameterValue(
      "One of the specified transitive tag keys can't be set because it conflicts with " +
        "a transitive tag key from the calling session.",
    );
  }
  return {
    tags: new Map([...inherited, ...tags]),
    transitiveKeys: new Set([...inherited.map(([key]) => key), ...transitiveKeys]),
  };
}

function callerEntries(caller: Session, externalId: string | undefined) {
  return [
    ["aws:PrincipalArn", [caller.role.arn]],
    ["aws:PrincipalAccount", [caller.role.accountId]],
    ["aws:PrincipalType", ["AssumedRole"]],
    ["aws:userid", [assumedRoleId(caller)]],
    ["aws:SourceIdentity", caller.sourceIdentity === undefined ? [] : [caller.sourceIdentity]],
    ["sts:ExternalId", externalId === undefined ? [] : [externalId]],
    ...[...caller.sessionTags.tags].map(([key, value]) => [`aws:PrincipalTag/${key}`, [value]] as const),
  ] as const;
}

/** Names that mean the caller itself, and names that mean its account. */
function namesOf(caller: Session) {
  const { partition, accountId, arn } = caller.role;
  return {
    own: [arn, assumedRoleArn(caller), "*"],
    account: [accountId, `arn:${partition}:iam::${accountId}:root`],
  };
}

type Asked = Required<Pick<PolicyRequest, "action" | "resource" | "context">>;

/** What a trust policy is asked about a caller of these names. */
function asPrincipal(names: readonly string[], { action, context }: Asked): PolicyRequest {
  return { action, context, principal: { type: "AWS", names } };
}

/** The part of the message that tells whose policy refused. */
type Because = "identity-deny" | "trust-deny" | "no-identity-allow" | "no-trust-allow";

function wordsFor(because: Because, action: string): string {
  const words: Readonly<Record<Because, string>> = {
    "identity-deny": "with an explicit deny in an identity-based policy",
    "trust-deny": "with an explicit deny in the role trust policy",
    "no-identity-allow": `because no identity-based policy allows the ${action} action`,
    "no-trust-allow": `because no role trust policy allows the ${action} action`,
  };
  return words[because];
}

/**
 * Both sides must agree, except that a trust policy which names a caller of its own account needs nobody else.
 * A role that does not exist trusts no one.
 */
function findRefusal(caller: Session, target: RegisteredRole | undefined, asked: Asked): Because | undefined {
  const { own, account } = namesOf(caller);
  const trusts = (names: readonly string[]) =>
    target === undefined ? "implicit-deny" : evaluatePolicy(target.trustPolicy, asPrincipal(names, asked));
  const identity = evaluatePolicy(caller.role.identityPolicy, asked);
  const trust = trusts([...own, ...account]);
  if (identity === "explicit-deny") return "identity-deny";
  if (trust === "explicit-deny") return "trust-deny";
  const sufficesAlone = target?.accountId === caller.role.accountId && trusts(own) === "allow";
  if (identity !== "allow" && !sufficesAlone) return "no-identity-allow";
  return trust === "allow" ? undefined : "no-trust-allow";
}

function refusalText(caller: Session, { action, resource }: Asked, reason: string): string {
  return `User: ${assumedRoleArn(caller)} is not authorized to perform: ${action} on resource: ${resource}${reason}`;
}

function admit(parameters: ChainParameters, details: SessionDetails, call: SignedCall): RegisteredRole {
  const { request, service, signedBy } = call;
  const caller = signedBy.session;
  const { own, account } = namesOf(caller);
  const target = service.directory.role(parameters.roleArn);
  const context = buildConditionContext(request, details, callerEntries(caller, parameters.externalId));
  for (const action of actionsNeeded("sts:AssumeRole", details)) {
    const asked = { action, resource: parameters.roleArn, context };
    call.onJudged(target && judgePolicy(target.trustPolicy, asPrincipal([...own, ...account], asked)));
    const because = findRefusal(caller, target, asked);
    if (because === undefined) continue;
    const reason = service.texts === "2026" ? ` ${wordsFor(because, action)}` : "";
    throw accessDenied(refusalText(caller, asked, reason));
  }
  // The loop above has thrown for a role that does not exist.
  return target as RegisteredRole;
}

/**
 * Answers `AssumeRole` for a session that another role gave: role chaining.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(call: SignedCall): XmlContent {
  const parameters = parseParameters(call.request);
  const { roleSessionName, durationSeconds } = parameters;
  const caller = call.signedBy.session;
  const sourceIdentity = caller.sourceIdentity ?? parameters.sourceIdentity;
  const sessionTags = inheritTags(caller, parameters.sessionTags);
  const role = admit(parameters, { roleSessionName, sessionTags, sourceIdentity }, call);
  if (parameters.sourceIdentity !== undefined && parameters.sourceIdentity !== sourceIdentity) {
    throw accessDenied("The source identity of a session cannot be changed.");
  }
  if (durationSeconds > MAX_CHAINED_SESSION_SECONDS) {
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
  return issueSession(call, { role, roleSessionName, durationSeconds, sessionTags, sourceIdentity });
}
