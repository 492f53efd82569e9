import { GITLAB_COM } from "../aws/trust-policy/model/condition-keys.ts";
import type { Checkout, Environment, Host } from "../foundation/ports.ts";
import { quoteForShell } from "../foundation/quote.ts";
import { isUrl } from "../foundation/url.ts";
import { ID_TOKEN_VARIABLE } from "../gitlab/id-token.ts";
import { parseRemoteAddress, type RemoteAddress } from "../gitlab/remote.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";

type Remote = Extract<Checkout, { kind: "remote" }>;
type Address = Extract<RemoteAddress, { kind: "instance" }>;

/** What a command takes from the git repository that it is called in, for what no flag says. */
export interface CheckoutInputs {
  readonly raw: RawInputs<string>;
  /** What was taken, or why nothing was; absent where there is nothing to tell. */
  readonly note?: string;
}

/** What the flags leave open. */
export interface OpenInputs {
  /** Whether a branch is: `default` takes the one of the remote, `current` the one that is checked out. */
  readonly branch: "given" | "default" | "current";
  /** As it was given. */
  readonly issuer: string | undefined;
}

/**
 * Fills in project, instance and branch of the git remote.
 *
 * @param open what the flags leave open; absent where they say all there is to say
 */
export async function takeCheckout(
  raw: RawInputs<string>,
  host: Host,
  open: OpenInputs | undefined,
): Promise<CheckoutInputs> {
  if (open === undefined || isInJob(host.env)) return { raw };
  const terminal = await host.openTerminal();
  return withCheckout(raw, await terminal.readCheckout(), open);
}

/** A job says itself whose it is, and so does its token. */
function isInJob(env: Environment): boolean {
  return [env.GITLAB_CI, env.CI_SERVER_URL, env[ID_TOKEN_VARIABLE]].some(Boolean);
}

function withCheckout(raw: RawInputs<string>, checkout: Checkout, open: OpenInputs): CheckoutInputs {
  if (checkout.kind === "none" || checkout.kind === "without-remote") return { raw };
  if (checkout.kind === "distrusted") return { raw, note: DISTRUSTED };
  if (checkout.kind === "ambiguous") {
    const names = checkout.names.join(", ");
    return {
      raw,
      note: `Nothing is taken from git: of the remotes ${names}, none is called origin or tracked by this branch. Name the project with --project.`,
    };
  }
  const subject = `git remote ${checkout.name}`;
  const address = parseRemoteAddress(checkout.address.reveal());
  if (address.kind !== "instance")
    return { raw, note: `Nothing is taken from the ${subject}: ${why(address)}.` };
  const found = withIssuer(address, open.issuer);
  if (found === undefined) {
    const note = `Nothing is taken from the ${subject}: it is on ${address.url}, which is not the --issuer given.`;
    return { raw, note };
  }
  const branch = branchOf(checkout, open);
  if (open.branch === "current" && branch === undefined)
    return { raw, note: `Nothing is taken from the ${subject}: ${DETACHED}` };
  const taken = new Map([
    ["project", found.path],
    ["issuer", found.url],
    ...(branch === undefined ? [] : [["branch", branch] as const]),
  ]);
  const where = `Project ${found.path} on ${found.url}${branch === undefined ? "" : `, branch ${branch}`}`;
  const notes = [
    `${where}: from the ${subject}.`,
    ...branchNotes(checkout, open),
    ...rootNotes(address, open),
  ];
  return { raw: (name) => fill(raw(name), taken.get(name), subject), note: notes.join(" ") };
}

function branchOf({ branch, defaultBranch }: Remote, open: OpenInputs): string | undefined {
  if (open.branch === "given") return undefined;
  const name = open.branch === "default" ? defaultBranch : branch;
  // Git allows what would be taken for a list.
  return name?.includes(",") ? undefined : name;
}

const DETACHED = "no branch is checked out; give --branch or --tag.";

const DISTRUSTED =
  "Nothing is taken from the git repository here: it belongs to another user, so git does not read it. Name the project with --project.";

function fill(input: RawInput, text: string | undefined, subject: string): RawInput {
  return text === undefined || input.subject.startsWith("--") ? input : { text, subject };
}

function why(address: Exclude<RemoteAddress, { kind: "instance" }>): string {
  return address.kind === "other"
    ? `${address.host} is not GitLab`
    : "its address names no project on a GitLab host; give --project and --issuer";
}

/** The project below the instance that was named, if the remote is on that host. */
function withIssuer(
  { url, path, transport }: Address,
  issuer: string | undefined,
): { readonly url: string; readonly path: string } | undefined {
  if (issuer === undefined) return { url, path };
  if (!isUrl(issuer) || new URL(issuer).hostname !== new URL(url).hostname) return undefined;
  // A GitLab that lies below a path of its host: only the address for the web has that path too.
  const root = new URL(issuer).pathname.replace(/^\/|\/$/g, "");
  const isBelow = transport === "http" && root !== "" && path.startsWith(`${root}/`);
  return { url: issuer, path: isBelow ? path.slice(root.length + 1) : path };
}

/** Keeps people from making a role for a branch they did not mean. */
function branchNotes({ branch, defaultBranch }: Remote, open: OpenInputs): readonly string[] {
  if (open.branch !== "default") return [];
  if (defaultBranch === undefined) return ["The clone does not know its default branch: give --branch."];
  if (branch === undefined || branch === defaultBranch) return [];
  return [
    `That is the default branch; for the one that is checked out, give --branch ${quoteForShell(branch)}.`,
  ];
}

/** A subgroup looks like the path of an instance. */
function rootNotes(address: Address, { issuer }: OpenInputs): readonly string[] {
  const isClear =
    address.transport === "ssh" || issuer !== undefined || address.url === `https://${GITLAB_COM}`;
  if (isClear || address.path.split("/").length < 3) return [];
  return ["If your GitLab is below a path of that host, give --issuer with that path."];
}
