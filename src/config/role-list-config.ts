import type { RoleSettings } from "../aws/identity-setup/identity-setup.ts";
import type { Scope } from "../aws/identity-setup/scope.ts";
import { mayClash } from "../aws/identity-setup/sub-form.ts";
import { type Checked, invalid, type Problem, valid } from "../foundation/checked.ts";
import { problemOf } from "./inputs/sections.ts";
import type { TrustPolicyFlags } from "./trust-policy-flags.ts";

/** The flags of each role: its own, and those that are for all. */
export function flagsOfRoles(flags: TrustPolicyFlags): readonly TrustPolicyFlags[] {
  const { sections = [] } = flags("role-name");
  if (sections.length === 0) return [flags];
  return sections.map((section) => (name) => {
    return name === "role-name" ? section.opener : (section.flags.get(name) ?? flags(name));
  });
}

/** A role of a command line that makes scopes, checked. */
interface ScopedRole {
  readonly role: RoleSettings;
  readonly scope: Scope;
}

/** Reads every role. A problem that all roles have is told once, any other with the role that has it. */
export function parseRoles<Role extends ScopedRole>(
  flags: TrustPolicyFlags,
  parse: (flags: TrustPolicyFlags) => Checked<Role>,
): Checked<readonly Role[]> {
  const parts = flagsOfRoles(flags).map((own) => ({ name: own("role-name").text ?? "", parsed: parse(own) }));
  const roles = parts.flatMap(({ parsed }) => (parsed.ok ? [parsed.value] : []));
  const found = parts.map(({ name, parsed }) => ({ name, problems: parsed.ok ? [] : parsed.problems }));
  const common = (found[0]?.problems ?? []).filter((problem) =>
    found.every(({ problems }) => includes(problems, problem)),
  );
  const problems = [
    ...findSameNames(parts.map(({ name }) => name)),
    ...common,
    ...found.flatMap(({ name, problems }) =>
      problems.filter((problem) => !includes(common, problem)).map((problem) => problemOf(problem, name)),
    ),
    ...findClashes(roles),
  ];
  return problems.length > 0 ? invalid(...problems) : valid(roles);
}

function includes(problems: readonly Problem[], problem: Problem): boolean {
  return problems.some((other) => JSON.stringify(other) === JSON.stringify(problem));
}

/** To IAM, names that differ only in case are one name. */
function findSameNames(names: readonly string[]): readonly Problem[] {
  const lower = names.map((name) => name.toLowerCase());
  const repeated = names.filter((name, index) => lower.indexOf(name.toLowerCase()) < index);
  return [...new Set(repeated)].map((name) => ({
    subject: "--role",
    found: `${JSON.stringify(name)}, the name of ${lower.filter((other) => other === name.toLowerCase()).length} roles`,
    expected: "a name of its own for each role; IAM ignores case",
    fix: "Give one of them another name, or put their flags together for one role.",
  }));
}

/** A project makes `sub` begin with its path or with its number, for all of its jobs. */
function findClashes(roles: readonly ScopedRole[]): readonly Problem[] {
  return roles.flatMap(({ role, scope }) => {
    if (scope.projects.kind !== "ids") return [];
    const other = roles.find((one) => mayClash(scope, one.scope));
    if (other === undefined) return [];
    return [
      {
        subject: `--project-id of ${role.name}`,
        found: `a \`sub\` that begins with the number, while ${other.role.name} needs one that begins with the path`,
        expected: "one form of `sub` for a project, which all of its jobs and roles have in common",
        fix: "Name the projects in one way for all roles: by --project, or by --project-id alone. Put roles of other projects into a document of their own.",
      },
    ];
  });
}
