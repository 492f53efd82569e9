import type { ClaimScope, ProjectScope, Scope } from "../aws/identity-setup/scope.ts";
import { GITLAB_COM } from "../aws/trust-policy/model/condition-keys.ts";
import { issuerPrefix } from "../aws/trust-policy/model/provider.ts";
import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import { ID_TOKEN_VARIABLE } from "../gitlab/id-token.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { splitList } from "./inputs/scalars.ts";
import type { TrustPolicyInputName } from "./inputs/trust-policy-inputs.ts";
import { parseRefs, REF_FLAGS } from "./ref-scope-config.ts";
import { isGiven, refuse, type TrustPolicyFlags } from "./trust-policy-flags.ts";

/** Flags that describe a scope; without any of them it is that of the job's token. */
export const SCOPE_FLAGS = [
  ...REF_FLAGS,
  "project",
  "group",
  "with-subgroups",
  "project-id",
  "namespace-id",
  "unprotected-environment",
  "deployment-tier",
  "environment",
] as const;

const TIERS = ["production", "staging", "testing", "development", "other"];

/**
 * Reads the jobs that may assume the role.
 *
 * @param issuer matters because AWS has condition keys for ids on gitlab.com only; absent if it is invalid
 */
export function parseScope(flags: TrustPolicyFlags, issuer: string | undefined): Checked<Scope> {
  const parts = combine({
    fit: checkFit(flags, issuer),
    projects: parseProjects(flags),
    refs: parseRefs(flags),
    projectIds: parseIds(flags("project-id")),
    namespaceIds: parseIds(flags("namespace-id")),
    tiers: parseTiers(flags("deployment-tier")),
    environment: refuseEnvironment(flags("environment")),
  });
  if (!parts.ok) return parts;
  const { projects, refs, projectIds, namespaceIds, tiers } = parts.value;
  const claims: readonly ClaimScope[] = [
    { claim: "project_id", values: projects.kind === "ids" ? [] : projectIds },
    { claim: "namespace_id", values: namespaceIds },
    { claim: "ref_protected", values: isGiven(flags, "protected") ? ["true"] : [] },
    { claim: "environment_protected", values: protectionValues(flags) },
    { claim: "deployment_tier", values: tiers },
  ];
  return valid({ projects, refs, claims: claims.filter(({ values }) => values.length > 0) });
}

function protectionValues(flags: TrustPolicyFlags): readonly string[] {
  if (isGiven(flags, "protected-environment")) return ["true"];
  return isGiven(flags, "unprotected-environment") ? ["false"] : [];
}

/** Flags that are valid separately, but not together. */
interface Clash {
  readonly flag: TrustPolicyInputName;
  readonly beside: TrustPolicyInputName;
  readonly where: "anywhere" | "outside gitlab.com";
  readonly why: string;
}

const CLASHES: readonly Clash[] = [
  { flag: "group", beside: "project", where: "anywhere", why: "a group stands for its projects" },
  { flag: "group", beside: "project-id", where: "anywhere", why: "a group stands for its projects" },
  {
    flag: "namespace-id",
    beside: "with-subgroups",
    where: "anywhere",
    why: "the projects of a subgroup have another group id",
  },
  {
    flag: "unprotected-environment",
    beside: "protected-environment",
    where: "anywhere",
    why: "the environment of a job is protected or it is not",
  },
  {
    flag: "project-id",
    beside: "project",
    where: "outside gitlab.com",
    why: "`sub` begins with the id or the path, and AWS sees nothing else",
  },
];

function checkFit(flags: TrustPolicyFlags, issuer: string | undefined): Checked<undefined> {
  const here = issuer && (issuerPrefix(issuer) === GITLAB_COM ? "on gitlab.com" : "outside gitlab.com");
  const clashes = CLASHES.filter(
    ({ flag, beside, where }) =>
      isGiven(flags, flag) && isGiven(flags, beside) && (where === "anywhere" || where === here),
  );
  const problems = [
    ...clashes.map(({ flag, beside, why }) => ({
      subject: `--${flag}`,
      found: `together with --${beside}`,
      expected: `one of them, because ${why}`,
      fix: "Omit one of them.",
    })),
    strayProblem(flags),
    nestedProblem(flags),
    here === "on gitlab.com" ? countProblem(flags) : undefined,
    here === "outside gitlab.com" ? namespaceProblem(flags) : undefined,
  ].filter((problem) => problem !== undefined);
  return problems.length > 0 ? invalid(...problems) : valid(undefined);
}

function strayProblem(flags: TrustPolicyFlags): Problem | undefined {
  if (!isGiven(flags, "with-subgroups") || isGiven(flags, "group")) return undefined;
  const fix = "Add --group, or omit --with-subgroups.";
  return {
    subject: "--with-subgroups",
    found: "no --group",
    expected: "a group for the subgroups",
    fix,
  };
}

