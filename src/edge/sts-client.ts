import {
  AssumeRole$,
  type AssumeRoleRequest,
  type AssumeRoleResponse,
  AssumeRoleWithWebIdentity$,
  type AssumeRoleWithWebIdentityRequest,
  type AssumeRoleWithWebIdentityResponse,
  GetCallerIdentity$,
  type GetCallerIdentityResponse,
} from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity } from "@smithy/types";
import { unreadableReply } from "../aws/sts/failure.ts";
import type {
  AssumedRole,
  AssumeRoleInput,
  AssumeRoleWithWebIdentityInput,
  Credentials,
  SignedSts,
  Sts,
  StsTarget,
} from "../aws/sts/sts.ts";
import { Secret } from "../foundation/secret.ts";
import { type Answer, type StsNetwork, StsRequests } from "./sts-requests.ts";
import { StsSignature } from "./sts-signature.ts";

/**
 * Connects to STS with one shared request handler, so one connection.
 *
 * Requests signed with the same credentials share what was learned about the machine's clock. Each call is one request:
 * the attempts of a run are counted in one place, `aws/sts/attempts.ts`.
 */
export function createStsConnector(network: StsNetwork): (target: StsTarget) => Sts {
  return (target) => connect(target, network);
}

function connect(target: StsTarget, network: StsNetwork): Sts {
  const signed = new Map<Credentials, SignedSts>();
  return {
    async assumeRoleWithWebIdentity(input, signal) {
      const parameters = {
        ...sessionParameters(input),
        WebIdentityToken: input.idToken.reveal(),
      } satisfies AssumeRoleWithWebIdentityRequest;
      const call = { schema: AssumeRoleWithWebIdentity$, input: parameters };
      const requests = new StsRequests(target, network);
      const answer = await requests.send<AssumeRoleWithWebIdentityResponse>(call, signal);
      return (
        readAssumedRole(answer) ??
        unreadableReply({ action: "AssumeRoleWithWebIdentity", target }, answer.httpStatus)
      );
    },
    signedBy(credentials) {
      const sts = signed.get(credentials) ?? createSignedSts({ target, network }, credentials);
      signed.set(credentials, sts);
      return sts;
    },
  };
}

interface Connection {
  readonly target: StsTarget;
  readonly network: StsNetwork;
}

function createSignedSts({ target, network }: Connection, credentials: Credentials): SignedSts {
  const signature = new StsSignature(reveal(credentials), target.region);
  const requests = new StsRequests(target, network, signature);
  return {
    async assumeRole(input, signal) {
      const parameters = {
        ...sessionParameters(input),
        ...chainParameters(input),
      } satisfies AssumeRoleRequest;
      const call = { schema: AssumeRole$, input: parameters };
      const answer = await requests.send<AssumeRoleResponse>(call, signal);
      return readAssumedRole(answer) ?? unreadableReply({ action: "AssumeRole", target }, answer.httpStatus);
    },
    async getCallerIdentity(signal) {
      const call = { schema: GetCallerIdentity$, input: {} };
      const { output, httpStatus } = await requests.send<GetCallerIdentityResponse>(call, signal);
      const { Account, Arn } = output;
      if (!Account || !Arn) return unreadableReply({ action: "GetCallerIdentity", target }, httpStatus);
      return { accountId: Account, arn: Arn };
    },
  };
}

type SessionParameters = Pick<
  AssumeRoleRequest,
  "RoleArn" | "RoleSessionName" | "DurationSeconds" | "Policy" | "PolicyArns"
>;

function sessionParameters(input: AssumeRoleWithWebIdentityInput | AssumeRoleInput): SessionParameters {
  const { inline, managedPolicyArns } = input.sessionPolicies;
  return {
    RoleArn: input.roleArn,
    RoleSessionName: input.roleSessionName,
    DurationSeconds: input.durationSeconds,
    ...(inline === undefined ? {} : { Policy: inline }),
    ...(managedPolicyArns.length === 0 ? {} : { PolicyArns: managedPolicyArns.map((arn) => ({ arn })) }),
  };
}

function chainParameters(input: AssumeRoleInput): Partial<AssumeRoleRequest> {
  const { externalId, tags, transitiveTagKeys, sourceIdentity } = input;
  return {
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
    ...(tags.length === 0 ? {} : { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    ...(transitiveTagKeys.length === 0 ? {} : { TransitiveTagKeys: [...transitiveTagKeys] }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

/** Both operations answer in the same form. */
function readAssumedRole({ output }: Answer<AssumeRoleResponse>): AssumedRole | undefined {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
  const arn = output.AssumedRoleUser?.Arn;
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !arn) return undefined;
  return {
    arn,
    credentials: {
      accessKeyId: new Secret(AccessKeyId, "access key id"),
      secretAccessKey: new Secret(SecretAccessKey, "secret access key"),
      sessionToken: new Secret(SessionToken, "session token"),
      expiration: Expiration,
    },
  };
}

function reveal(credentials: Credentials): AwsCredentialIdentity {
  return {
    accessKeyId: credentials.accessKeyId.reveal(),
    secretAccessKey: credentials.secretAccessKey.reveal(),
    sessionToken: credentials.sessionToken.reveal(),
  };
}
