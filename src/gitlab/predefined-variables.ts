import type { SandboxJob } from "../foundation/workbench.ts";

/**
 * The predefined variables that follow from the job that an ID token describes.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function predefinedVariables({ issuer, project, ...job }: SandboxJob): Record<string, string> {
  const { protocol, host, hostname, pathname, port } = new URL(issuer);
  const groups = project.split("/");
  const { type, name, isProtected } = job.ref;
  return {
    CI_SERVER_URL: issuer,
    CI_SERVER_HOST: hostname,
    CI_SERVER_FQDN: `${host}${pathname.replace(/\/$/, "")}`,
    CI_SERVER_PROTOCOL: protocol.replace(":", ""),
    CI_SERVER_PORT: port || "443",
    CI_PROJECT_ID: job.projectId,
    CI_PROJECT_PATH: project,
    CI_PROJECT_NAME: groups.at(-1) ?? "",
    CI_PROJECT_NAMESPACE: groups.slice(0, -1).join("/"),
    CI_PROJECT_URL: `${issuer}/${project}`,
    CI_COMMIT_REF_NAME: name,
    CI_COMMIT_REF_SLUG: slugOf(name),
    CI_COMMIT_REF_PROTECTED: String(isProtected),
    ...(type === "tag" ? { CI_COMMIT_TAG: name } : { CI_COMMIT_BRANCH: name }),
  };
}

/** In lower case, up to 63 characters; everything except letters and digits becomes a hyphen, but not at the ends. */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "-")
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, "");
}
