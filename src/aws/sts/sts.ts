import type { StopSignal } from "../../foundation/ports.ts";
import { cut } from "../../foundation/quote.ts";
import type { Secret } from "../../foundation/secret.ts";
import type { SessionTag } from "./session.ts";
import type { SessionPolicies } from "./session-policy.ts";

/** Which STS to use: a Region's public endpoint in one of its variants, or an endpoint given by URL. */
export interface StsTarget {
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly variant: "standard" | "fips" | "dualstack" | "fips-dualstack";
}

/** `STS eu-central-1`, or `STS at https://…` for an endpoint given by URL. */
export function describeTarget(target: StsTarget): string {
  return target.endpoint === undefined ? `STS ${target.region}` : `STS at ${target.endpoint}`;
}

/** The parameters common to both ways of assuming a role. */
interface RoleSession {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly sessionPolicies: SessionPolicies;
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export interface AssumeRoleWithWebIdentityInput extends RoleSession {
  readonly idToken: Secret;
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export interface AssumeRoleInput extends RoleSession {
  readonly externalId: string | undefined;
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

/** Temporary security credentials, as STS gives them. */
export interface Credentials {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly expiration: Date;
}

/** Every value that makes up the credentials, for masking. */
export function secretsOf(credentials: Credentials): readonly Secret[] {
  return [credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken];
}

export interface AssumedRole {
  readonly credentials: Credentials;
  /** `arn:<partition>:sts::<account>:assumed-role/<role>/<session>` */
  readonly arn: string;
}

export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}

/** STS, unsigned: what needs only an ID token. */
export interface Sts {
  /** @throws {StsError} */
  assumeRoleWithWebIdentity(input: AssumeRoleWithWebIdentityInput, signal: StopSignal): Promise<AssumedRole>;
  /** STS, with requests signed by these credentials. */
  signedBy(credentials: Credentials): SignedSts;
}

/** STS, signed with temporary credentials. */
export interface SignedSts {
  /** @throws {StsError} */
  assumeRole(input: AssumeRoleInput, signal: StopSignal): Promise<AssumedRole>;
  /** @throws {StsError} */
  getCallerIdentity(signal: StopSignal): Promise<CallerIdentity>;
}

/** Sends no request yet, but may already open a connection. Returns the same {@link Sts} for the same target. */
export type ConnectSts = (target: StsTarget) => Promise<Sts>;

/** How a request to STS failed. */
export type StsFault =
  /** STS itself answered with an error. */
  | {
      readonly kind: "service";
      readonly code: string;
      readonly httpStatus: number;
      readonly requestId: string | undefined;
    }
  /** Something answered, but not STS: a proxy's page, a cut-off document. */
  | { readonly kind: "reply"; readonly httpStatus: number | undefined }
  /** No answer, because the connection failed; `code` is Node's: `ECONNREFUSED`, `ENOTFOUND`, `CERT_HAS_EXPIRED`. */
  | { readonly kind: "network"; readonly code: string }
  /** No answer in time. */
  | { readonly kind: "timeout"; readonly phase: "connect" | "answer" };

/** More than STS has been seen to say, even when it repeats several parameters. */
const MAX_MESSAGE_LENGTH = 2000;

/**
 * A failed request to STS; the message comes from STS or the platform, and is cut if it is longer than any of theirs.
 */
export class StsError extends Error {
  override readonly name = "StsError";
  readonly fault: StsFault;
  readonly action: string;
  readonly target: StsTarget;
  /** The server's `retry-after`, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether this answer showed that the machine's clock is off, so the next request is signed correctly. */
  readonly clockCorrected: boolean;

  constructor(
    message: string,
    facts: Pick<StsError, "fault" | "action" | "target"> &
      Partial<Pick<StsError, "retryAfterMs" | "clockCorrected">> & { readonly cause?: unknown },
  ) {
    super(cut(message, MAX_MESSAGE_LENGTH), { cause: facts.cause });
    this.fault = facts.fault;
    this.action = facts.action;
    this.target = facts.target;
    this.retryAfterMs = facts.retryAfterMs;
    this.clockCorrected = facts.clockCorrected ?? false;
  }
}
