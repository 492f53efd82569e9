import type { Readable } from "node:stream";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import type { Credentials } from "../aws/sts/credentials.ts";
import { TOO_LARGE, toStsError, unreadableReply } from "../aws/sts/failure.ts";
import type {
  AssumedRole,
  AssumeRoleInput,
  AssumeRoleWithWebIdentityInput,
  SignedSts,
  Sts,
  StsTarget,
} from "../aws/sts/sts.ts";
import type { StopSignal } from "../foundation/ports.ts";
import { Secret } from "../foundation/secret.ts";

/** What the connections of a run share. */
export interface Network {
  readonly requestHandler: NonNullable<STSClientConfig["requestHandler"]>;
  /** Shown in CloudTrail as part of the user agent. */
  readonly userAgentAppId: string;
}

/**
 * Connects to STS through the AWS SDK, over one shared request handler and so one connection.
 *
 * The SDK makes one attempt only: the attempts of a run are counted in one place, `attempts.ts`.
 */
export function createStsConnector(network: Network): (target: StsTarget) => Sts {
  return (target) => {
    const config = clientConfig(target, network);
    return {
      assumeRoleWithWebIdentity: (input, signal) =>
        assumeRoleWithWebIdentity({ config, target }, input, signal),
      signedBy: (credentials) => createSignedSts({ config, target }, credentials),
    } satisfies Sts;
  };
}

interface Connection {
  readonly config: STSClientConfig;
  readonly target: StsTarget;
}

/** Every setting is given, so that the SDK reads neither `~/.aws` nor the instance metadata service to find it. */
export function clientConfig(target: StsTarget, network: Network): STSClientConfig {
  return {
    region: target.region,
    ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
    ignoreConfiguredEndpointUrls: true,
    requestHandler: network.requestHandler,
    streamCollector: collectBytes,
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    useDualstackEndpoint: target.variant.endsWith("dualstack"),
    useFipsEndpoint: target.variant.startsWith("fips"),
    authSchemePreference: [],
    sigv4aSigningRegionSet: [],
    disableClockSkewCorrection: false,
    userAgentAppId: network.userAgentAppId,
  };
}

/** Answers of STS have a few kilobytes; for one of the longest session tokens and tags this is plenty. */
const MAX_ANSWER_BYTES = 65_536;

function tooLarge(): Error {
  const message = `more than ${MAX_ANSWER_BYTES / 1024} KiB, which no answer of STS has`;
  return Object.assign(new Error(message), { code: TOO_LARGE });
}

/**
 * The SDK's own collector has no limit, and first looks whether it has a `ReadableStream`, which takes Node 3 ms to load.
 *
 * An answer can be there before the platform has noted that the request was sent, and until then another request would open
 * another connection.
 */
function collectBytes(stream: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    stream.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) stream.destroy(tooLarge());
    });
    stream.once("error", reject);
    stream.once("end", () => setImmediate(() => resolve(Buffer.concat(chunks))));
  });
}

async function assumeRoleWithWebIdentity(
  { config, target }: Connection,
  input: AssumeRoleWithWebIdentityInput,
  signal: StopSignal,
): Promise<AssumedRole> {
  const action = "AssumeRoleWithWebIdentity";
  const command = new AssumeRoleWithWebIdentityCommand({
    ...sessionParameters(input),
    WebIdentityToken: input.idToken.reveal(),
  });
  try {
    const output = await new STSClient(config).send(command, { abortSignal: signal as AbortSignal });
    return readAssumedRole(output) ?? unreadableReply({ action, target }, output.$metadata.httpStatusCode);
  } catch (error) {
    throw toStsError(error, { action, target });
  }
}

function createSignedSts({ config, target }: Connection, credentials: Credentials): SignedSts {
  const client = new STSClient({ ...config, credentials: reveal(credentials) });
  return {
    async assumeRole(input, signal) {
      const action = "AssumeRole";
      const command = new AssumeRoleCommand({ ...sessionParameters(input), ...chainParameters(input) });
      try {
        const output = await client.send(command, { abortSignal: signal as AbortSignal });
        return (
          readAssumedRole(output) ?? unreadableReply({ action, target }, output.$metadata.httpStatusCode)
        );
      } catch (error) {
        throw toStsError(error, { action, target });
      }
    },
    async getCallerIdentity(signal) {
      const action = "GetCallerIdentity";
      try {
        const { Account, Arn, $metadata } = await client.send(new GetCallerIdentityCommand({}), {
          abortSignal: signal as AbortSignal,
        });
        if (!Account || !Arn) return unreadableReply({ action, target }, $metadata.httpStatusCode);
        return { accountId: Account, arn: Arn };
      } catch (error) {
        throw toStsError(error, { action, target });
      }
    },
  };
}

type SessionParameters = Pick<
  AssumeRoleCommandInput,
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

function chainParameters(input: AssumeRoleInput): Partial<AssumeRoleCommandInput> {
  const { externalId, tags, transitiveTagKeys, sourceIdentity } = input;
  return {
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
    ...(tags.length === 0 ? {} : { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    ...(transitiveTagKeys.length === 0 ? {} : { TransitiveTagKeys: [...transitiveTagKeys] }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

/** Both operations answer in the same shape. */
function readAssumedRole(output: AssumeRoleCommandOutput): AssumedRole | undefined {
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

function reveal(credentials: Credentials): NonNullable<STSClientConfig["credentials"]> {
  return {
    accessKeyId: credentials.accessKeyId.reveal(),
    secretAccessKey: credentials.secretAccessKey.reveal(),
    sessionToken: credentials.sessionToken.reveal(),
  };
}
