/**
 * Bounds of a role session in seconds. One of role chaining lasts an hour at most, whatever the role allows.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const DURATION_SECONDS = { min: 900, max: 43_200, maxChained: 3600, default: 3600 } as const;
