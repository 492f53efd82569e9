import type { Problem } from "../../foundation/checked.ts";
import { findMeant } from "./did-you-mean.ts";
import type { CommandName, Input } from "./input.ts";
import { inputsOf } from "./inputs.ts";
import type { FlagSection, RawInput } from "./raw-inputs.ts";
import { splitList } from "./scalars.ts";
import { divideFlags, findGivenTwice, type GivenFlag, problemOf } from "./sections.ts";
import { EXPECTED_OPTIONS } from "./trust-policy-inputs.ts";

/** The flags of a command line, by input name, and what is wrong with them. */
export interface Flags {
  readonly flags: ReadonlyMap<string, RawInput>;
  readonly problems: readonly Problem[];
  /** What follows `--`, if present: a command with its arguments. */
  readonly operands?: readonly string[];
}

/**
 * Reads `--name value` and `--name=value`; a value that starts with `--` needs the second form. An option that is a
 * list may be repeated and adds to it; any other may not, since it would be unclear which value counts.
 *
 * `util.parseArgs` has no options with an optional value, and reports only the first mistake.
 *
 * @param program how the user calls the program, for hints
 */
export function parseFlags(
  argv: readonly string[],
  command: CommandName,
  program = "node aws-oidc.cjs",
): Flags {
  const end = TAKES_OPERANDS.includes(command) ? argv.indexOf("--") : -1;
  const words = end < 0 ? argv : argv.slice(0, end);
  const { given, problems } = readWords(words, { command, program });
  const { shared, sections } = divideFlags(given);
  const forAll = mergeFlags(shared);
  const divided = sections.map(({ opener, given }) => ({ opener, ...mergeFlags(given) }));
  return {
    flags: divided.length === 0 ? forAll.flags : new Map([...forAll.flags, ...toOneFlag(divided)]),
    problems: [
      ...problems,
      ...forAll.problems,
      ...divided.flatMap(({ opener, problems }) => problems.map((each) => problemOf(each, opener.text))),
      ...divided.flatMap((section) => findGivenTwice(forAll.flags, section)),
    ],
    ...(end < 0 ? {} : { operands: argv.slice(end + 1) }),
  };
}

/** Commands that run another one. */
const TAKES_OPERANDS: readonly CommandName[] = ["sandbox"];

interface OpenedSection {
  readonly opener: GivenFlag;
  readonly flags: FlagSection["flags"];
}

/** All sections, as the values of the flag that opened them. */
function toOneFlag(opened: readonly OpenedSection[]): readonly [string, RawInput][] {
  const sections = opened.map(({ opener: { text, subject }, flags }) => ({
    opener: { text, subject },
    flags,
  }));
  return opened.slice(0, 1).map(({ opener: { option, text, subject } }) => {
    return [option.name, { text, subject, sections }];
  });
}

/** The combined meaning of the flags, each of which may appear more than once. */
function mergeFlags(given: readonly GivenFlag[]): Omit<Flags, "operands"> {
  const parsed = [...new Set(given.map(({ option }) => option))].map((option) =>
    mergeRepeated(given.filter((flag) => flag.option === option)),
  );
  return {
    flags: new Map(parsed.flatMap(({ name, input }) => (input === undefined ? [] : [[name, input]]))),
    problems: parsed.flatMap(({ problem }) => problem ?? []),
  };
}

/** The program and the command, as called. */
interface Called {
  readonly command: CommandName;
  readonly program: string;
}

function readWords(argv: readonly string[], called: Called) {
  const { command } = called;
  const options = inputsOf(command).filter(({ reaches }) => reaches !== "job");
  const given: GivenFlag[] = [];
  const problems: Problem[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { option, subject, inline, isFlag } = readWord(word, options);
    const isValueNext = isFlag && rest[0]?.startsWith("--") === false;
    const text = inline ?? (isValueNext ? rest.shift() : option && textWithoutValue(option));
    if (option !== undefined && text !== undefined) given.push({ option, subject, text });
    else if (option !== undefined) problems.push(missingValue(word, called));
    else problems.push(unknownFlag(word, options, called));
  }
  return { given, problems };
}

