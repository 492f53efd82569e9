import type { RefScope, RefType } from "../aws/identity-setup/scope.ts";
import { type Checked, invalid, type Problem, valid } from "../foundation/checked.ts";
import { splitList } from "./inputs/scalars.ts";
import { isGiven, type TrustPolicyFlags } from "./trust-policy-flags.ts";

/** Flags that say which refs; one of them at the most. */
const CHOICES = ["branch", "tag", "any-branch", "any-tag", "any-ref"] as const;

/** Flags that bound the refs in a way that GitLab enforces. */
const PROTECTIONS = ["protected", "protected-environment"] as const;

/** All flags about refs. */
export const REF_FLAGS = [...CHOICES, ...PROTECTIONS] as const;

/** Reads the refs that jobs may run for; any ref must be asked for by name, or be bounded by a protection. */
export function parseRefs(flags: TrustPolicyFlags): Checked<RefScope> {
  const [choice, ...others] = CHOICES.filter((name) => isGiven(flags, name));
  if (choice === undefined) return parseUnnamed(flags);
  const problems = [
    ...(others.length > 0 ? [tooManyProblem(choice, others)] : []),
    ...nameProblems(flags, "branch"),
    ...nameProblems(flags, "tag"),
  ];
  return problems.length > 0 ? invalid(...problems) : valid(readChoice(flags, choice));
}

function readChoice(flags: TrustPolicyFlags, choice: (typeof CHOICES)[number]): RefScope {
  switch (choice) {
    case "branch":
    case "tag":
      return { kind: "named", type: choice, names: splitList(flags(choice).text) };
    case "any-branch":
      return { kind: "any-of-type", type: "branch" };
    case "any-tag":
      return { kind: "any-of-type", type: "tag" };
    case "any-ref":
      return { kind: "any" };
  }
}

function parseUnnamed(flags: TrustPolicyFlags): Checked<RefScope> {
  if (PROTECTIONS.some((name) => isGiven(flags, name))) return valid({ kind: "any" });
  return invalid({
    subject: "--branch",
    found: "no branch or tag",
    expected: "--branch or --tag, --protected, or --any-ref if any may assume the role",
    fix: "Give --branch main, or what the job runs for.",
  });
}

function tooManyProblem(choice: string, others: readonly string[]): Problem {
  return {
    subject: `--${choice}`,
    found: `together with ${others.map((name) => `--${name}`).join(" and ")}`,
    expected: "one kind of ref",
    fix: "Choose one; for branches and tags make two roles.",
  };
}

function nameProblems(flags: TrustPolicyFlags, type: RefType): readonly Problem[] {
  const { text, subject } = flags(type);
  const isBounded = PROTECTIONS.some((name) => isGiven(flags, name));
  return splitList(text).flatMap((name) => {
    const fix = nameFix(name, type) ?? (isBounded ? undefined : wildcardFix(name, type));
    if (fix === undefined) return [];
    return [{ subject, found: JSON.stringify(name), expected: `the name of a ${type}`, fix }];
  });
}

/** @see https://git-scm.com/docs/git-check-ref-format; what IAM takes in a policy ends at U+00FF. */
function nameFix(name: string, type: RefType): string | undefined {
  if (name.startsWith("refs/")) return `Write the short name: ${name.replace(/^refs\/[^/]+\//, "")}.`;
  if (name === "*") return `Use --any-${type}, if that is meant.`;
  if (/\*./.test(name) || name.includes("?")) return "Put a wildcard at the end only, and * only.";
  if (/[^\x21-\x7e\xa1-\xff]|[\\^~:[]|\.\.|@\{|^[-/.]|\/\/|\/\.|[/.]$/.test(name))
    return "Copy the name from GitLab: Git or IAM takes none like this.";
  return undefined;
}

function wildcardFix(name: string, type: RefType): string | undefined {
  if (!name.endsWith("*") || name.endsWith("/*")) return undefined;
  const prefix = name.slice(0, -1);
  return `Write ${prefix}/* and protect that in GitLab, or add --protected: otherwise whoever may push makes a ${type} that begins so, such as ${prefix}x.`;
}
