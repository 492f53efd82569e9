import type { Problem } from "../../foundation/checked.ts";
import type { Input } from "./input.ts";
import type { FlagSection, RawInput } from "./raw-inputs.ts";

/** One occurrence of an option on the command line. */
export interface GivenFlag {
  readonly option: Input;
  /** As typed: `--trust-policy` for an alias. */
  readonly subject: string;
  readonly text: string;
}

interface GivenSection {
  readonly opener: GivenFlag;
  readonly given: readonly GivenFlag[];
}

/**
 * Divides a command line at each flag that opens a section. Flags before the first apply to all, as do flags anywhere
 * that cannot apply to one section. With only one opening flag there are no sections, and the order does not matter.
 */
export function divideFlags(given: readonly GivenFlag[]): {
  readonly shared: readonly GivenFlag[];
  readonly sections: readonly GivenSection[];
} {
  const shared: GivenFlag[] = [];
  const sections: { readonly opener: GivenFlag; readonly given: GivenFlag[] }[] = [];
  for (const flag of given) {
    const current = sections.at(-1);
    if (flag.option.section === "opens") sections.push({ opener: flag, given: [] });
    else if (flag.option.section === "within" && current !== undefined) current.given.push(flag);
    else shared.push(flag);
  }
  return sections.length < 2 ? { shared: given, sections: [] } : { shared, sections };
}

/** A flag for all that is repeated for one: it would be unclear whether it adds to the first or replaces it. */
export function findGivenTwice(
  shared: ReadonlyMap<string, RawInput>,
  { opener, flags }: FlagSection,
): readonly Problem[] {
  return [...flags].flatMap(([name, { subject }]) => {
    if (!shared.has(name)) return [];
    return [
      {
        subject,
        found: `before the first ${opener.subject}, and again for ${opener.text}`,
        expected: `once: before the first ${opener.subject} for all, or after each`,
        fix: `Move it after each ${opener.subject} that it applies to.`,
      },
    ];
  });
}

/** Says which section a problem belongs to. */
export function problemOf(problem: Problem, name: string): Problem {
  return { ...problem, subject: `${problem.subject} of ${name}` };
}
