import type { NamedCause } from "../../../foundation/cause.ts";
import type { StatementMiss, StatementResult } from "../evaluate/decision.ts";
import { issuerPrefix, parseProviderArn } from "../model/provider.ts";
import { claimValues, type WebIdentityRequestContext } from "../model/request.ts";

type PrincipalMiss = Extract<StatementMiss, { kind: "principal" }>;

const REASONS: Readonly<Record<PrincipalMiss["reason"], string>> = {
  "principal-is-other-provider":
    "OIDC is not configured for this project: the policy trusts another identity provider",
  "principal-in-other-account": "The policy trusts the identity provider of another account than the role's",
  "principal-in-other-partition": "The policy trusts the identity provider of another AWS partition",
  "principal-case-differs":
    "The identity provider's URL differs in upper and lower case from the token's issuer",
  "principal-url-differs": "The identity provider's URL is written otherwise than the token's issuer",
  "principal-not-federated":
    "OIDC is not configured for this project: the policy trusts no identity provider",
  "principal-is-everyone": "Whether AWS takes a Principal of `*` for ID tokens is documented nowhere",
};

/** Whether a statement trusts another issuer altogether, and not this one with a slip of the pen. */
export function isOtherIssuer(miss: StatementMiss): miss is PrincipalMiss {
  return miss.kind === "principal" && miss.reason === "principal-is-other-provider";
}

const CHECK_ROLE =
  "Check that this is the role that was meant, and the instance: a project of the same path elsewhere may be somebody else's.";

const ADD_STATEMENT = "Check that this is the role that was meant; if so, add a statement for this project.";

/** Says what is wrong with whom a statement trusts, and what mends it without letting others in. */
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
    reason: `${place} trusts several providers and tests keys of more than one, such as ${foreign.key}: a token comes from one provider only, so that the statement never matches.`,
    fix: "Write one statement per provider, each with the keys of its own.",
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
    fix: `Demand what GitLab's token has:\n"StringEquals": ${JSON.stringify({ [`${host}:aud`]: aud, [`${host}:sub`]: sub })}`,
  };
}

const isGithubKey = (key: string): boolean => /^token\.actions\.githubusercontent\.com:/i.test(key);
