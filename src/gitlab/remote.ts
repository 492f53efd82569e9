/** Where the address of a git remote leads to. */
export type RemoteAddress =
  | {
      readonly kind: "instance";
      /** URL of the GitLab, as far as the address tells: with the host alone, over SSH. */
      readonly url: string;
      /** `group/project` */
      readonly path: string;
      readonly transport: "http" | "ssh";
    }
  /** A host that is known to run something else. */
  | { readonly kind: "other"; readonly host: string }
  /** No project: a folder, or a host by an alias that only the SSH configuration of this machine knows. */
  | { readonly kind: "local" };

/** Hosts of git repositories, with their subdomains, of which none is a GitLab. */
const OTHER_HOSTS =
  /(?:^|\.)(?:github\.com|ghe\.com|bitbucket\.org|codeberg\.org|gitea\.com|dev\.azure\.com|visualstudio\.com|sr\.ht|sourceforge\.net|googlesource\.com|huggingface\.co|amazonaws\.com)$/;

/** The path of a project, and nothing that would be taken for a list of them. */
const PROJECT = /^[\w.-]+(?:\/[\w.-]+)+$/;

/** GitLab.com answers SSH at port 443 too, under a host of its own. */
const HOSTS_OF_SSH: Readonly<Record<string, string>> = { "altssh.gitlab.com": "gitlab.com" };

/**
 * Reads the address of a git remote: `git@host:group/project.git`, `ssh://…`, `https://…`. A user name or password in it is
 * left behind.
 *
 * @see https://git-scm.com/docs/git-fetch#_git_urls
 */
export function parseRemoteAddress(address: string): RemoteAddress {
  const url = /^(https?|ssh|git\+ssh|ssh\+git):\/\/(?:[^/]*@)?(\[[^\]/]+\]|[^/:]+)(:\d*)?\/(.+)$/i.exec(
    address,
  );
  if (url !== null) {
    const [, scheme = "", host = "", port = "", path = ""] = url;
    return /^http/i.test(scheme)
      ? describe(host, path, { scheme: scheme.toLowerCase(), port })
      : describe(host, path, undefined);
  }
  const [, host, path = ""] = /^(?:[^/@:]*@)?(\[[^\]/]+\]|[^/:]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  return host === undefined ? { kind: "local" } : describe(host, path, undefined);
}

function describe(
  written: string,
  path: string,
  web: { readonly scheme: string; readonly port: string } | undefined,
): RemoteAddress {
  const host = written.toLowerCase();
  if (OTHER_HOSTS.test(host)) return { kind: "other", host };
  const project = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  // Over SSH, a host without a dot is most likely an alias that only the SSH configuration of this machine knows.
  if (!PROJECT.test(project) || (web === undefined && !host.includes("."))) return { kind: "local" };
  return web === undefined
    ? { kind: "instance", url: `https://${HOSTS_OF_SSH[host] ?? host}`, path: project, transport: "ssh" }
    : { kind: "instance", url: `${web.scheme}://${host}${web.port}`, path: project, transport: "http" };
}
