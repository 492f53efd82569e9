import { memberPlace } from "../../../foundation/json-places.ts";
import {
  DEFAULT_KEYS,
  GITLAB_COM,
  GITLAB_COM_KEYS,
  isAwsKey,
  issuerKeys,
  keyNameFor,
} from "../model/condition-keys.ts";
import { type ConditionTest, type Statement, statementPlace } from "../model/policy.ts";
import { issuerPrefix, looseProviderUrl } from "../model/provider.ts";
import { adviseOnClaim } from "../model/sub-components.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { faultOf, holdsWithoutKey, isGithubKey, mixesProviders, renameKeys } from "./site.ts";

/** How a condition key relates to the providers of its statement. */
type KeyOrigin =
  | { readonly kind: "aws" }
  | { readonly kind: "issuer"; readonly host: string; readonly name: string }
  | {
      readonly kind: "misspelt";
      readonly slip: "scheme" | "slash" | "path" | "other";
      readonly host: string;
      readonly name: string;
    };

const isNamed = (name: string, keys: readonly { readonly name: string }[]) =>
  keys.some((key) => key.name === name);

const authorityOf = (url: string) => looseProviderUrl(url).split("/")[0];

function slipOf(prefix: string, host: string): "scheme" | "slash" | "path" | "other" {
  if (looseProviderUrl(prefix) === looseProviderUrl(host)) {
    return /^https?:/i.test(prefix) ? "scheme" : "slash";
  }
  return authorityOf(prefix) === authorityOf(host) ? "path" : "other";
}

function originOf(key: string, hosts: readonly string[]): KeyOrigin | undefined {
  if (isAwsKey(key)) return { kind: "aws" };
  for (const host of hosts) {
    const name = keyNameFor(key, host);
    if (name !== undefined) return { kind: "issuer", host, name };
  }
  const [host] = hosts;
  if (host === undefined) return undefined;
  const colon = key.lastIndexOf(":");
  const slip = slipOf(key.slice(0, Math.max(colon, 0)), host);
  return { kind: "misspelt", slip, host, name: key.slice(colon + 1).toLowerCase() };
}

/** Rewrites every key of a claim that AWS offers with its provider's prefix. */
function respellKeys(site: LintSite): Statement | undefined {
  return renameKeys(site.statement, (key) => {
    const origin = originOf(key, site.hosts);
    const isMeant = origin?.kind === "misspelt" && isNamed(origin.name, DEFAULT_KEYS);
    return isMeant ? `${origin.host}:${origin.name}` : key;
  });
}

/** Finds keys of one origin that let nobody in, and says what is wrong with each. */
function findByOrigin(
  site: LintSite,
  describe: (origin: KeyOrigin, test: ConditionTest) => string | undefined,
): readonly LintFault[] {
  return site.statement.conditions.flatMap((test) => {
    if (holdsWithoutKey(site, test)) return [];
    const origin = originOf(test.key, site.hosts);
    const message = origin === undefined ? undefined : describe(origin, test);
    if (origin === undefined || message === undefined) return [];
    const isMeant = origin.kind === "misspelt" && isNamed(origin.name, DEFAULT_KEYS);
    return [faultOf(site, test, { message, corrected: isMeant ? respellKeys(site) : undefined })];
  });
}

const advise = (claim: string, { options }: LintSite): string =>
  adviseOnClaim(claim, options.subject).replaceAll("`", '"');

const neverPresent = (key: string) => `No request has the condition key "${key}"`;

/** Finds keys whose prefix differs from the provider's URL in one way. */
const findSlip =
  (slip: "scheme" | "slash" | "path" | "other", hint: (host: string) => string) =>
  (site: LintSite): readonly LintFault[] =>
    findByOrigin(site, (origin, test) =>
      origin.kind === "misspelt" && origin.slip === slip
        ? `${neverPresent(test.key)}. ${hint(origin.host)}`
        : undefined,
    );

export const findSchemeInKey = findSlip("scheme", (host) => `Write "${host}:…", without "https://".`);

