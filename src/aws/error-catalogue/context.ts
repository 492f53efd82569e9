import type { UnusedProxy } from "../../foundation/ports.ts";
import type { RoleArn } from "../arn.ts";
import type { StsError } from "../sts/sts.ts";
import type { Reading } from "./pasted/reading.ts";

/** What an ID token says, as far as a diagnosis names it. */
export interface DiagnosedToken {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly issuedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  /** Every claim, those above included. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What is known around a failure. Whatever is absent is told as a placeholder, `<account>`. */
export interface DiagnosisContext {
  readonly role?: RoleArn | undefined;
  readonly token?: DiagnosedToken | undefined;
  readonly sessionName?: string | undefined;
  readonly durationSeconds?: number | undefined;
  /** The machine's clock. */
  readonly now?: Date | undefined;
  /** The variable that sends requests through a proxy: `HTTPS_PROXY`. */
  readonly proxyVariable?: string | undefined;
  /** A variable that names a proxy, though not for this server. */
  readonly unusedProxy?: UnusedProxy | undefined;
  /** The variable that names certificates of further authorities, if one is set. */
  readonly certificateVariable?: "AWS_CA_BUNDLE" | "NODE_EXTRA_CA_CERTS" | undefined;
  /** URL of a page of the issuer, where that is what was asked, and not STS. */
  readonly issuerPage?: string | undefined;
  /** What a text says, where nothing but this text is known: the error of another tool. */
  readonly pasted?: Reading | undefined;
}

/** A failure and what is known around it. */
export interface Situation extends DiagnosisContext {
  readonly error: StsError;
}
