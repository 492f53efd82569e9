import type { GitLabJob, TokenDescription } from "../../../../stand-ins/gitlab-job.ts";

/** A token as GitLab would make it: its issuer, and the job. */
export interface JobToken {
  readonly iss: string;
  readonly token: TokenDescription;
}

/** Jobs that a role must not admit unless its scope was made wide. */
export type NearMiss =
  | "longer ref"
  | "longer ref, ahead"
  | "ref in other letters"
  | "ref of the other type"
  | "longer project"
  | "longer group"
  | "subgroup"
  | "group of that name in another"
  | "fork"
  | "merge request"
  | "other audience"
  | "other instance";

/** Jobs that only a scope that asks for more than path and ref refuses. */
export type FinerMiss =
  | "path taken over"
  | "moved project"
  | "unprotected ref"
  | "unprotected environment"
  | "protected environment"
  | "no environment"
  | "other tier";

type Alter = (
  given: Required<Pick<GitLabJob, "project" | "ref" | "refType">> & JobToken,
) => Partial<JobToken>;

const withJob =
  (change: (job: Parameters<Alter>[0]) => Partial<TokenDescription>): Alter =>
  (given) => ({ token: { ...given.token, ...change(given) } });

const STRANGER = { projectId: "666", namespaceId: "13" };

const elsewhere = (path: (group: string, name: string) => string): Alter =>
  withJob(({ project }) => {
    const at = project.lastIndexOf("/");
    return { project: path(project.slice(0, at), project.slice(at + 1)), ...STRANGER };
  });

export const NEAR_MISSES: Readonly<Record<NearMiss, Alter>> = {
  "longer ref": withJob(({ ref }) => ({ ref: `${ref}-x` })),
  "longer ref, ahead": withJob(({ ref }) => ({ ref: `x-${ref}` })),
  "ref in other letters": withJob(({ ref }) => ({ ref: ref.toUpperCase() })),
  "ref of the other type": withJob(({ refType }) => ({ refType: refType === "tag" ? "branch" : "tag" })),
  "longer project": elsewhere((group, name) => `${group}/${name}-evil`),
  "longer group": elsewhere((group, name) => `${group}-evil/${name}`),
  subgroup: elsewhere((group, name) => `${group}/evil/${name}`),
  "group of that name in another": elsewhere((group, name) => `evil/${group}/${name}`),
  fork: elsewhere((_, name) => `mallory/${name}`),
  "merge request": withJob(() => ({
    ref: "feature/x",
    refType: "branch",
    pipelineSource: "merge_request_event",
  })),
  "other audience": withJob(() => ({ aud: "https://vault.example.com" })),
  "other instance": ({ iss }) => ({ iss: `${iss}.evil.example` }),
};

const environment = { name: "live", isProtected: true, tier: "production" } as const;

export const FINER_MISSES: Readonly<Record<FinerMiss, Alter>> = {
  "path taken over": withJob(() => STRANGER),
  "moved project": withJob(() => ({ namespaceId: "13" })),
  "unprotected ref": withJob(() => ({ refProtected: false })),
  "unprotected environment": withJob(() => ({ environment: { ...environment, isProtected: false } })),
  "protected environment": withJob(() => ({ environment })),
  "no environment": ({ iss, token: { environment: _, ...token } }) => ({ iss, token }),
  "other tier": withJob(() => ({ environment: { ...environment, tier: "staging" } })),
};

/** Alters a token; its audience stays what it was, also where that was the issuer. */
export function alter({ iss, token }: JobToken, change: Alter): JobToken {
  const { project = "acme/shop", ref = "main", refType = "branch", aud = iss } = token;
  const given = { iss, token: { ...token, aud }, project, ref, refType };
  return { iss: given.iss, token: given.token, ...change(given) };
}
