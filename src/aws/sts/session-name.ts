const ALLOWED = /^[\w+=,.@-]{2,64}$/;

/** The longest role session name that STS takes. */
export const MAX_SESSION_NAME_LENGTH = 64;

/**
 * Whether STS takes this role session name: 2 to 64 characters `[\w+=,.@-]`.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function isSessionName(name: string): boolean {
  return ALLOWED.test(name);
}

/** The nearest role session name that STS takes: other characters become `-`, and what is too long is cut. */
export function cleanSessionName(text: string): string {
  const cleaned = text.replaceAll(/[^\w+=,.@-]/g, "-").slice(0, MAX_SESSION_NAME_LENGTH);
  return cleaned.padEnd(2, "-");
}
