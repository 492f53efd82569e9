import { type Checked, invalid, valid } from "../../foundation/checked.ts";
import type { RawInput } from "./raw-inputs.ts";

/** The limits of a number, and what to do if it breaks them. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** For something that is not a number. */
  readonly fix: string;
  /** For a number above `max`; the message already says that it is too high. */
  readonly above?: string;
}

/** A whole number within limits; anything else, such as `3600s` or `-1`, is a problem. */
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
  return number < min ? `Use at least ${min} ${unit}.` : (above ?? `Use at most ${max} ${unit}.`);
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

/** The first variable in the text that was not replaced by its value: `ROLE` for `$ROLE`, `${ROLE}`. */
export function unexpandedVariable(text: string): string | undefined {
  return text.match(/\$\{?([A-Za-z_]\w*)/)?.[1];
}

/**
 * A list that narrows what is allowed, so an empty one must not count as not given: two empty variables leave a comma.
 */
export function parseNarrowingList({ text, subject }: RawInput, what: string): Checked<readonly string[]> {
  const items = splitList(text);
  const isGiven = Boolean(text) || (text !== undefined && subject.startsWith("--"));
  if (items.length > 0 || !isGiven) return valid(items);
  return invalid({
    subject,
    found: text === "" ? "an empty value" : `${JSON.stringify(text)}, a list with nothing in it`,
    expected: `${what}, separated by commas; or omit it to allow any`,
    fix:
      "If it comes from CI/CD variables: a protected variable is empty on unprotected refs, and one scoped to an environment " +
      "is empty in a job without that `environment`.",
  });
}

/** A list separated by commas, spaces or line breaks, or by the given pattern. */
export function splitList(text = "", separator = /[\s,]+/): readonly string[] {
  const items = text.split(separator).map((item) => item.trim());
  return items.filter((item) => item !== "");
}
