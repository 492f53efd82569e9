import { type Entry, isMap, lookUp, type Pair, type Pipeline, pairOf } from "../pipeline/pipeline.ts";

/**
 * Finds one of the `secrets` that names no token: GitLab takes the first of the job, which a second one may displace.
 *
 * @see https://docs.gitlab.com/ci/yaml/#secretstoken
 */
export function findUnnamedSecret(pipeline: Pipeline, entries: readonly Entry[]): Pair | undefined {
  return entries
    .map(({ map }) => lookUp(pipeline, map, "secrets"))
    .flatMap((secrets) => (isMap(secrets) ? secrets.items : []))
    .find(({ value }) => isMap(value) && pairOf(value, "token") === undefined);
}
