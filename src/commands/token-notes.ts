import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import type { TokenFinding } from "../gitlab/token-finding.ts";
import { findInToken } from "../gitlab/token-findings.ts";

/** What the ID token of a run shows. */
export function findInRun({ idToken, job }: AssumeRoleConfig, now: Date): readonly TokenFinding[] {
  return findInToken(idToken.claims, job, now);
}

/** What the ID token shows that the reader should know before AWS is asked, whatever AWS says. */
export function tokenNotes(config: AssumeRoleConfig, now: Date): readonly string[] {
  return findInRun(config, now)
    .filter(({ weight }) => weight === "notice")
    .map(({ text }) => text);
}
