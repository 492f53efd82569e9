import { allowsAction } from "../evaluate/actions.ts";
import { parseTrustPolicy } from "../model/parse.ts";
import {
  isEveryone,
  principalIds,
  type Statement,
  statementPlace,
  type TrustPolicy,
} from "../model/policy.ts";
import { issuerPrefix, parseProviderArn } from "../model/provider.ts";
import { renderPolicy } from "../model/render.ts";
import {
  ASSUME_ROLE_WITH_WEB_IDENTITY,
  type Claims,
  claimValues,
  type WebIdentityRequestContext,
} from "../model/request.ts";
import { subjectValue } from "../model/subject.ts";
import { findContributors, findStrangers } from "./admission-rules.ts";
import type { LintCorrection, LintFault, LintFinding, LintOptions, LintRuleId, LintSite } from "./finding.ts";
import { isOtherProvider, listUnjudged, type UnjudgedStatement } from "./other-principals.ts";
import { concernsExchange } from "./principal-rules.ts";
import { LINT_RULES, type LintRule } from "./rules.ts";
import { correctStatement, narrowToJob } from "./site.ts";

/** Whether a statement may admit ID tokens of GitLab, or was meant to. */
function concernsGitlab({ principal, action }: Statement): boolean {
  if (isEveryone(principal)) return allowsAction(action, ASSUME_ROLE_WITH_WEB_IDENTITY);
  const federated = principalIds(principal, "Federated");
  if (federated.length > 0) return !federated.every(isOtherProvider);
  return action.patterns.some(
    (pattern) => pattern.toLowerCase() === ASSUME_ROLE_WITH_WEB_IDENTITY.toLowerCase(),
  );
}

const isLinted = (statement: Statement): boolean =>
  statement.effect === "Allow" && concernsGitlab(statement) && concernsExchange(statement);

