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

/** GitLab.com also answers SSH on port 443, under its own host name. */
const HOSTS_OF_SSH: Readonly<Record<string, string>> = { "altssh.gitlab.com": "gitlab.com" };

/** The parts of a git remote's address that names a project. */
export interface GitRemote {
  readonly scheme: "https" | "http" | "ssh";
  /** In lower case. */
  readonly host: string;
  /** As written; `undefined` for the scheme's default. */
  readonly port: string | undefined;
  /** `group/project` */
  readonly project: string;
}

const URL_FORM = /^(https?|ssh|git\+ssh|ssh\+git):\/\/(?:[^/]*@)?(\[[^\]/]+\]|[^/:]+)(?::(\d*))?\/(.+)$/i;
/** `git@gitlab.com:acme/shop.git` */
const SCP_FORM = /^(?:[^/@:]*@)?(\[[^\]/]+\]|[^/:]+):(?!\/\/)(.+)$/;
/** The path of a project, and nothing that would be taken for a list of them. */
const PROJECT = /^[\w.-]+(?:\/[\w.-]+)+$/;

/**
 * Reads the address of a git remote: `git@host:group/project.git`, `ssh://…`, `https://…`. A user name or password in it is
 * dropped. `undefined` for a folder, and for a path that is not a project in a group.
 *
 * @see https://git-scm.com/docs/git-fetch#_git_urls
 */
export function parseGitRemote(address: string): GitRemote | undefined {
  const [, written = "", host, port, path = ""] = URL_FORM.exec(address) ?? partsOfScp(address);
  const project = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  if (host === undefined || !PROJECT.test(project)) return undefined;
  const scheme = written.toLowerCase();
  return {
    scheme: scheme === "https" || scheme === "http" ? scheme : "ssh",
    host: host.toLowerCase(),
    port: port || undefined,
    project,
  };
}

function partsOfScp(address: string): readonly (string | undefined)[] {
  const [, host, path] = SCP_FORM.exec(address) ?? [];
  return [undefined, "ssh", host, undefined, path];
}

/** Says which instance a git remote's address leads to, as far as the address can tell. */
export function parseRemoteAddress(address: string): RemoteAddress {
  const remote = parseGitRemote(address);
  if (remote === undefined) return { kind: "local" };
  const { scheme, host, port, project: path } = remote;
  if (OTHER_HOSTS.test(host)) return { kind: "other", host };
  if (scheme !== "ssh") {
    const url = `${scheme}://${host}${port === undefined ? "" : `:${port}`}`;
    return { kind: "instance", url, path, transport: "http" };
  }
  // Over SSH, a host without a dot is most likely an alias that only the SSH configuration of this machine knows.
  if (!host.includes(".")) return { kind: "local" };
  return { kind: "instance", url: `https://${HOSTS_OF_SSH[host] ?? host}`, path, transport: "ssh" };
}
