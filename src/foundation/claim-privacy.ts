/**
 * The claims about the project, pipeline and runner, not about a person, in the order of the documentation.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
const IMPERSONAL_CLAIMS: readonly string[] = [
  ..."iss sub aud exp nbf iat project_id project_path namespace_id namespace_path".split(" "),
  ..."job_project_id job_project_path job_namespace_id job_namespace_path".split(" "),
  ..."source_project_id source_project_path source_namespace_id source_namespace_path".split(" "),
  ..."user_access_level pipeline_id pipeline_source job_id job_source job_config".split(" "),
  ..."ref ref_type ref_path ref_protected".split(" "),
  ..."environment environment_protected deployment_tier environment_action".split(" "),
  ..."runner_id runner_environment sha project_visibility ci_config_ref_uri ci_config_sha".split(" "),
];

/**
 * Whether a claim is known not to be personal. Any other is shown only on request: GitLab may add personal claims at
 * any time.
 */
export function isImpersonalClaim(name: string): boolean {
  return IMPERSONAL_CLAIMS.includes(name);
}

/** Whether a claim is about the person who started the pipeline; case is ignored, as in condition keys. */
export function isPersonalClaim(name: string): boolean {
  return /^(?:user_\w+|email)$/i.test(name) && !isImpersonalClaim(name.toLowerCase());
}

/** Personal claims whose values are masked everywhere, since they resemble nothing else that is printed. */
export const MASKED_CLAIMS: readonly string[] = ["user_email"];
