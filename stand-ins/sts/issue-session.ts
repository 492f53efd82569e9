import type { XmlContent } from "./query-protocol.ts";
import type { Call } from "./service.ts";
import { packedPolicySizePercent } from "./session-parameters.ts";
import { assumedRoleArn, assumedRoleId, type Session, type SessionRequest } from "./sessions.ts";

function renderCredentials(session: Session): XmlContent {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: session.expiration.toISOString().replace(".000Z", "Z"),
  };
}

/**
 * Issues a session that nothing speaks against any more, and renders what the answers of both operations have in common.
 *
 * @throws ServiceError when its policies and tags do not fit
 */
export function issueSession({ request, service }: Call, asked: SessionRequest) {
  const packedPolicySize = packedPolicySizePercent(request.parameters, asked.sessionTags);
  const session = service.sessions.issue(asked);
  return {
    AssumedRoleUser: { AssumedRoleId: assumedRoleId(session), Arn: assumedRoleArn(session) },
    Credentials: renderCredentials(session),
    PackedPolicySize: packedPolicySize,
    SourceIdentity: session.sourceIdentity,
  };
}
