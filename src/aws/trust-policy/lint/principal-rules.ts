import { memberPlace } from "../../../foundation/json-places.ts";
import { allowsAction, coversAction } from "../evaluate/actions.ts";
import { keyNameFor } from "../model/condition-keys.ts";
import {
  isEveryone,
  mapPrincipalIds,
  type Principal,
  principalIds,
  type Statement,
  statementPlace,
} from "../model/policy.ts";
import {
  buildProviderArn,
  issuerPrefix,
  looseProviderUrl,
  type ProviderArn,
  parseProviderArn,
} from "../model/provider.ts";
import { ASSUME_ROLE_WITH_WEB_IDENTITY } from "../model/request.ts";
import type { LintFault, LintSite } from "./finding.ts";
import { correctStatement, renameKeys } from "./site.ts";

const trusting = (arn: string): Principal => ({
  kind: "listed",
  entries: [{ type: "Federated", ids: [arn] }],
});

function principalFault(site: LintSite, message: string, corrected: Statement | undefined): LintFault {
  const place = memberPlace(statementPlace(site.index), "Principal");
  if (corrected === undefined) return { place, message };
  return { place, message, correction: correctStatement(site, corrected) };
}

/** Trusts the provider of the expected issuer, if issuer and account are known, and tests its keys. */
function trustExpected(site: LintSite): Statement | undefined {
  const { issuer, role } = site.options;
  if (issuer === undefined || role === undefined) return undefined;
  const rename = (key: string): string => {
    const name = site.hosts.map((host) => keyNameFor(key, host)).find((found) => found !== undefined);
    return name === undefined ? key : `${issuerPrefix(issuer)}:${name}`;
  };
  const renamed = renameKeys(site.statement, rename);
  return renamed && { ...renamed, principal: trusting(buildProviderArn(role, issuer)) };
}

/** Rewrites every provider of the statement. */
function rewriteProviders(site: LintSite, rewrite: (provider: ProviderArn) => ProviderArn): Statement {
  const rewriteId = (id: string): string => {
    const provider = parseProviderArn(id);
    return provider === undefined ? id : buildProviderArn(rewrite(provider), rewrite(provider).url);
  };
  return { ...site.statement, principal: mapPrincipalIds(site.statement.principal, rewriteId) };
}

const providersOf = (statement: Statement): readonly ProviderArn[] =>
  principalIds(statement.principal, "Federated")
    .map(parseProviderArn)
    .filter((provider) => provider !== undefined);

const trustsEveryone = ({ principal }: Statement): boolean =>
  isEveryone(principal) || principalIds(principal, "Federated").includes("*");

/** `"*"`: undocumented for web identities, and open to everything else it covers. */
export function findEveryone(site: LintSite): readonly LintFault[] {
  if (!trustsEveryone(site.statement)) return [];
  const message =
    '"Principal" covers everyone, not just your provider. Name the provider under "Federated", and nobody else.';
  return [principalFault(site, message, trustExpected(site))];
}

/** No OIDC provider is named, or only a pattern for one: principals allow no wildcards. */
export function findNoProvider(site: LintSite): readonly LintFault[] {
  const isExact = (provider: ProviderArn) => !/[*?]/.test(`${provider.accountId}${provider.url}`);
  if (trustsEveryone(site.statement) || providersOf(site.statement).some(isExact)) return [];
  const message =
    '"Principal" names no OIDC provider. Set "Federated" to "arn:aws:iam::<account>:oidc-provider/<host>".';
  return [principalFault(site, message, trustExpected(site))];
}

