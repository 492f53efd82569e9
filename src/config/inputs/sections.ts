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
  const openers = given.filter(({ option }) => option.section === "opens");
  if (openers.length < 2) return { shared: given, sections: [] };
  const starts = openers.map((opener) => given.indexOf(opener));
  const isOfSection = (flag: GivenFlag, at: number): boolean =>
    flag.option.section === "within" && at > (starts[0] ?? 0);
  return {
    shared: given.filter((flag, at) => flag.option.section !== "opens" && !isOfSection(flag, at)),
    sections: openers.map((opener, index) => ({
      opener,
      given: given.filter(
        (flag, at) =>
          isOfSection(flag, at) && at > (starts[index] ?? 0) && at < (starts[index + 1] ?? given.length),
      ),
    })),
  };
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
        expected: `once: before the first ${opener.subject} for all, or behind each`,
        fix: `Move it behind each ${opener.subject} that it is for.`,
      },
    ];
  });
}

/** Says for which section a problem is. */
export function problemOf(problem: Problem, name: string): Problem {
  return { ...problem, subject: `${problem.subject} of ${name}` };
}
