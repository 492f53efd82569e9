import { literalText, type Statement, type Word } from "../shell/script.ts";
import type { Exchange, Trace } from "./trace.ts";
import { toGitLab } from "./words.ts";

/** The role that the first one assumes. */
export interface ChainedRole {
  readonly role: string;
  readonly externalId: string | undefined;
  /** The profile of the first role, if one of `~/.aws/config` has this role. */
  readonly sourceProfile: string | undefined;
}

/** The second role of a chain, in the words of the script. */
export interface Second {
  readonly role: Word;
  readonly sessionName: Word | undefined;
  readonly externalId: Word | undefined;
  readonly durationSeconds: Word | undefined;
  readonly statement: Statement | undefined;
  readonly region: Word | undefined;
  /** Its profile, and the one with the token. */
  readonly profile: string | undefined;
  readonly sourceProfile: string | undefined;
}

export function toSecond({ role, sessionName, externalId, durationSeconds, statement }: Exchange): Second {
  return { role, sessionName, externalId, durationSeconds, statement, ...WITHOUT_PROFILE };
}

const WITHOUT_PROFILE = { region: undefined, profile: undefined, sourceProfile: undefined };

/** A profile with a `source_profile` that has the token. */
export function profileSeconds(trace: Trace): readonly Second[] {
  return [...trace.profiles].flatMap(([profile, keys]) => {
    const role = keys.get("role_arn");
    const source = keys.get("source_profile");
    if (role === undefined || source === undefined) return [];
    return [
      {
        role,
        sessionName: keys.get("role_session_name"),
        externalId: keys.get("external_id"),
        durationSeconds: undefined,
        statement: undefined,
        region: keys.get("region"),
        profile,
        sourceProfile: literalText(source),
      },
    ];
  });
}

/** Why a chain cannot be told from what the script does, if it cannot. */
export function findUnclear(
  [second, ...others]: readonly (Second | undefined)[],
  sources: number,
  trace: Trace,
) {
  if (others.length > 0 || (second !== undefined && sources !== 1))
    return sources === 0 ? FROM_ELSEWHERE : SEVERAL;
  if (second?.profile === undefined || second.sourceProfile !== currentProfile(trace)) return undefined;
  return {
    found: `commands that name no profile use the role of ${second.sourceProfile}, and others that of ${second.profile}`,
    fix: "Include the component once for each of the two roles: docs/use/several-roles.md.",
  };
}

const FROM_ELSEWHERE = {
  found: "this role is assumed with credentials from elsewhere, such as the runner's own",
  fix:
    "Let the role's trust policy admit the project's ID tokens instead (docs/set-up-aws.md), and include web-identity with it; " +
    "or give a first role in `role-arn`, and this one in `chained-role-arn`.",
};

const SEVERAL = {
  found: "these roles lead to more than one other",
  fix: "Give each role its own include: docs/use/several-roles.md shows how.",
};

/** The profile that tools use by themselves. */
function currentProfile({ settings, variables }: Trace): string {
  const names = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];
  const set = names.map((name) => settings.get(name)).find((word) => word !== undefined);
  const inherited = names.map((name) => variables.get(name)).find((text) => text !== undefined);
  return (set && literalText(set)) ?? inherited ?? "default";
}

/** What the component needs to know of the second role. */
export function chained(
  role: string | undefined,
  { second, trace }: { readonly second: Second | undefined; readonly trace: Trace },
): ChainedRole | undefined {
  if (role === undefined) return undefined;
  return { role, externalId: externalIdOf(second, trace), sourceProfile: second?.sourceProfile };
}

function externalIdOf(second: Second | undefined, trace: Trace): string | undefined {
  return second?.externalId && toGitLab(second.externalId, trace);
}
