import type { ProjectScope, RefScope, Scope } from "./scope.ts";

/** What a scope admits beyond refs and projects that it names one by one, a sentence each. */
export function describeWideAdmission(scope: Scope): readonly string[] {
  return [...projectSentences(scope.projects), ...refSentences(scope), ...tierSentences(scope)];
}

function projectSentences(projects: ProjectScope): readonly string[] {
  if (projects.kind !== "groups") return [];
  const reach = projects.subgroups === "included" ? "in or anywhere below" : "directly in";
  return [
    `This admits every project ${reach} ${projects.paths.join(", ")}, later ones too: whoever may create a project there can assume the role.`,
  ];
}

function refSentences({ refs, claims }: Scope): readonly string[] {
  const admitted = describeRefs(refs);
  if (admitted === undefined) return [];
  const names = claims.map(({ claim }) => claim);
  const mergeRequests = refs.kind !== "any" && refs.type === "tag" ? "" : " and their merge requests";
  const bound = names.includes("ref_protected")
    ? " that GitLab protects: look after the project's protected branches and tags."
    : names.includes("environment_protected")
      ? ", in jobs of a protected environment: look after who may deploy to it."
      : `, later ones${mergeRequests} too: whoever may push one can assume the role.`;
  return [`This admits ${admitted}${bound}`];
}

function describeRefs(refs: RefScope): string | undefined {
  if (refs.kind === "any") return "any branch and any tag";
  if (refs.kind === "any-of-type") return `any ${refs.type}`;
  const patterns = refs.names.filter((name) => name.endsWith("*"));
  return patterns.length > 0 ? `any ${refs.type} like ${patterns.join(", ")}` : undefined;
}

function tierSentences({ claims }: Scope): readonly string[] {
  const names = claims.map(({ claim }) => claim);
  if (!names.includes("deployment_tier") || names.includes("environment_protected")) return [];
  return [
    "The tier of an environment is what .gitlab-ci.yml says: it keeps nobody out who may push to these refs. Add --protected-environment.",
  ];
}