export const findSlashInKey = findSlip("slash", (host) => `Write "${host}:…", without a slash at the end.`);

export const findPathInKey = findSlip(
  "path",
  (host) => `The path belongs to the prefix too: write "${host}:…".`,
);

const findOtherPrefix = findSlip("other", (host) => `The statement trusts "${host}": write "${host}:…".`);

/** Keys of the job's issuer are right if it is the provider that is wrong; GitHub's keys have their own rule. */
export function findWrongPrefix(site: LintSite): readonly LintFault[] {
  const { issuer } = site.options;
  const expected = issuer === undefined ? undefined : issuerPrefix(issuer);
  const isTold = ({ key }: ConditionTest) =>
    isGithubKey(key) ||
    (expected !== undefined && !site.hosts.includes(expected) && keyNameFor(key, expected) !== undefined);
  const conditions = site.statement.conditions.filter((test) => !isTold(test));
  const correctable = conditions.length === site.statement.conditions.length;
  const faults = findOtherPrefix({ ...site, statement: { ...site.statement, conditions } });
  return correctable ? faults : faults.map(({ place, message }) => ({ place, message }));
}

/** A statement for several providers that asks for keys of more than one, which no token has. */
export function findMixedProviders(site: LintSite): readonly LintFault[] {
  if (!mixesProviders(site)) return [];
  return [
    {
      place: memberPlace(statementPlace(site.index), "Condition"),
      message: `The statement asks for keys of ${site.hosts.join(" and ")} at once, but a token comes from one provider: it never matches. Write one statement per provider, each with its own keys.`,
    },
  ];
}

/** A claim is a condition key only if AWS says so. */
export function findUnknownClaim(site: LintSite): readonly LintFault[] {
  return findByOrigin(site, (origin, test) => {
    if (origin.kind !== "issuer") return undefined;
    if (isNamed(origin.name, [...DEFAULT_KEYS, ...GITLAB_COM_KEYS])) return undefined;
    return `${neverPresent(test.key)}: AWS does not offer this claim. ${advise(origin.name, site)}`;
  });
}

/** The further keys exist for gitlab.com only. */
export function findGitlabComKeyElsewhere(site: LintSite): readonly LintFault[] {
  return findByOrigin(site, (origin, test) => {
    if (origin.kind !== "issuer" || origin.host === GITLAB_COM) return undefined;
    if (!isNamed(origin.name, GITLAB_COM_KEYS)) return undefined;
    return `${neverPresent(test.key)}: AWS offers it for gitlab.com only. ${advise(origin.name, site)}`;
  });
}

/** Keys that AWS offers for every provider, but whose claims no ID token of GitLab has. */
const NEVER_ISSUED: readonly string[] = ["amr", "email"];

function isNeverThere(origin: KeyOrigin): origin is Exclude<KeyOrigin, { kind: "aws" }> {
  if (origin.kind === "aws") return false;
  if (origin.kind === "misspelt" || NEVER_ISSUED.includes(origin.name)) return true;
  return !isNamed(origin.name, issuerKeys(origin.host));
}

/**
 * A condition on a key that no token has, which holds for that very reason: `…IfExists`, a negation, `ForAllValues`.
 */
export function findAlwaysHolding(site: LintSite): readonly LintFault[] {
  return site.statement.conditions.flatMap((test) => {
    const origin = originOf(test.key, site.hosts);
    if (origin === undefined || !isNeverThere(origin) || !holdsWithoutKey(site, test)) return [];
    const [host] = site.hosts;
    const isMeant = origin.kind === "misspelt" && isNamed(origin.name, DEFAULT_KEYS);
    const fix = isMeant ? `Write "${host}:${origin.name}".` : advise(origin.name, site);
    return [
      faultOf(site, test, {
        message: `No request with a token of "${host}" has the condition key "${test.key}", so "${test.operator}" always holds and keeps nobody out. ${fix}`,
      }),
    ];
  });
}