/** A flag, or a value alone for the one option that allows it. */
function readWord(word: string, options: readonly Input[]) {
  const positional = word.startsWith("-") ? undefined : options.find(({ isPositional }) => isPositional);
  if (positional !== undefined)
    return { option: positional, subject: positional.name, inline: word, isFlag: false };
  const [flag, name = "", inline] = word.match(/^--([a-z-]+)(?:=([\s\S]*))?$/) ?? [];
  const option = options.find((input) => name === input.name || name === input.alias);
  return { option, subject: `--${name}`, inline, isFlag: flag !== undefined };
}

/** The value of a flag without one; `undefined` if it needs a value. */
function textWithoutValue({ value }: Input): string | undefined {
  if (value === undefined) return undefined;
  return value === "none" ? "true" : "";
}

interface ParsedFlag {
  readonly name: string;
  /** Absent if the problem already says everything. */
  readonly input?: RawInput;
  readonly problem?: Problem;
}

/** One option, given any number of times. */
function mergeRepeated(given: readonly GivenFlag[]): ParsedFlag {
  const [first, ...others] = given as readonly [GivenFlag, ...GivenFlag[]];
  const { option, subject, text } = first;
  const { name, isList } = option;
  const problem = others.length === 0 ? optionProblem(first) : undefined;
  if (problem !== undefined) return { name, problem };
  if (others.length === 0) return { name, input: { text, subject } };
  const texts = given.map((flag) => flag.text);
  const input = { text: isList ? texts.join(",") : text, subject };
  if (!isList) return { name, input, problem: repeatedProblem(given) };
  return texts.some((each) => splitList(each).length === 0)
    ? { name, input, problem: emptyProblem(given) }
    : { name, input };
}

function repeatedProblem(given: readonly GivenFlag[]): Problem {
  const names = [...new Set(given.map(({ subject }) => subject))];
  return {
    subject: names.join(", "),
    found: `given ${given.length} times${names.length > 1 ? ", under two names" : ""}`,
    expected: "once, because it takes one value",
    fix: "Remove all but one.",
  };
}

/** An unset variable must not silently shorten a list. */
function emptyProblem(given: readonly GivenFlag[]): Problem {
  return {
    subject: given.map(({ subject }) => subject)[0] ?? "",
    found: `given ${given.length} times, but not always with a value`,
    expected: "a value each time",
    fix: "If one comes from a variable, check that it is set.",
  };
}

function missingValue(word: string, { command, program }: Called): Problem {
  return {
    subject: word,
    found: "no value",
    expected: "a value after it",
    fix: `Run \`${program} ${command} --help\` for the list.`,
  };
}

function unknownFlag(word: string, options: readonly Input[], { command, program }: Called): Problem {
  const subject = word.replace(/=[\s\S]*/, "");
  const names = options.flatMap(({ name, alias }) => [name, ...(alias === undefined ? [] : [alias])]);
  const written = subject.replace(/^-+/, "");
  const meant = subject.startsWith("-") ? findMeant(written, names) : undefined;
  const instead =
    command === "trust-policy"
      ? EXPECTED_OPTIONS.get(written)
      : TAKES_OPERANDS.includes(command) && !subject.startsWith("-")
        ? `Write -- before the program that it is to run: ${program} ${command} … -- ${subject}`
        : undefined;
  return {
    subject,
    found: "not an option of this command",
    expected: `an option of ${command}`,
    fix:
      instead ??
      `${meant === undefined ? "" : `Did you mean --${meant}? `}Run \`${program} ${command} --help\` for the list.`,
  };
}

/** A wrong value for an option with fixed words. An empty variable is left to whoever reads the input. */
function optionProblem({ option, subject, text }: GivenFlag): Problem | undefined {
  const { options } = option;
  if (options === undefined || text === "" || options.includes(text)) return undefined;
  const meant = findMeant(text, options);
  return {
    subject,
    found: JSON.stringify(text),
    expected: `one of ${options.join(", ")}`,
    fix:
      meant === undefined
        ? `Set ${subject} to one of these words, in lower case.`
        : `Did you mean ${subject} ${meant}?`,
  };
}