/** The intended issuer prefix, whatever typo the ARN has. */
const meantHost = (url: string) => url.replace(/^https?:\/*/i, "").replace(/\/+$/, "");

function hostsOf({ principal }: Statement, options: LintOptions): readonly string[] {
  const federated = principalIds(principal, "Federated");
  const hosts = federated
    .filter((id) => !isOtherProvider(id))
    .map((id) => parseProviderArn(id)?.url)
    .filter((url) => url !== undefined)
    .map(meantHost);
  if (hosts.length > 0 || options.issuer === undefined) return hosts;
  return [issuerPrefix(options.issuer)];
}

function buildSites(policy: TrustPolicy, options: LintOptions): readonly LintSite[] {
  const siblings = policy.statements.filter(isLinted);
  return policy.statements.flatMap((statement, index) =>
    isLinted(statement)
      ? [{ policy, index, statement, siblings, hosts: hostsOf(statement, options), options }]
      : [],
  );
}

function applyRule(rule: LintRule, policy: TrustPolicy, sites: readonly LintSite[]): readonly LintFinding[] {
  const { id, severity } = rule;
  const faults = "inPolicy" in rule ? rule.inPolicy(policy) : sites.flatMap(rule.inStatement);
  return faults.map((fault) => ({ id, severity, ...fault }));
}

const isOf = (index: number, { place }: LintFinding): boolean =>
  place === statementPlace(index) || place.startsWith(`${statementPlace(index)}.`);

/** Findings that a role is too wide in the refs of a project. */
const ON_REFS: readonly LintRuleId[] = ["ignore-case", "prefix-glob", "ref-star"];

/** Findings that a role is too wide, but not open to strangers. */
const NOT_ON_PROJECTS: readonly LintRuleId[] = [
  "always-holds",
  "any-aud",
  "forall",
  "ifexists",
  "no-aud",
  "open-provider",
  ...ON_REFS,
];

/** Checks the conditions of a statement together, for those whom no finding mentions yet. */
function findOutsiders(site: LintSite, found: readonly LintFinding[]): readonly LintFault[] {
  const told = found.filter((finding) => finding.severity === "too-wide" && isOf(site.index, finding));
  if (told.some(({ id }) => !NOT_ON_PROJECTS.includes(id))) return [];
  const strangers = findStrangers(site);
  const isOnRefs = ({ id }: LintFinding) => ON_REFS.includes(id);
  return strangers.length > 0 || told.some(isOnRefs) ? strangers : findContributors(site);
}

/** Findings after which no token can match a statement, whatever values its conditions have. */
const ON_KEYS: readonly LintRuleId[] = [
  "http-url",
  "path-url",
  "self-managed-extra",
  "slash-url",
  "two-providers",
  "unknown-claim",
  "wrong-prefix",
];

/** A missing audience opens nothing in a statement that no token can match. */
function withoutAlarm(finding: LintFinding, found: readonly LintFinding[]): LintFinding {
  const isOfSame = ({ place }: LintFinding) => place.startsWith(finding.place);
  const isClosed = found.some((other) => ON_KEYS.includes(other.id) && isOfSame(other));
  return finding.id === "no-aud" && isClosed ? { ...finding, severity: "style" } : finding;
}

function findBy(
  rules: readonly LintRule[],
  policy: TrustPolicy,
  sites: readonly LintSite[],
): readonly LintFinding[] {
  const found = rules.flatMap((rule) => applyRule(rule, policy, sites));
  const outsiders = sites.flatMap((site) => findOutsiders(site, found));
  return [
    ...found.map((finding) => withoutAlarm(finding, found)),
    ...outsiders.map((fault) => ({ id: "stranger", severity: "too-wide", ...fault }) as const),
  ];
}

/** The policy with a correction applied. */
function applyCorrection(policy: TrustPolicy, { place, text }: LintCorrection): TrustPolicy | undefined {
  const index = policy.statements.findIndex((_, at) => place === statementPlace(at));
  const corrected =
    index < 0
      ? { ...JSON.parse(renderPolicy(policy)), [place]: JSON.parse(text) }
      : { Version: policy.version, Statement: JSON.parse(text) };
  const parsed = parseTrustPolicy(JSON.stringify(corrected));
  if (parsed.kind === "problems") return undefined;
  const [statement] = parsed.policy.statements;
  if (index < 0 || statement === undefined) return parsed.policy;
  return { ...policy, statements: policy.statements.with(index, statement) };
}

/** The rules that find dangers, and those that find a statement which admits nobody and so is not dangerous. */
const DANGER_RULES = LINT_RULES.filter(({ id, severity }) => severity === "too-wide" || ON_KEYS.includes(id));

/** The rules that find the text at a place too wide, or the whole policy if the place is its version. */
function dangersAt(policy: TrustPolicy, place: string): readonly LintRuleId[] {
  const isThere = (at: string): boolean => place === "Version" || at.startsWith(place);
  const sites = buildSites(policy, {}).filter(({ index }) => isThere(statementPlace(index)));
  return findBy(DANGER_RULES, policy, sites)
    .filter((finding) => finding.severity === "too-wide" && isThere(finding.place))
    .map(({ id }) => id);
}

/** Whether a finding's correction may let too many in who did not get in before. */
function letsTooManyIn(policy: TrustPolicy, finding: LintFinding): boolean {
  const { severity, correction } = finding;
  if (correction === undefined) return false;
  const corrected = applyCorrection(policy, correction);
  if (corrected === undefined) return true;
  const after = dangersAt(corrected, correction.place);
  if (opens(finding)) return after.length > 0;
  const before = dangersAt(policy, correction.place);
  return severity === "style" && after.some((danger) => !before.includes(danger));
}

/** Whether a correction opens a statement that certainly let nobody in. */
const opens = ({ id, severity }: LintFinding): boolean => severity === "never-matches" || id === "everyone";

/** If the job is known, an opened statement is opened for this job alone. */
function forJobAlone(policy: TrustPolicy, finding: LintFinding, options: LintOptions): LintFinding {
  if (finding.correction === undefined || options.subject === undefined || !opens(finding)) {
    return withSafeCorrection(policy, finding);
  }
  const narrowed = narrowCorrection(policy, finding.correction, options);
  const { correction: _, ...rest } = withSafeCorrection(policy, finding);
  if (narrowed === undefined || letsTooManyIn(policy, { ...finding, correction: narrowed })) return rest;
  return { ...rest, correction: narrowed };
}

function narrowCorrection(
  policy: TrustPolicy,
  correction: LintCorrection,
  options: LintOptions,
): LintCorrection | undefined {
  const corrected = applyCorrection(policy, correction);
  const sites = corrected === undefined ? [] : buildSites(corrected, options);
  const site = sites.find(({ index }) => statementPlace(index) === correction.place);
  const narrowed = site && narrowToJob(site);
  return narrowed && correctStatement(site, narrowed);
}

/** A statement that let nobody in must not become one that lets too many in. */
function withSafeCorrection(policy: TrustPolicy, finding: LintFinding): LintFinding {
  if (!letsTooManyIn(policy, finding)) return finding;
  const { correction: _, ...rest } = finding;
  return {
    ...rest,
    message: `${rest.message} That alone would make the policy too wide: narrow it first.`,
  };
}

/**
 * Looks for known mistakes in a trust policy for GitLab's ID tokens, and for anyone else it lets in.
 *
 * `Deny` statements are ignored. Rules that compare with the job apply only if `options` names it.
 */
export function lintTrustPolicy(policy: TrustPolicy, options: LintOptions = {}): readonly LintFinding[] {
  const found = findBy(LINT_RULES, policy, buildSites(policy, options));
  return found.map((finding) => forJobAlone(policy, finding, options));
}

/** Lists the statements that allow something to others than GitLab's jobs and that no finding mentions. */
export function findUnjudged(
  policy: TrustPolicy,
  findings: readonly LintFinding[],
): readonly UnjudgedStatement[] {
  return listUnjudged(policy, (index) => {
    const statement = policy.statements[index];
    const isTold = findings.some((finding) => OPEN_RULES.includes(finding.id) && isOf(index, finding));
    return isTold || (statement !== undefined && !concernsExchange(statement));
  });
}

/** Findings about everyone whom a statement lets in. */
const OPEN_RULES: readonly LintRuleId[] = ["everyone", "open-provider", "open-to-aws"];

/** What a request says about the job that the policy should admit. */
export function buildLintOptions(context: WebIdentityRequestContext): LintOptions {
  const { issuer, role, claims } = context;
  const [subject] = claimValues(claims.sub);
  const authorizedParty = claimValues(claims.azp);
  const audiences = authorizedParty.length > 0 ? authorizedParty : claimValues(claims.aud);
  const project = readProject(claims, subject);
  return { issuer, role, audiences, project, ...(subject === undefined ? {} : { subject }) };
}

/** From its own claims, or else from `sub`. */
function readProject(claims: Claims, subject: string | undefined): NonNullable<LintOptions["project"]> {
  const find = (name: string) => claimValues(claims[name])[0] ?? subjectValue(subject ?? "", name);
  const [path, id] = [find("project_path"), find("project_id")];
  return { ...(path === undefined ? {} : { path }), ...(id === undefined ? {} : { id }) };
}
