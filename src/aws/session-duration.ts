/**
 * Bounds of a role session in seconds.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export const DURATION_SECONDS = { min: 900, max: 43_200, default: 3600 } as const;
