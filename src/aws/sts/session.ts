/**
 * Limits of a role session in seconds. A role chaining session lasts an hour at most, whatever the role allows.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const DURATION_SECONDS = { min: 900, max: 43_200, maxChained: 3600, default: 3600 } as const;

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** The longest role session name that STS accepts. */
export const MAX_SESSION_NAME_LENGTH = 64;

/**
 * Whether STS accepts this role session name: 2 to 64 characters `[\w+=,.@-]`.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function isSessionName(name: string): boolean {
  return SESSION_NAME.test(name);
}

/** The nearest role session name that STS accepts: other characters become `-`, and extra length is cut. */
export function cleanSessionName(text: string): string {
  const cleaned = text.replaceAll(/[^\w+=,.@-]/g, "-").slice(0, MAX_SESSION_NAME_LENGTH);
  return cleaned.padEnd(2, "-");
}

/** A session tag, as role chaining passes it on. */
export interface SessionTag {
  readonly key: string;
  readonly value: string;
}

/**
 * Limits of session tags.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
 */
export const SESSION_TAG_LIMITS = { maxTags: 50, maxKeyLength: 128, maxValueLength: 256 } as const;

// Patterns with Unicode properties are created where they are used: each costs V8 a millisecond.

export function isTagKey(key: string): boolean {
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) && !/^aws:/i.test(key);
}

export function isTagValue(value: string): boolean {
  return /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value);
}

/** The nearest value that STS accepts: other characters become `_`, and extra length is cut. */
export function cleanTagValue(text: string): string {
  const cleaned = [...text.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "_")];
  return cleaned.slice(0, SESSION_TAG_LIMITS.maxValueLength).join("");
}
