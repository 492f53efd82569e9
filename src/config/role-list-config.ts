import type { RoleSettings } from "../aws/identity-setup/identity-setup.ts";
import type { Scope } from "../aws/identity-setup/scope.ts";
import { mayClash } from "../aws/identity-setup/sub-form.ts";
import { type Checked, invalid, type Problem, valid } from "../foundation/checked.ts";
import type { FlagSection } from "./inputs/raw-inputs.ts";
import { problemOf } from "./inputs/sections.ts";
import type { TrustPolicyFlags } from "./trust-policy-flags.ts";

/** The flags of each role: its own, and those for all. */
export function flagsOfRoles(flags: TrustPolicyFlags): readonly TrustPolicyFlags[] {
  const { sections = [] } = flags("role-name");
  if (sections.length === 0) return [flags];
  return sections.map((section) => (name) => {
    return name === "role-name" ? section.opener : (section.flags.get(name) ?? flags(name));
  });
}

/** A checked role of a command line that describes scopes. */
interface ScopedRole {
  readonly role: RoleSettings;
  readonly scope: Scope;
}

/** Reads every role. A problem that all roles have is reported once, any other with its role. */
export function parseRoles<Role extends ScopedRole>(
  flags: TrustPolicyFlags,
  parse: (flags: TrustPolicyFlags) => Checked<Role>,
): Checked<readonly Role[]> {
  const { sections = [] } = flags("role-name");
  const parts = flagsOfRoles(flags).map((own) => ({ name: own("role-name").text ?? "", parsed: parse(own) }));
  const roles = parts.flatMap(({ parsed }) => (parsed.ok ? [parsed.value] : []));
  const found = parts.map(({ name, parsed }) => ({ name, problems: parsed.ok ? [] : parsed.problems }));
  const common = commonProblems(found.map(({ problems }) => problems));
  const isCommon = new Set(common.map(textOf));
  const problems = [
    ...findSameNames(parts.map(({ name }) => name)),
    ...common,
    ...found.flatMap(({ name, problems }, index) =>
      problems
        .filter((problem) => !isCommon.has(textOf(problem)))
        .map((problem) => problemOf(tellSharedFlags(problem, sections[index]), name)),
    ),
    ...findClashes(roles),
  ];
  return problems.length > 0 ? invalid(...problems) : valid(roles);
}

/** If a flag of one role conflicts with a flag for all, the latter is in the wrong place. */
function tellSharedFlags(problem: Problem, own: FlagSection | undefined): Problem {
  const names = /^together with /.test(problem.found)
    ? (`${problem.subject} ${problem.found}`.match(/--[\w-]+/g) ?? [])
    : [];
  const shared = names.filter((name) => own !== undefined && !own.flags.has(name.slice("--".length)));
  if (shared.length === 0) return problem;
  const place = `${shared.join(" and ")} before the first --role applies to all roles: move it after each --role that it applies to.`;
  return { ...problem, fix: `${problem.fix} ${place}` };
}

/** Problems that every role has. */
function commonProblems([first = [], ...others]: readonly (readonly Problem[])[]): readonly Problem[] {
  const texts = others.map((problems) => new Set(problems.map(textOf)));
  return first.filter((problem) => texts.every((known) => known.has(textOf(problem))));
}

function textOf(problem: Problem): string {
  return JSON.stringify(problem);
}

/** To IAM, names that differ only in case are one name. */
function findSameNames(names: readonly string[]): readonly Problem[] {
  const lower = names.map((name) => name.toLowerCase());
  const repeated = names.filter((name, index) => lower.indexOf(name.toLowerCase()) < index);
  return [...new Set(repeated)].map((name) => ({
    subject: "--role",
    found: `${JSON.stringify(name)}, the name of ${lower.filter((other) => other === name.toLowerCase()).length} roles`,
    expected: "a different name for each role; IAM ignores case",
    fix: "Rename one of them, or put their flags together for one role.",
  }));
}

/** A project's `sub` begins with its path or its id, for all its jobs. */
function findClashes(roles: readonly ScopedRole[]): readonly Problem[] {
  return roles.flatMap(({ role, scope }) => {
    if (scope.projects.kind !== "ids") return [];
    const other = roles.find((one) => mayClash(scope, one.scope));
    if (other === undefined) return [];
    return [
      {
        subject: `--project-id of ${role.name}`,
        found: `a \`sub\` that begins with the id, but ${other.role.name} needs one that begins with the path`,
        expected: "one form of `sub` for all jobs and roles of a project",
        fix: "Name the projects the same way for all roles: with --project, or only with --project-id. Put roles for other projects into a separate document.",
      },
    ];
  });
}
