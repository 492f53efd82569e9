/**
 * The failures that this program names; stable, unlike the messages. `docs/troubleshooting.md` has a heading for each.
 */
export type ErrorCode =
  | "CONFIG_INVALID"
  | "CREDENTIALS_SHADOWED"
  | "IDENTITY_MISMATCH"
  | "STS_REFUSED"
  | "STS_UNAVAILABLE"
  | "STS_UNREACHABLE"
  | "STS_TIMED_OUT"
  | "STS_REPLY_UNREADABLE"
  | "REPORT_VALUE_UNSUPPORTED"
  | "REPORT_TOO_LARGE"
  | "REPORT_NOT_WRITTEN"
  /** The cause is the signal: `SIGTERM` or `SIGINT`. */
  | "CANCELLED";

/** The one error thrown on purpose. `code` is stable; the message is not. */
export class AwsOidcError extends Error {
  override readonly name: string = "AwsOidcError";
  readonly code: ErrorCode;
  /** What the user should do next, as one imperative sentence. */
  readonly hint: string;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly hint: string; readonly cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
