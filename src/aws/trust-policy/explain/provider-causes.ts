import type { NamedCause } from "../../../foundation/cause.ts";
import type { StatementMiss, StatementResult } from "../evaluate/decision.ts";
import { issuerPrefix, parseProviderArn } from "../model/provider.ts";
import { claimValues, type WebIdentityRequestContext } from "../model/request.ts";

type PrincipalMiss = Extract<StatementMiss, { kind: "principal" }>;

const REASONS: Readonly<Record<PrincipalMiss["reason"], string>> = {
  "principal-is-other-provider":
    "OIDC is not configured for this project: the policy trusts another identity provider",
  "principal-in-other-account":
    "The policy trusts an identity provider in a different account from the role's",
  "principal-in-other-partition": "The policy trusts the identity provider of another AWS partition",
  "principal-case-differs":
    "The identity provider's URL differs from the token's issuer in upper and lower case",
  "principal-url-differs": "The identity provider's URL is written differently from the token's issuer",
  "principal-not-federated":
    "OIDC is not configured for this project: the policy trusts no identity provider",
  "principal-is-everyone": "AWS does not document whether it accepts a Principal of `*` for ID tokens",
};

/** Whether a statement trusts an entirely different issuer, not this one with a typo. */
export function isOtherIssuer(miss: StatementMiss): miss is PrincipalMiss {
  return miss.kind === "principal" && miss.reason === "principal-is-other-provider";
}

const CHECK_ROLE =
  "Check that this is the right role, and the right GitLab instance: a project with the same path elsewhere may be someone else's.";

const ADD_STATEMENT = "Check that this is the right role; if so, add a statement for this project.";

/** Says what is wrong with a statement's principal, and how to fix it without letting others in. */
export function explainPrincipal(miss: PrincipalMiss, { conditions }: StatementResult): NamedCause {
  const asksForSubject = conditions.some(({ keys }) => keys.some(({ key }) => /:sub$/i.test(key)));
  const isSlip = miss.reason !== "principal-not-federated" && asksForSubject;
  const fix = isSlip ? `"Principal": {"Federated": "${miss.actual}"}` : ADD_STATEMENT;
  return {
    id: miss.reason === "principal-is-everyone" ? "everyone" : "other-provider",
    reason: `${REASONS[miss.reason]} (${miss.place}: ${miss.wanted.join(", ")}).`,
    fix: miss.reason === "principal-is-other-provider" ? CHECK_ROLE : fix,
  };
}

const prefixOf = (key: string): string => key.slice(0, key.lastIndexOf(":")).toLowerCase();

/** A statement for several providers that tests keys of more than one of them, which no token has. */
export function explainMixedProviders(
  { place, principal }: StatementResult,
  misses: readonly StatementMiss[],
): NamedCause | undefined {
  const hosts = principal.wanted.map((id) => parseProviderArn(id)?.url.toLowerCase());
  const foreign = misses.find(
    (miss) =>
      miss.kind === "condition" &&
      miss.reason === "key-of-other-issuer" &&
      hosts.includes(prefixOf(miss.key)),
  );
  if (hosts.length < 2 || foreign === undefined || foreign.kind !== "condition") return undefined;
  return {
    id: "two-providers",
    reason: `${place} trusts several providers and tests keys of more than one, such as ${foreign.key}: a token comes from one provider only, so the statement never matches.`,
    fix: "Write one statement per provider, each with its own keys.",
  };
}

/** Conditions of a policy for GitHub under GitLab's provider. */
export function explainGithubKeys(
  misses: readonly StatementMiss[],
  context: WebIdentityRequestContext,
): NamedCause | undefined {
  const keys = misses.flatMap((miss) =>
    miss.kind === "condition" && isGithubKey(miss.key) ? [miss.key] : [],
  );
  if (keys.length === 0) return undefined;
  const host = issuerPrefix(context.issuer);
  const [sub, aud] = ["sub", "aud"].map((name) => claimValues(context.claims[name])[0]);
  return {
    id: "github-sub",
    reason: `The conditions are GitHub's (${keys.join(", ")}), but the statement trusts ${host}, whose tokens have no such keys.`,
    fix: `Require what GitLab's token has:\n"StringEquals": ${JSON.stringify({ [`${host}:aud`]: aud, [`${host}:sub`]: sub })}`,
  };
}

const isGithubKey = (key: string): boolean => /^token\.actions\.githubusercontent\.com:/i.test(key);
