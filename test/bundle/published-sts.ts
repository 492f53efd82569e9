/** STS as the AWS SDK's own client asks it: what the client of `src/edge/` is compared with. */
import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { toStsError, unreadableReply } from "../../src/aws/sts/failure.ts";
import type { AssumedRole, AssumeRoleInput, SignedSts, Sts, StsTarget } from "../../src/aws/sts/sts.ts";
import type { StsNetwork } from "../../src/edge/sts-requests.ts";
import { Secret } from "../../src/foundation/secret.ts";

/** The same as the connector of the script, but through the published client. */
export function createStsConnector({
  requestHandler,
  userAgentAppId,
}: StsNetwork): (target: StsTarget) => Sts {
  return (target) => {
    const config: STSClientConfig = {
      region: target.region,
      ...(target.endpoint !== undefined && { endpoint: target.endpoint }),
      ignoreConfiguredEndpointUrls: true,
      requestHandler: { metadata: { handlerProtocol: "http/1.1" }, destroy() {}, ...requestHandler },
      maxAttempts: 1,
      retryMode: "standard",
      defaultsMode: "standard",
      useDualstackEndpoint: target.variant.endsWith("dualstack"),
      useFipsEndpoint: target.variant.startsWith("fips"),
      authSchemePreference: [],
      sigv4aSigningRegionSet: [],
      disableClockSkewCorrection: false,
      userAgentAppId,
    };
    return {
      async assumeRoleWithWebIdentity(input, signal) {
        const command = new AssumeRoleWithWebIdentityCommand({
          ...sessionOf(input),
          WebIdentityToken: input.idToken.reveal(),
        });
        const asked = { action: "AssumeRoleWithWebIdentity", target };
        const sent = new STSClient(config).send(command, { abortSignal: signal });
        return readRole(await sent.catch(failWith(asked)), asked);
      },
      signedBy({ accessKeyId, secretAccessKey, sessionToken }) {
        const credentials = {
          accessKeyId: accessKeyId.reveal(),
          secretAccessKey: secretAccessKey.reveal(),
          sessionToken: sessionToken.reveal(),
        };
        return createSignedSts(new STSClient({ ...config, credentials }), target);
      },
    };
  };
}

function createSignedSts(client: STSClient, target: StsTarget): SignedSts {
  return {
    async assumeRole(input, signal) {
      const { externalId, tags, transitiveTagKeys, sourceIdentity } = input;
      const command = new AssumeRoleCommand({
        ...sessionOf(input),
        ExternalId: externalId,
        Tags: tags.length === 0 ? undefined : tags.map(({ key, value }) => ({ Key: key, Value: value })),
        TransitiveTagKeys: transitiveTagKeys.length === 0 ? undefined : [...transitiveTagKeys],
        SourceIdentity: sourceIdentity,
      });
      const asked = { action: "AssumeRole", target };
      return readRole(await client.send(command, { abortSignal: signal }).catch(failWith(asked)), asked);
    },
    async getCallerIdentity(signal) {
      const asked = { action: "GetCallerIdentity", target };
      const sent = client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      const { Account, Arn, $metadata } = await sent.catch(failWith(asked));
      if (!Account || !Arn) return unreadableReply(asked, $metadata.httpStatusCode);
      return { accountId: Account, arn: Arn };
    },
  };
}

type SessionInput = Pick<
  AssumeRoleInput,
  "roleArn" | "roleSessionName" | "durationSeconds" | "sessionPolicies"
>;

function sessionOf({ roleArn, roleSessionName, durationSeconds, sessionPolicies }: SessionInput) {
  const { inline, managedPolicyArns } = sessionPolicies;
  return {
    RoleArn: roleArn,
    RoleSessionName: roleSessionName,
    DurationSeconds: durationSeconds,
    Policy: inline,
    PolicyArns: managedPolicyArns.length === 0 ? undefined : managedPolicyArns.map((arn) => ({ arn })),
  };
}

interface Asked {
  readonly action: string;
  readonly target: StsTarget;
}

function readRole(output: AssumeRoleCommandOutput, asked: Asked): AssumedRole {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
  const arn = output.AssumedRoleUser?.Arn;
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !arn)
    return unreadableReply(asked, output.$metadata.httpStatusCode);
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

/** What the published client puts on what it throws; on that of an answer also the answer. */
interface Thrown extends Error {
  readonly $response?: {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
  };
  readonly $metadata?: { readonly clockSkewCorrected?: boolean };
}

function failWith(asked: Asked): (error: Thrown) => never {
  return (error) => {
    // What the published client says where STS says nothing.
    if (/^Unknown(?:Error)?(?:\n|$)/.test(error.message)) error.message = "";
    const clockCorrected = error.$metadata?.clockSkewCorrected === true;
    throw toStsError(error, { ...asked, reply: error.$response, clockCorrected });
  };
}