/** Projects of subgroups are excluded, and with them another named group inside. */
function nestedProblem(flags: TrustPolicyFlags): Problem | undefined {
  if (isGiven(flags, "with-subgroups")) return undefined;
  const groups = [...new Set(splitList(flags("group").text))].map((path) => `${path}/`).sort();
  // In this order, what is inside a group comes right after it.
  const nested = groups.find((path, index) => index > 0 && path.startsWith(groups[index - 1] ?? ""));
  if (nested === undefined) return undefined;
  return {
    subject: "--group",
    found: `${nested.slice(0, -1)}, which is inside another of the groups`,
    expected: "groups that do not contain one another, because projects of subgroups are excluded",
    fix: "Create a role for each, or add --with-subgroups.",
  };
}

function namespaceProblem(flags: TrustPolicyFlags): Problem | undefined {
  if (!isGiven(flags, "namespace-id")) return undefined;
  return {
    subject: "--namespace-id",
    found: "an instance other than gitlab.com",
    expected:
      "gitlab.com, because AWS has the condition key for no other instance and `sub` cannot contain the id",
    fix: "Use --group or --project-id.",
  };
}

/** The conditions would never admit a project without its id. */
function countProblem(flags: TrustPolicyFlags): Problem | undefined {
  const [ids, projects] = [flags("project-id"), flags("project")].map(({ text }) => splitList(text).length);
  if (!ids || !projects || ids === projects) return undefined;
  const found = `${ids} for ${projects} of --project`;
  const fix = "Add what is missing, or omit --project-id.";
  return { subject: "--project-id", found, expected: "the id of every project", fix };
}

function parseProjects(flags: TrustPolicyFlags): Checked<ProjectScope> {
  const [project, group, projectId] = [flags("project"), flags("group"), flags("project-id")];
  if (project.text) return paths(project, "project", (list) => ({ kind: "paths", paths: list }));
  if (group.text) {
    const subgroups = isGiven(flags, "with-subgroups") ? "included" : "excluded";
    return paths(group, "group", (list) => ({ kind: "groups", paths: list, subgroups }));
  }
  if (projectId.text) return valid({ kind: "ids", ids: splitList(projectId.text) });
  return invalid({
    subject: "--project",
    found: "no project",
    expected: "--project, --group or --project-id",
    fix: `Add --project group/project, or use no flags at all in a job that has ${ID_TOKEN_VARIABLE}.`,
  });
}

function paths(
  { text, subject }: RawInput,
  what: "project" | "group",
  toScope: (paths: readonly string[]) => ProjectScope,
): Checked<ProjectScope> {
  const list = splitList(text);
  const problems = list.flatMap((path) => {
    const fix = pathFix(path, what);
    const expected = what === "project" ? "a path such as acme/shop" : "a path such as acme or acme/team";
    return fix === undefined ? [] : [{ subject, found: JSON.stringify(path), expected, fix }];
  });
  return problems.length > 0 ? invalid(...problems) : valid(toScope(list));
}

/** @see https://docs.gitlab.com/user/reserved_names/#rules-for-usernames-project-and-group-names-and-slugs */
function pathFix(path: string, what: "project" | "group"): string | undefined {
  if (/^https?:/.test(path)) return "Remove the address of the instance.";
  if (/[*?]/.test(path)) return "Use --group with only the group: it stands for its projects.";
  if (!/^[A-Za-z0-9_.][\w.-]*(?:\/[A-Za-z0-9_.][\w.-]*)*$/.test(path))
    return "Write letters, digits and _.- with slashes between them.";
  const suffix = /\.(?:git|atom)$/.exec(path)?.[0];
  if (suffix !== undefined) return `Remove ${suffix}: no path in GitLab ends that way.`;
  if (what === "project" && !path.includes("/"))
    return "Write group/project; for all projects of a group use --group.";
  return undefined;
}

function parseIds(input: RawInput): Checked<readonly string[]> {
  const ids = splitList(input.text);
  if (ids.every((id) => /^[1-9]\d{0,18}$/.test(id))) return valid(ids);
  return refuse(input, "whole numbers", "Copy them from the pages of the projects or groups.");
}

function parseTiers(input: RawInput): Checked<readonly string[]> {
  const tiers = splitList(input.text);
  if (tiers.every((tier) => TIERS.includes(tier))) return valid(tiers);
  return refuse(input, TIERS.join(", "), "Use the environment's tier; AWS does not see its name.");
}

/** GitLab does not put an environment's name into `sub`, and AWS has no condition key for it. */
function refuseEnvironment(input: RawInput): Checked<undefined> {
  if (!input.text) return valid(undefined);
  const tier = guessTier(input.text);
  return refuse(
    input,
    "the environment's protection or tier, because AWS never sees its name",
    `Use --protected-environment --deployment-tier ${tier}, if GitLab protects the environment, or --unprotected-environment.`,
  );
}

/**
 * The tier that GitLab gives an environment with this name, unless `.gitlab-ci.yml` says otherwise.
 *
 * @see https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
 * @see https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/models/environment.rb (`guess_tier`)
 */
function guessTier(name: string): string {
  const known = [
    { tier: "development", pattern: /dev|review|trunk/i },
    { tier: "testing", pattern: /test|tst|int|ac(?:ce|)pt|qa|qc|control|quality/i },
    { tier: "staging", pattern: /st(?:a|)g|mod(?:e|)l|pre|demo|non/i },
    { tier: "production", pattern: /pr(?:o|)d|live/i },
  ];
  return known.find(({ pattern }) => pattern.test(name))?.tier ?? "other";
}
