import { showValue } from "../foundation/quote.ts";

/** The claims that trust policies ask for. */
const TELLING_CLAIMS: readonly string[] = ["iss", "aud", "sub"];

/** A line for each claim that trust policies ask for; for every claim, if personal ones are asked for too. */
export function listClaims(
  claims: Readonly<Record<string, unknown>>,
  personal: "withheld" | "shown",
): readonly string[] {
  const names = personal === "shown" ? Object.keys(claims) : TELLING_CLAIMS;
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `${showValue(name).padEnd(width)}  ${showValue(claims[name])}`);
}

/** A job as described on the command line, from which its claims follow. */
export interface DescribedJob {
  readonly issuer: string;
  readonly audience: string;
  /** `group/project` */
  readonly project: string;
  /** For a merge request, the name of its source branch. */
  readonly ref: { readonly type: "branch" | "tag" | "merge-request"; readonly name: string };
  readonly environment: string | undefined;
  readonly projectId: string | undefined;
  readonly namespaceId: string | undefined;
}

/**
 * Builds the claims that the ID token of a described job would have, as far as they follow from the description.
 *
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
export function buildClaims(job: DescribedJob): Readonly<Record<string, unknown>> {
  const { issuer, audience, project, ref, environment, projectId, namespaceId } = job;
  const refType = ref.type === "tag" ? "tag" : "branch";
  return {
    iss: issuer,
    sub: `project_path:${project}:ref_type:${refType}:ref:${ref.name}`,
    aud: audience,
    project_path: project,
    namespace_path: project.split("/").slice(0, -1).join("/"),
    ref: ref.name,
    ref_type: refType,
    ref_path: `refs/${refType === "tag" ? "tags" : "heads"}/${ref.name}`,
    ...(ref.type === "merge-request" ? { pipeline_source: "merge_request_event" } : {}),
    ...(environment === undefined ? {} : { environment }),
    ...(projectId === undefined ? {} : { project_id: projectId }),
    ...(namespaceId === undefined ? {} : { namespace_id: namespaceId }),
  };
}
