/** What GitLab can make `sub` of. docs.gitlab.com/api/projects, `ci_id_token_sub_claim_components`, as of GitLab 18.7. */
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

/** What `sub` is made of unless the project says otherwise. */
export const DEFAULT_SUB_COMPONENTS: readonly string[] = ["project_path", "ref_type", "ref"];

/**
 * Writes the call by which GitLab's API sets what a project's `sub` is made of.
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
