/** Where a repository comes from, according to its remote. */
export interface GitRemote {
  readonly host: string;
  /** As written; `undefined` for the scheme's default. */
  readonly port: string | undefined;
  readonly scheme: "https" | "http" | "ssh";
  /** `group/project` */
  readonly project: string;
}

const URL_FORM = /^(https?|ssh):\/\/(?:[^/@]*@)?([^/:]+)(?::(\d+))?\/+(.+)$/;
/** `git@gitlab.com:acme/shop.git` */
const SCP_FORM = /^(?:[^/@:]+@)?([^/:]+):(?!\/\/)\/*(.+)$/;

/** Reads the URL of a remote; `undefined` for a local path, and for a project without a group. */
export function parseGitRemote(url: string): GitRemote | undefined {
  const [, scheme = "ssh", host, port, path = ""] = URL_FORM.exec(url) ?? fromScp(url);
  const project = path.replace(/\/+$/, "").replace(/\.git$/, "");
  if (host === undefined || !/^[\w.-]+(?:\/[\w.-]+)+$/.test(project)) return undefined;
  return { host, port, scheme: scheme as GitRemote["scheme"], project };
}

function fromScp(url: string): readonly (string | undefined)[] {
  const [, host, path] = SCP_FORM.exec(url) ?? [];
  return [undefined, "ssh", host, undefined, path];
}
