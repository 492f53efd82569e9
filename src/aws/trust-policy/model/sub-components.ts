import { parseSubject } from "./subject.ts";

/**
 * What GitLab can put into `sub`. docs.gitlab.com/api/projects, `ci_id_token_sub_claim_components`, as of GitLab 18.7.
 */
export const SUB_COMPONENTS: readonly string[] = [
  "project_path",
  "project_id",
  "job_project_path",
  "job_project_id",
  "source_project_path",
  "source_project_id",
  "ref_type",
  "ref",
  "ref_protected",
  "environment_protected",
  "deployment_tier",
];

/** The components of `sub` by default. */
export const DEFAULT_SUB_COMPONENTS: readonly string[] = ["project_path", "ref_type", "ref"];

/** Claims that `sub` cannot contain, and the closest substitute for each. */
const CLOSEST: ReadonlyMap<string, string> = new Map([
  ["iss", "Leave out the key: the provider under `Principal` is the issuer."],
  ["namespace_path", "Test the group as the beginning of `project_path` in `sub`."],
  ["ref_path", "Test `ref_type` and `ref` as parts of `sub`."],
  [
    "environment",
    "GitLab puts `environment_protected` and `deployment_tier` into `sub` if the project's `ci_id_token_sub_claim_components` says so, but never the environment's name: test those.",
  ],
]);

/**
 * Says how to test a claim that AWS offers no condition key for.
 *
 * @param sub the token's, if known
 */
export function adviseOnClaim(claim: string, sub?: string): string {
  const components = sub === undefined ? DEFAULT_SUB_COMPONENTS : parseSubject(sub).map(({ name }) => name);
  if (components.includes(claim))
    return `\`${claim}\` is part of \`sub\`: test it there, not under this key.`;
  if (SUB_COMPONENTS.includes(claim)) {
    return "Put the claim into `sub` (the project's `ci_id_token_sub_claim_components`), and test it there.";
  }
  return CLOSEST.get(claim) ?? "`sub` cannot contain this claim either: test the project and its ref there.";
}

/**
 * Writes the GitLab API call that sets the components of a project's `sub`.
 *
 * @param project its id, or its path
 * @param apiUrl such as `https://gitlab.com/api/v4`
 * @see https://docs.gitlab.com/api/projects/#update-a-project
 */
export function renderSubComponentsCall(
  components: readonly string[],
  project: string,
  apiUrl: string,
): string {
  const data = JSON.stringify({ ci_id_token_sub_claim_components: components });
  const name = project.includes("<") ? project : encodeURIComponent(project);
  return (
    'curl --fail --request PUT --header "PRIVATE-TOKEN: $GITLAB_TOKEN" --header "Content-Type: application/json" ' +
    `--data '${data}' "${apiUrl}/projects/${name}"`
  );
}
