import { askedValues, type ProjectScope, type RefType, type Scope, type ScopeClaim } from "./scope.ts";

/** What a scope admits beyond the refs and projects that it names, one sentence each. */
export function describeWideAdmission(scope: Scope): readonly string[] {
  return [...projectSentences(scope.projects), ...refSentences(scope), ...environmentSentences(scope)];
}

function projectSentences(projects: ProjectScope): readonly string[] {
  if (projects.kind !== "groups") return [];
  const reach = projects.subgroups === "included" ? "in or anywhere below" : "directly in";
  return [
    `This admits every project ${reach} ${projects.paths.join(", ")}, including future ones: anyone who may create a project there can assume the role.`,
  ];
}

const isProtected = (scope: Scope, claim: ScopeClaim): boolean => askedValues(scope, claim).includes("true");

function refSentences(scope: Scope): readonly string[] {
  const admitted = describeRefs(scope);
  if (admitted === undefined) return [];
  const bound = isProtected(scope, "ref_protected")
    ? " that GitLab protects: check the project's protected branches and tags."
    : isProtected(scope, "environment_protected")
      ? ", in jobs of a protected environment: check who may deploy to it."
      : `, including future ones${admitsMergeRequests(scope) ? " and their merge requests" : ""}: anyone who may push one can assume the role.`;
  return [`This admits ${admitted}${bound}`];
}

function describeRefs({ refs }: Scope): string | undefined {
  if (refs.kind === "any") return "any branch and any tag";
  const described = (["branch", "tag"] as const).flatMap((type) =>
    describePatterns(patternsOf({ refs }, type), type),
  );
  return described.length > 0 ? described.join(" and ") : undefined;
}

function describePatterns(patterns: readonly string[], type: RefType): readonly string[] {
  if (patterns.includes("*")) return [`any ${type}`];
  return patterns.length > 0 ? [`any ${type} like ${patterns.join(", ")}`] : [];
}

/** The patterns of a type that stand for more than one ref. */
function patternsOf({ refs }: Pick<Scope, "refs">, type: RefType): readonly string[] {
  if (refs.kind === "any") return ["*"];
  return refs.patterns.filter((ref) => ref.type === type && ref.name.endsWith("*")).map(({ name }) => name);
}

function admitsMergeRequests(scope: Scope): boolean {
  return patternsOf(scope, "branch").length > 0;
}

function environmentSentences(scope: Scope): readonly string[] {
  const [tier] = askedValues(scope, "deployment_tier");
  if (tier === undefined || askedValues(scope, "environment_protected").length > 0) return [];
  return [
    ".gitlab-ci.yml sets the tier of an environment, so it keeps out nobody who may push to these refs. Add --protected-environment.",
  ];
}
