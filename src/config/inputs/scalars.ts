import { type Checked, invalid, valid } from "../../foundation/checked.ts";
import type { RawInput } from "./raw-inputs.ts";

/** What a number may be, and what to do about one that is not. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** For what is no number. */
  readonly fix: string;
  /** For a number above `max`; that it is too high is said anyway. */
  readonly above?: string;
}

/** A whole number within bounds; anything else, `3600s` and `-1` among it, is a problem. */
export function parseWholeNumber(input: RawInput, bounds: Bounds): Checked<number> {
  const text = input.text ?? "";
  const { min, max, unit } = bounds;
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && number >= min && number <= max) return valid(number);
  return invalid({
    subject: input.subject,
    found: JSON.stringify(text),
    expected: `a whole number of ${unit} from ${min} to ${max}`,
    fix: numberFix(number, bounds),
  });
}

function numberFix(number: number | undefined, { min, max, unit, fix, above }: Bounds): string {
  if (number === undefined) return fix;
  return number < min ? `Give at least ${min} ${unit}.` : (above ?? `Give at most ${max} ${unit}.`);
}

/** One of a few words. */
export function parseOption<const Option extends string>(
  input: RawInput,
  options: readonly Option[],
): Checked<Option> {
  const option = options.find((candidate) => candidate === input.text);
  if (option !== undefined) return valid(option);
  return invalid({
    subject: input.subject,
    found: JSON.stringify(input.text ?? ""),
    expected: `one of ${options.join(", ")}`,
    fix: `Set ${input.subject} to one of these words, in lower case.`,
  });
}

/** The first variable that stands in the text by name, since nobody put its value there: `ROLE` for `$ROLE`, `${ROLE}`. */
export function unexpandedVariable(text: string): string | undefined {
  return text.match(/\$\{?([A-Za-z_]\w*)/)?.[1];
}

/**
 * A list that narrows what is allowed, so that one without anything in it must not pass for one that was not given: two
 * variables that are empty here leave a comma.
 */
export function parseNarrowingList({ text, subject }: RawInput, what: string): Checked<readonly string[]> {
  const items = splitList(text);
  const isGiven = Boolean(text) || (text !== undefined && subject.startsWith("--"));
  if (items.length > 0 || !isGiven) return valid(items);
  return invalid({
    subject,
    found: text === "" ? "an empty value" : `${JSON.stringify(text)}, a list with nothing in it`,
    expected: `${what}, separated by commas; or leave it out, which allows any`,
    fix:
      "If it comes from CI/CD variables: a protected variable is empty on unprotected refs, and one scoped to an environment " +
      "is empty in a job without that `environment`.",
  });
}

/** A list separated by commas, spaces or line breaks, or by what is given. */
export function splitList(text = "", separator = /[\s,]+/): readonly string[] {
  const items = text.split(separator).map((item) => item.trim());
  return items.filter((item) => item !== "");
}
