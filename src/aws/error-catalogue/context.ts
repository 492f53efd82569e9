import type { UnusedProxy } from "../../foundation/ports.ts";
import type { RoleArn } from "../arn.ts";
import type { StsError } from "../sts/sts.ts";
import type { Reading } from "./pasted/reading.ts";

/** The parts of an ID token that a diagnosis names. */
export interface DiagnosedToken {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly issuedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  /** Every claim, including those above. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What is known about the situation of a failure. Missing parts are shown as a placeholder, such as `<account>`. */
export interface DiagnosisContext {
  readonly role?: RoleArn | undefined;
  readonly token?: DiagnosedToken | undefined;
  readonly sessionName?: string | undefined;
  readonly durationSeconds?: number | undefined;
  /** The machine's clock. */
  readonly now?: Date | undefined;
  /** The variable that sends requests through a proxy: `HTTPS_PROXY`. */
  readonly proxyVariable?: string | undefined;
  /** A variable that names a proxy, but not for this server. */
  readonly unusedProxy?: UnusedProxy | undefined;
  /** The variable that names additional certificate authorities, if one is set. */
  readonly certificateVariable?: "AWS_CA_BUNDLE" | "NODE_EXTRA_CA_CERTS" | undefined;
  /** URL of a page of the issuer, if the request went there and not to STS. */
  readonly issuerPage?: string | undefined;
  /** What a text says, if only this text is known: the error of another tool. */
  readonly pasted?: Reading | undefined;
}

/** A failure and what is known about its situation. */
export interface Situation extends DiagnosisContext {
  readonly error: StsError;
}
