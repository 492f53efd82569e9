import type { AssumeRoleConfig } from "../config/assume-role-config.ts";

/** What the ID token shows that may surprise, before AWS is asked. */
export function tokenNotes({ idToken, job }: AssumeRoleConfig): readonly string[] {
  const { iss } = idToken.claims;
  if (job.serverUrl === undefined || iss === job.serverUrl) return [];
  return [
    `The token's issuer is ${iss}, while this instance is ${job.serverUrl}. ` +
      "That is right only if the instance sets `ci_id_tokens_issuer_url`; the identity provider in AWS must have the issuer's URL.",
  ];
}
