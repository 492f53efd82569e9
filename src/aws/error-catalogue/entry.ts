import type { StsFault } from "../sts/sts.ts";
import type { Situation } from "./context.ts";

/** Which failures an entry explains: those of the kind that fit every pattern. */
export interface Match {
  readonly kind: StsFault["kind"];
  readonly code?: RegExp;
  readonly httpStatus?: RegExp;
  readonly phase?: "connect" | "answer";
  /** Named groups of it become names of the entry's texts. */
  readonly message?: RegExp;
}

/**
 * A text with names in braces: `{accountId}`. As `{$aud}` the name is a word of a shell command, and as `{'aud}` a string of
 * JSON between single quotes; each is quoted for that. Version 1 of the AWS CLI fetches a parameter that begins with
 * `https://`, but nothing inside JSON.
 *
 * The names are those of `names.ts` and of the groups of the entry's own message pattern.
 */
export type Template = string;

/** How likely a cause is: `shown` by what is known, `possible`, or `excluded`. */
export type Likelihood = "shown" | "possible" | "excluded";

/** Of a cause that makes sense where STS was asked. */
export function ofSts({ issuerPage }: Situation): Likelihood {
  return issuerPage === undefined ? "possible" : "excluded";
}

/** Of one that makes sense where the issuer was asked. */
export function ofIssuer({ issuerPage }: Situation): Likelihood {
  return issuerPage === undefined ? "excluded" : "possible";
}

/** Of one about condition keys that STS makes of the claims of gitlab.com alone. */
export function onGitlabCom({ token }: Situation): Likelihood {
  return token?.iss === "https://gitlab.com" ? "possible" : "excluded";
}

/** Of one that is possible for other instances, or where the instance is not known. */
export function unlessGitlabCom(situation: Situation): Likelihood {
  return onGitlabCom(situation) === "excluded" ? "possible" : "excluded";
}

export interface CatalogueCause {
  readonly id: string;
  readonly reason: Template;
  /** The one command, YAML or sentence that settles or mends it. */
  readonly fix: Template;
  /** What rules it in or out for sure, so that nobody has to guess once that is at hand. */
  readonly settledBy?: "trust-policy";
  /** `possible` unless given. */
  readonly likelihood?: (situation: Situation) => Likelihood;
}

/** What else can tell causes of a failure: findings in the token, a trust policy at hand. */
export type Topic = "trust-policy" | "identity-provider" | "clock";

/** One known failure. */
export interface CatalogueEntry {
  readonly id: string;
  readonly match: Match;
  /** The words that a log shows and that users search for; the heading in `docs/troubleshooting.md`. */
  readonly title: string;
  /** The fault in plain words, for the first line. */
  readonly verdict: Template;
  /** What the failure says beyond its verdict. */
  readonly meaning?: Template;
  readonly topic?: Topic;
  /** In the order of likelihood where nothing else is known. */
  readonly causes: readonly [CatalogueCause, ...CatalogueCause[]];
}
