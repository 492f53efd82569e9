import type { NamedCause } from "../../../foundation/cause.ts";
import { showValue } from "../../../foundation/quote.ts";
import { hasWildcard } from "../model/glob.ts";
import { claimValues, type WebIdentityRequest } from "../model/request.ts";
import { DEFAULT_SUB_COMPONENTS, renderSubComponentsCall } from "../model/sub-components.ts";
import { parseSubject, type SubjectDifference } from "../model/subject.ts";
import { isImpossible, namesProject, type SubjectAnalysis } from "../model/subject-difference.ts";
import type { SubjectToken } from "../model/subject-slips.ts";

/** What is known about the token's project. */
export function readSubjectToken({ claims }: Pick<WebIdentityRequest, "claims">, sub: string): SubjectToken {
  const find = (name: string) =>
    claimValues(claims[name])[0] ?? parseSubject(sub).find((component) => component.name === name)?.value;
  return { sub, projectPath: find("project_path"), projectId: find("project_id") };
}

interface Told {
  readonly analysis: SubjectAnalysis;
  readonly token: SubjectToken;
  readonly key: string;
  readonly issuer: string;
}

/** Says how a token's `sub` differs from what a policy wants, the most telling first. */
export function explainSubjectDifference(told: Told): readonly NamedCause[] {
  const { analysis, token } = told;
  if (analysis.wanted.startsWith("repo:")) return [githubCause(told)];
  const other = otherProject(analysis, token);
  if (other !== undefined) return [...slipCauses(told), other];
  const causes = [
    ...slipCauses(told),
    ...formCauses(told),
    ...refCauses(analysis.differing),
    ...analysis.differing.flatMap(protectionCause),
  ];
  return causes.length > 0 ? causes : [UNTOLD];
}

const UNTOLD: NamedCause = {
  id: "other-sub",
  reason: "`sub` is not what the condition wants.",
  fix: "Compare the two. Run the job that the condition was written for.",
};

/** The narrowest condition that this token meets. */
function exactly({ key, token }: Told): string {
  return `"StringEquals": ${JSON.stringify({ [key]: token.sub })}`;
}

function githubCause(told: Told): NamedCause {
  return {
    id: "github-sub",
    reason: "The condition is written for the `sub` of GitHub (`repo:…`), not for GitLab's.",
    fix: exactly(told),
  };
}

function slipCauses(told: Told): readonly NamedCause[] {
  return told.analysis.slips.map(({ id, reason }) => ({ id, reason, fix: exactly(told) }));
}

/** By a component of both, or by what the token's other claims say about the project. */
function otherProject(analysis: SubjectAnalysis, token: SubjectToken): NamedCause | undefined {
  const differing = analysis.differing.filter(({ name }) => namesProject(name)).map(({ name }) => name);
  const [name] = differing.length > 0 ? differing : contradicted(analysis, token);
  if (name === undefined) return undefined;
  return {
    id: "other-project",
    reason: `OIDC is not configured for this project: the trust policy admits another one (\`${name}\` differs).`,
    fix: "Check that this is the right role; if so, add a statement for this project.",
  };
}

/**
 * Components that name the project in the policy, are not in this token's `sub`, and are contradicted by its claims.
 */
function contradicted({ wanted, missing }: SubjectAnalysis, token: SubjectToken): readonly string[] {
  const known: Readonly<Record<string, string | undefined>> = {
    project_path: token.projectPath,
    project_id: token.projectId,
  };
  return parseSubject(wanted)
    .filter(({ name, value }) => {
      const actual = known[name];
      return missing.includes(name) && actual !== undefined && !hasWildcard(value) && value !== actual;
    })
    .map(({ name }) => name);
}

const namesOf = (subject: string): readonly string[] => parseSubject(subject).map(({ name }) => name);

function formCauses(told: Told): readonly NamedCause[] {
  const { analysis, token } = told;
  const { missing, extra, unknown, isReordered } = analysis;
  if (unknown.length > 0) return [unknownComponents(told, unknown)];
  if (isImpossible(analysis) || (missing.length === 0 && extra.length === 0 && !isReordered)) return [];
  const actual = namesOf(token.sub);
  const isDefault = actual.join() === DEFAULT_SUB_COMPONENTS.join();
  const isNamedOtherwise = missing.every(namesProject);
  return [isDefault || !isNamedOtherwise ? notSetUp(told) : otherForm(told)];
}

function otherForm(told: Told): NamedCause {
  const { missing, extra } = told.analysis;
  const parts = [
    ...(extra.length > 0 ? [`it has ${listNames(extra)}`] : []),
    ...(missing.length > 0 ? [`not ${listNames(missing)}`] : []),
  ].join(", ");
  return {
    id: "custom-sub",
    reason: `The project's \`sub\` has a different form from the condition (\`ci_id_token_sub_claim_components\`): ${parts || "its parts are in another order"}.`,
    fix: `Write the condition for that form:\n${exactly(told)}`,
  };
}

/** The value has nothing that the token's `sub` has not, in the same order. */
function cutOff(told: Told): NamedCause {
  const names = listNames(told.analysis.extra);
  const isEnd = told.token.sub.startsWith(`${told.analysis.wanted}:`);
  return {
    id: "sub-cut-off",
    reason: isEnd
      ? `The value ends too early: \`sub\` continues with ${names}.`
      : `The value leaves out ${names}.`,
    fix: exactly(told),
  };
}

