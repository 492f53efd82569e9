import type { ProjectScope, Scope } from "../../aws/identity-setup/scope.ts";
import { findRelated, findSubForm, subComponents } from "../../aws/identity-setup/sub-form.ts";
import {
  DEFAULT_SUB_COMPONENTS,
  renderSubComponentsCall,
} from "../../aws/trust-policy/model/sub-components.ts";

/**
 * Says for which projects GitLab must be told the components of `sub`, with one call for each.
 *
 * @param apiUrl such as `https://gitlab.com/api/v4`
 */
export function describeSubForms(
  scopes: readonly Scope[],
  issuer: string,
  apiUrl: string,
): readonly string[] {
  const firsts = scopes.filter(
    (scope, index) => !scopes.slice(0, index).some((before) => findRelated(before, scopes).includes(scope)),
  );
  return firsts.flatMap((scope) => {
    const components = subComponents(findSubForm(scope, scopes, issuer));
    return components === undefined ? [] : [describeCalls(findRelated(scope, scopes), components, apiUrl)];
  });
}

/** @param family scopes that share projects, which need one form */
function describeCalls(family: readonly Scope[], components: readonly string[], apiUrl: string): string {
  const projects = new Set(family.flatMap((scope) => projectsToCall(scope.projects)));
  const calls = [...projects].map((project) => `\n${renderSubComponentsCall(components, project, apiUrl)}`);
  return `GitLab issues this \`sub\` only after the call below, and then in every job of the project: ${consequence(family, components)}${calls.join("")}`;
}

/** Roles that are created one by one could need two forms. */
function consequence({ length }: readonly Scope[], components: readonly string[]): string {
  if (length > 1) return "one call serves these roles. Update all other trust policies for the project.";
  const hasClaims = components.length > DEFAULT_SUB_COMPONENTS.length;
  return `update all trust policies for it.${hasClaims ? " If it needs more roles, create them with one command, each after its own --role: one call then serves them all." : ""}`;
}

/** As the API names them. */
function projectsToCall(projects: ProjectScope): readonly string[] {
  switch (projects.kind) {
    case "ids":
      return projects.ids;
    case "paths":
      return projects.paths;
    case "groups":
      return ["<number of each project>"];
  }
}
