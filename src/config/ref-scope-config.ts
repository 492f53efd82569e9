import type { RefPattern, RefScope, RefType } from "../aws/identity-setup/scope.ts";
import { type Checked, invalid, type Problem, valid } from "../foundation/checked.ts";
import { splitList } from "./inputs/scalars.ts";
import { isGiven, type TrustPolicyFlags } from "./trust-policy-flags.ts";

/** Flags that select refs. */
const CHOICES = ["branch", "tag", "any-branch", "any-tag", "any-ref"] as const;

/** Flags that limit the refs in a way that GitLab enforces. */
const PROTECTIONS = ["protected", "protected-environment"] as const;

/** All flags about refs. */
export const REF_FLAGS = [...CHOICES, ...PROTECTIONS] as const;

/** Flags that admit everything that others name. */
const WIDER = [
  { flag: "any-branch", admits: ["branch"] },
  { flag: "any-tag", admits: ["tag"] },
  { flag: "any-ref", admits: ["branch", "tag", "any-branch", "any-tag"] },
] as const;

/** Reads the refs that jobs may run for; admitting any ref needs an explicit flag, or a protection. */
export function parseRefs(flags: TrustPolicyFlags): Checked<RefScope> {
  const given = CHOICES.filter((name) => isGiven(flags, name));
  if (given.length === 0) return parseUnnamed(flags);
  const problems = [
    ...WIDER.flatMap((wider) => needlessProblem(flags, wider)),
    ...nameProblems(flags, "branch"),
    ...nameProblems(flags, "tag"),
  ];
  if (problems.length > 0) return invalid(...problems);
  if (given.includes("any-ref")) return valid({ kind: "any" });
  return valid({ kind: "some", patterns: [...readPatterns(flags, "branch"), ...readPatterns(flags, "tag")] });
}

function readPatterns(flags: TrustPolicyFlags, type: RefType): readonly RefPattern[] {
  const names = isGiven(flags, `any-${type}`) ? ["*"] : splitList(flags(type).text);
  return names.map((name) => ({ type, name }));
}

function parseUnnamed(flags: TrustPolicyFlags): Checked<RefScope> {
  if (PROTECTIONS.some((name) => isGiven(flags, name))) return valid({ kind: "any" });
  return invalid({
    subject: "--branch",
    found: "no branch or tag",
    expected: "--branch or --tag, --protected, or --any-ref if any may assume the role",
    fix: "Add --branch main, or whatever the job runs for.",
  });
}

/** A wide flag together with one that names something: one of them is a mistake. */
function needlessProblem(
  flags: TrustPolicyFlags,
  { flag, admits }: (typeof WIDER)[number],
): readonly Problem[] {
  const named = admits.filter((name) => isGiven(flags, name)).map((name) => `--${name}`);
  if (!isGiven(flags, flag) || named.length === 0) return [];
  return [
    {
      subject: `--${flag}`,
      found: `together with ${named.join(" and ")}`,
      expected: `one of them, because --${flag} admits everything that ${named.join(" and ")} would`,
      fix: `Omit --${flag}, unless all of these may assume the role.`,
    },
  ];
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

/** @see https://git-scm.com/docs/git-check-ref-format; IAM accepts characters up to U+00FF in a policy. */
function nameFix(name: string, type: RefType): string | undefined {
  if (name.startsWith("refs/")) return `Write the short name: ${name.replace(/^refs\/[^/]+\//, "")}.`;
  if (name === "*") return `Use --any-${type}, if that is what you want.`;
  if (/\*./.test(name) || name.includes("?")) return "Use only the wildcard *, and only at the end.";
  if (/[^\x21-\x7e\xa1-\xff]|[\\^~:[]|\.\.|@\{|^[-/.]|\/\/|\/\.|[/.]$/.test(name))
    return "Copy the name from GitLab: Git or IAM does not allow this one.";
  return undefined;
}

function wildcardFix(name: string, type: RefType): string | undefined {
  if (!name.endsWith("*") || name.endsWith("/*")) return undefined;
  const prefix = name.slice(0, -1);
  return `Write ${prefix}/* and protect that in GitLab, or add --protected: otherwise anyone who may push can create a ${type} that starts like this, such as ${prefix}x.`;
}