export function findSchemeInProvider(site: LintSite): readonly LintFault[] {
  const scheme = /^https?:\/*/i;
  return providersOf(site.statement)
    .filter(({ url }) => scheme.test(url))
    .map(({ url }) =>
      principalFault(
        site,
        `The provider's ARN ends in "${url}", but ARNs hold the URL without scheme. Remove it.`,
        rewriteProviders(site, (provider) => ({ ...provider, url: provider.url.replace(scheme, "") })),
      ),
    );
}

/** GitLab's `iss` never ends in a slash. */
export function findSlashInProvider(site: LintSite): readonly LintFault[] {
  return providersOf(site.statement)
    .filter(({ url }) => url.endsWith("/"))
    .map(({ url }) =>
      principalFault(
        site,
        `The provider "${url}" ends in a slash, but the token's "iss" does not. Create a provider without it.`,
        rewriteProviders(site, (provider) => ({ ...provider, url: provider.url.replace(/\/+$/, "") })),
      ),
    );
}

/** How a trusted provider differs from the expected issuer. */
type ProviderDifference = "case" | "path" | "other";

function differenceTo(url: string, expected: string): ProviderDifference | undefined {
  if (url.toLowerCase() === expected.toLowerCase()) return "case";
  if (looseProviderUrl(url) === looseProviderUrl(expected)) return undefined;
  const authority = (text: string) => looseProviderUrl(text).split("/")[0];
  return authority(url) === authority(expected) ? "path" : "other";
}

/** Looks for providers other than the expected one, unless some statement trusts that one. */
const findOtherProvider =
  (difference: ProviderDifference) =>
  (site: LintSite): readonly LintFault[] => {
    const { issuer } = site.options;
    if (issuer === undefined) return [];
    const expected = issuerPrefix(issuer);
    const isTrusted = site.siblings.some((statement) =>
      providersOf(statement).some(({ url }) => url === expected),
    );
    if (isTrusted) return [];
    return providersOf(site.statement)
      .filter(({ url }) => differenceTo(url, expected) === difference)
      .map(({ url }) =>
        difference === "other"
          ? principalFault(
              site,
              `The statement trusts "${url}", but the token's issuer is "${expected}". Check that this is the right role.`,
              undefined,
            )
          : principalFault(
              site,
              `The statement trusts "${url}", but the token's issuer is "${expected}". Trust that provider.`,
              trustExpected(site),
            ),
      );
  };

export const findProviderOfOtherCase = findOtherProvider("case");
export const findProviderOfOtherPath = findOtherProvider("path");
export const findProviderOfOtherHost = findOtherProvider("other");

/** Provider and role must share an account. */
export function findProviderOfOtherAccount(site: LintSite): readonly LintFault[] {
  const { role } = site.options;
  if (role === undefined) return [];
  const isHome = (provider: ProviderArn) =>
    provider.accountId === role.accountId && provider.partition === role.partition;
  const providers = providersOf(site.statement);
  if (providers.length === 0 || site.siblings.flatMap(providersOf).some(isHome)) return [];
  const found = providers.map(({ partition, accountId }) => `${partition} account ${accountId}`);
  return [
    principalFault(
      site,
      `The provider is in ${found.join(", ")}, but the role is in ${role.partition} account ${role.accountId}. Create the provider there.`,
      rewriteProviders(site, (provider) => ({ ...provider, ...role })),
    ),
  ];
}

/** Actions that go with the exchange, often in a separate statement. */
const COMPANIONS = ["sts:TagSession", "sts:SetSourceIdentity"];

const OTHER_WAYS = ["sts:AssumeRole", "sts:AssumeRoleWithSAML"];

const isOneOf = (actions: readonly string[], pattern: string) =>
  actions.some((action) => action.toLowerCase() === pattern.toLowerCase());

/** Tells whether a statement is about the exchange itself, not only about tags or source identity. */
export function concernsExchange({ action }: Statement): boolean {
  return !(action.element === "Action" && action.patterns.every((pattern) => isOneOf(COMPANIONS, pattern)));
}

/** The action of another way into the role, usually plain `sts:AssumeRole`. */
export function findOtherAction(site: LintSite): readonly LintFault[] {
  const { action } = site.statement;
  const statement = statementPlace(site.index);
  if (allowsAction(action, ASSUME_ROLE_WITH_WEB_IDENTITY)) return [];
  const kept = action.patterns.filter((pattern) => !isOneOf(OTHER_WAYS, pattern));
  const excluding = action.patterns.filter(
    (pattern) => !coversAction(pattern, ASSUME_ROLE_WITH_WEB_IDENTITY),
  );
  const patterns = action.element === "Action" ? [ASSUME_ROLE_WITH_WEB_IDENTITY, ...kept] : excluding;
  const corrected = { ...site.statement, action: { element: action.element, patterns } };
  return [
    {
      place: memberPlace(statement, action.element),
      message: `"${action.element}" does not allow "${ASSUME_ROLE_WITH_WEB_IDENTITY}", which ID tokens need. Add it.`,
      ...(patterns.length === 0 ? {} : { correction: correctStatement(site, corrected) }),
    },
  ];
}
