import type { ErrorTexts } from "./errors.ts";
import type { ConditionContext } from "./policy-values.ts";
import type { QueryParameters } from "./query-protocol.ts";
import type { Session, Sessions, SessionTags } from "./sessions.ts";
import type { Judgement } from "./trust-policy.ts";
import type { VerificationKeys } from "./verification-keys.ts";
import type { Directory } from "./world.ts";

/** A request as the operations see it. */
export interface ServiceRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly parameters: QueryParameters;
  /** Region of the endpoint, as far as its name tells. */
  readonly region: string | undefined;
  readonly sourceIp: string;
  readonly receivedAt: Date;
}

/** What the operations work with. */
export interface Service {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly keys: VerificationKeys;
  readonly texts: ErrorTexts;
}

/** A verified signature: whose it is, and the Region that it was made for. */
export interface SignedBy {
  readonly session: Session;
  readonly region: string;
}

/** A request and all that is needed to answer it. */
export interface Call {
  readonly request: ServiceRequest;
  readonly service: Service;
  /** Is told how the trust policy of the role was judged; `undefined` for a role that does not exist. */
  readonly onJudged: (judgement: Judgement | undefined) => void;
}

/** A call whose signature is verified. */
export interface SignedCall extends Call {
  readonly signedBy: SignedBy;
}

/** Values of a session request that condition keys are made from. */
export interface SessionDetails {
  readonly roleSessionName: string;
  readonly sessionTags: SessionTags;
  readonly sourceIdentity: string | undefined;
}

type ContextEntry = readonly [key: string, values: readonly string[]];

function requestEntries({ receivedAt, region, sourceIp, headers }: ServiceRequest): ContextEntry[] {
  return [
    ["aws:CurrentTime", [receivedAt.toISOString()]],
    ["aws:EpochTime", [String(Math.floor(receivedAt.getTime() / 1000))]],
    ["aws:RequestedRegion", region === undefined ? [] : [region]],
    // AWS answers over TLS only; plain HTTP on loopback stands for it.
    ["aws:SecureTransport", ["true"]],
    ["aws:SourceIp", [sourceIp]],
    ["aws:UserAgent", headers["user-agent"] === undefined ? [] : [headers["user-agent"]]],
  ];
}

function sessionEntries({ roleSessionName, sessionTags, sourceIdentity }: SessionDetails): ContextEntry[] {
  const { tags, transitiveKeys } = sessionTags;
  return [
    ["sts:RoleSessionName", [roleSessionName]],
    ["sts:SourceIdentity", sourceIdentity === undefined ? [] : [sourceIdentity]],
    ["sts:TransitiveTagKeys", [...transitiveKeys]],
    ["aws:TagKeys", [...tags.keys()]],
    ...[...tags].map(([key, value]): ContextEntry => [`aws:RequestTag/${key}`, [value]]),
  ];
}

/** Builds the condition keys that both ways to assume a role have in common, and those of the caller. */
export function buildConditionContext(
  request: ServiceRequest,
  details: SessionDetails,
  callerEntries: readonly ContextEntry[],
): ConditionContext {
  const entries = [...requestEntries(request), ...sessionEntries(details), ...callerEntries];
  return new Map(entries.map(([key, values]) => [key.toLowerCase(), values]));
}

/** Actions that a policy must allow for a session with these details. */
export function actionsNeeded(action: string, { sessionTags, sourceIdentity }: SessionDetails): string[] {
  return [
    action,
    ...(sessionTags.tags.size > 0 ? ["sts:TagSession"] : []),
    ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
}
