import type { NamedCause } from "../foundation/cause.ts";
import { showValue } from "../foundation/quote.ts";
import type { GitLabJob } from "./job.ts";

/** What a finding is read from. */
export interface InspectedToken {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly issuedAt: Date | undefined;
  readonly all: Readonly<Record<string, unknown>>;
}

export type TokenFindingId =
  | "issuer-differs"
  | "fork"
  | "fork-unnoticed"
  | "clock-ahead"
  | "custom-sub"
  | "merge-request"
  | "tag"
  | "default-audience"
  | "unprotected-ref"
  | "unprotected-environment"
  | "public-project";

/** Something that the token itself shows. */
export interface TokenFinding {
  readonly id: TokenFindingId;
  /**
   * `notice`: told before AWS is asked. `detail`: told by the doctor. `evidence`: told only after a refusal that it
   * bears on, as the others are too.
   */
  readonly weight: "notice" | "detail" | "evidence";
  /** A sentence without anything personal. */
  readonly text: string;
  /** What it may have caused, and what kind of refusal that would be. */
  readonly explains?: {
    readonly topic: "trust-policy" | "identity-provider" | "clock";
    readonly cause: NamedCause;
    /** Whether that is more likely than what else may have happened, or less. */
    readonly rank: "first" | "last";
  };
}

/** Looks for one thing in a token. */
export type TokenRule = (token: InspectedToken, job: GitLabJob, now: Date) => TokenFinding | undefined;

/** The token with every claim as text that can be shown, since findings tell what claims say. */
export function withTextClaims(token: InspectedToken): InspectedToken {
  const claims = Object.entries(token.all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, showValue(value)]);
  return {
    ...token,
    iss: showValue(token.iss),
    aud: showValue(token.aud),
    sub: showValue(token.sub),
    all: Object.fromEntries(claims),
  };
}
