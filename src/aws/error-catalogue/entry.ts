import type { StsFault } from "../sts/sts.ts";
import type { Situation } from "./context.ts";

/** Which failures an entry explains: those of the kind that match every pattern. */
export interface Match {
  readonly kind: StsFault["kind"];
  readonly code?: RegExp;
  readonly httpStatus?: RegExp;
  readonly phase?: "connect" | "answer";
  /** Its named groups become names in the entry's texts. */
  readonly message?: RegExp;
}

/**
 * A text with names in braces: `{accountId}`. `{$aud}` quotes the value as a word of a shell command, `{'aud}` as a
 * JSON string between single quotes. Version 1 of the AWS CLI fetches a parameter that begins with `https://`, but
 * nothing inside JSON.
 *
 * The names are those in `names.ts` and the groups of the entry's own message pattern.
 */
export type Template = string;

/** How likely a cause is: `shown` by the facts, `possible`, or `excluded`. */
export type Likelihood = "shown" | "possible" | "excluded";

/** For a cause that makes sense if the request went to STS. */
export function ofSts({ issuerPage }: Situation): Likelihood {
  return issuerPage === undefined ? "possible" : "excluded";
}

/** For one that makes sense if the request went to the issuer. */
export function ofIssuer({ issuerPage }: Situation): Likelihood {
  return issuerPage === undefined ? "excluded" : "possible";
}

/** For one about condition keys that STS offers for gitlab.com only. */
export function onGitlabCom({ token }: Situation): Likelihood {
  return token?.iss === "https://gitlab.com" ? "possible" : "excluded";
}

/** For one that is possible for other instances, or if the instance is unknown. */
export function unlessGitlabCom(situation: Situation): Likelihood {
  return onGitlabCom(situation) === "excluded" ? "possible" : "excluded";
}

export interface CatalogueCause {
  readonly id: string;
  readonly reason: Template;
  /** The one command, YAML or sentence that confirms or fixes it. */
  readonly fix: Template;
  /** A finding that confirms or excludes it for certain. */
  readonly settledBy?: "trust-policy";
  /** `possible` unless given. */
  readonly likelihood?: (situation: Situation) => Likelihood;
}

/** Other sources of a failure's causes: findings in the token, a known trust policy. */
export type Topic = "trust-policy" | "identity-provider" | "clock";

/** One known failure. */
export interface CatalogueEntry {
  readonly id: string;
  readonly match: Match;
  /** The words that a log shows and users search for; the heading in `docs/troubleshooting.md`. */
  readonly title: string;
  /** The fault in plain words, for the first line. */
  readonly verdict: Template;
  /** What the failure means beyond its verdict. */
  readonly meaning?: Template;
  readonly topic?: Topic;
  /** In order of likelihood if nothing else is known. */
  readonly causes: readonly [CatalogueCause, ...CatalogueCause[]];
}
