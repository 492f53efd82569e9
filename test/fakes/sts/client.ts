import { Agent } from "node:https";
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type AssumeRoleWithWebIdentityCommandOutput,
  type Credentials,
  STSClient,
  STSServiceException,
} from "@aws-sdk/client-sts";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Sts } from "../../../stand-ins/sts/server.ts";
import type { Authority } from "../certificates.ts";
import { ROLES } from "../world.ts";

export interface ClientOptions {
  readonly credentials?: Credentials | undefined;
  /** Certificate authority to trust. */
  readonly authorityPem?: string | undefined;
  readonly region?: string;
  /** How far the client's clock is off. */
  readonly clockOffsetMs?: number;
  readonly requestTimeoutMs?: number;
}

/** The client of AWS, which tries once. */
export function createClient(sts: Pick<Sts, "url">, options: ClientOptions = {}): STSClient {
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = options.credentials ?? {};
  return new STSClient({
    region: options.region ?? "eu-west-1",
    endpoint: sts.url,
    maxAttempts: 1,
    systemClockOffset: options.clockOffsetMs ?? 0,
    requestHandler: new NodeHttpHandler({
      requestTimeout: options.requestTimeoutMs ?? 5000,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({ ca: options.authorityPem, keepAlive: true }),
    }),
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
  });
}

/** What an exchange needs of a world. */
export interface ExchangeWorld {
  readonly sts: Pick<Sts, "url">;
  readonly authority: Pick<Authority, "certificatePem"> | undefined;
  readonly mintToken: () => string;
}

/** Exchanges an ID token for the role `deploy`, unless told otherwise. */
export function exchange(
  world: ExchangeWorld,
  input: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
  options: ClientOptions = {},
): Promise<AssumeRoleWithWebIdentityCommandOutput> {
  return createClient(world.sts, { authorityPem: world.authority?.certificatePem, ...options }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: ROLES.deploy,
      RoleSessionName: "job-31337",
      WebIdentityToken: input.WebIdentityToken ?? world.mintToken(),
      ...input,
    }),
  );
}

/** `<status> <code>: <message>` of the refusal that the client reports; the code as it is on the wire. */
export async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => new Error("the request was answered, not refused"),
    (cause: unknown) => cause,
  );
  if (!(error instanceof STSServiceException)) throw error;
  const code = "Code" in error ? error.Code : error.name;
  return `${error.$metadata.httpStatusCode} ${code}: ${error.message}`;
}
