import type { Problem } from "../../foundation/checked.ts";
import type { Input } from "./input.ts";
import type { FlagSection, RawInput } from "./raw-inputs.ts";

/** An option, each time that it is on the command line. */
export interface GivenFlag {
  readonly option: Input;
  /** As it was written: `--trust-policy` for an alias. */
  readonly subject: string;
  readonly text: string;
}

interface GivenSection {
  readonly opener: GivenFlag;
  readonly given: readonly GivenFlag[];
}

/**
 * Divides a command line at each flag that opens a section. What stands before the first is for all, and so is, wherever it
 * stands, a flag that is not for sections. A line with one such flag has no sections: the order means nothing there.
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

/** A flag for all that is given again for one: nothing would say whether it adds to the first or replaces it. */
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
        fix: `Move it after each ${opener.subject} that it is for.`,
      },
    ];
  });
}

/** Says for which section a problem is. */
export function problemOf(problem: Problem, name: string): Problem {
  return { ...problem, subject: `${problem.subject} of ${name}` };
}