/** The policy is right, but the project's `sub` does not yet contain what the policy asks for. */
function notSetUp(told: Told): NamedCause {
  const { missing } = told.analysis;
  const components = componentsOf(told.analysis.wanted, told.token);
  const isWithin = components.join() === namesOf(told.token.sub).join();
  if (isWithin || (missing.length === 0 && !told.analysis.isReordered)) return cutOff(told);
  const reason =
    missing.length > 0
      ? `The condition is written for another form of \`sub\`: it asks for ${listNames(missing)}, which this token's \`sub\` does not have.`
      : "The condition has the parts of `sub` in another order.";
  return {
    id: "sub-components",
    reason,
    fix: `${isOfEnvironment(missing) ? "Run the job in that environment (`environment:` of the job), and set" : "Set"} ${setUp(told, components)}`,
  };
}

const isOfEnvironment = (names: readonly string[]): boolean =>
  names.some((name) => name === "environment_protected" || name === "deployment_tier");

function setUp({ token, issuer }: Told, components: readonly string[]): string {
  const project = token.projectPath ?? token.projectId ?? "<id of the project>";
  const call = renderSubComponentsCall(components, project, `${issuer}/api/v4`);
  const since = components.some((name) => /_protected$|_tier$/.test(name)) ? " (GitLab 18.7)" : "";
  return `the project's \`ci_id_token_sub_claim_components\` as below${since}. That changes \`sub\` for all jobs of the project: update every trust policy for them.\n${call}`;
}

/** In the order of the policy; after a value that ends in a wildcard comes the ref. */
function componentsOf(wanted: string, { sub }: SubjectToken): readonly string[] {
  const names = namesOf(wanted).filter((name) => name !== "" && !hasWildcard(name));
  const rest = namesOf(sub).filter((name) => /^ref(_type)?$/.test(name) && !names.includes(name));
  return [...names, ...rest];
}

function unknownComponents(told: Told, unknown: readonly string[]): NamedCause {
  const reason = `${listNames(unknown)} ${unknown.length === 1 ? "is not part" : "are not part"} of \`sub\`, unless the project's \`ci_id_token_sub_claim_components\` puts ${unknown.length === 1 ? "it" : "them"} there.`;
  if (!unknown.includes("environment")) {
    const isRef = unknown.every((name) => name === "branch" || name === "tag");
    return { id: "sub-components", reason, fix: isRef ? exactly(told) : TEST_ELSEWHERE };
  }
  const [project = "project_path", ...rest] = namesOf(told.token.sub);
  const components = [project, "environment_protected", ...rest];
  return {
    id: "sub-components",
    reason: `${reason} GitLab accepts \`environment_protected\` and \`deployment_tier\` there, but never the environment's name.`,
    fix: `Ask for \`environment_protected:true\` instead, after the project; protect the environment; and set ${setUp(told, components)}`,
  };
}

const TEST_ELSEWHERE =
  "Ask for what GitLab can put into `sub`: the project, `ref_type`, `ref`, `ref_protected`, `environment_protected`, `deployment_tier`.";

const listNames = (names: readonly string[]): string =>
  names.map((name) => `\`${showValue(name)}\``).join(", ");

function refCauses(differing: readonly SubjectDifference[]): readonly NamedCause[] {
  const type = differing.find(({ name }) => name === "ref_type")?.wanted;
  if (type !== undefined && !hasWildcard(type) && type !== "branch" && type !== "tag") {
    return [
      {
        id: "ref-type-mr",
        reason: `The condition never matches: \`ref_type\` is only ever \`branch\` or \`tag\`, never \`${showValue(type)}\`. A merge request pipeline has \`branch\`, with its source branch as \`ref\`.`,
        fix: "Name the source branches that may have the role, with `ref_type:branch`. Anyone who may push to them can use it.",
      },
    ];
  }
  const names = differing.map(({ name }) => name).filter((name) => name === "ref" || name === "ref_type");
  if (names.length === 0) return [];
  return [
    {
      id: "other-ref",
      reason: `The role is restricted to another branch or tag: ${listNames(names)} ${names.length === 1 ? "differs" : "differ"}.`,
      fix: "Run the job where the role expects it. Admit this branch or tag only if its jobs should have the role.",
    },
  ];
}

function protectionCause({ name, wanted, actual }: SubjectDifference): readonly NamedCause[] {
  switch (name) {
    case "ref_protected":
    case "environment_protected":
      return wanted === "true" ? [PROTECTIONS[name]] : [];
    case "deployment_tier":
      return [
        {
          id: "other-environment",
          reason: `The condition wants a job with the \`deployment_tier\` ${showValue(wanted)}, but this job has ${showValue(actual)}.`,
          fix: "Run the job in an environment of that tier, or use the role meant for this one.",
        },
      ];
    default:
      return [];
  }
}

const PROTECTIONS: Readonly<Record<"ref_protected" | "environment_protected", NamedCause>> = {
  ref_protected: {
    id: "unprotected",
    reason: "The condition wants a protected branch or tag (`ref_protected:true`), but this job's is not.",
    fix: "Protect it (Settings > Repository > Protected branches, or Protected tags), then run a new pipeline.",
  },
  environment_protected: {
    id: "unprotected",
    reason:
      "The condition wants a protected environment (`environment_protected:true`), but this job's is not.",
    fix: "Protect it (Settings > CI/CD > Protected environments), then run the job again.",
  },
};
