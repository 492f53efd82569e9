import type { Problem } from "../../foundation/checked.ts";
import { findMeant } from "./did-you-mean.ts";
import type { CommandName, Input } from "./input.ts";
import { inputsOf } from "./inputs.ts";
import type { FlagSection, RawInput } from "./raw-inputs.ts";
import { splitList } from "./scalars.ts";
import { divideFlags, findGivenTwice, type GivenFlag, problemOf } from "./sections.ts";
import { EXPECTED_OPTIONS } from "./trust-policy-inputs.ts";

/** The flags of a command line, by the name of the input, and what is wrong with them. */
export interface Flags {
  readonly flags: ReadonlyMap<string, RawInput>;
  readonly problems: readonly Problem[];
}

/**
 * Reads `--name value` and `--name=value`; a value that starts with `--` needs the second form. An option that holds a list
 * may be given again, and adds to it; any other one may not, since nothing would say which of its values is meant.
 *
 * `util.parseArgs` knows no option whose value may be left out, and tells only the first thing that is wrong.
 *
 * @param program how the user calls the program, for hints
 */
export function parseFlags(
  argv: readonly string[],
  command: CommandName,
  program = "node aws-oidc.cjs",
): Flags {
  const { given, problems } = readWords(argv, { command, program });
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
  };
}

interface OpenedSection {
  readonly opener: GivenFlag;
  readonly flags: FlagSection["flags"];
}

/** All sections as the one flag that opened each of them. */
function toOneFlag(opened: readonly OpenedSection[]): readonly [string, RawInput][] {
  const sections = opened.map(({ opener: { text, subject }, flags }) => ({
    opener: { text, subject },
    flags,
  }));
  return opened.slice(0, 1).map(({ opener: { option, text, subject } }) => {
    return [option.name, { text, subject, sections }];
  });
}

/** What the flags say together, each of which may be there more than once. */
function mergeFlags(given: readonly GivenFlag[]): Flags {
  const parsed = [...new Set(given.map(({ option }) => option))].map((option) =>
    mergeRepeated(given.filter((flag) => flag.option === option)),
  );
  return {
    flags: new Map(parsed.flatMap(({ name, input }) => (input === undefined ? [] : [[name, input]]))),
    problems: parsed.flatMap(({ problem }) => problem ?? []),
  };
}

/** What is called, and how. */
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

/** A flag, or a value by itself for the one option that can be given so. */
function readWord(word: string, options: readonly Input[]) {
  const positional = word.startsWith("-") ? undefined : options.find(({ isPositional }) => isPositional);
  if (positional !== undefined)
    return { option: positional, subject: positional.name, inline: word, isFlag: false };
  const [flag, name = "", inline] = word.match(/^--([a-z-]+)(?:=([\s\S]*))?$/) ?? [];
  const option = options.find((input) => name === input.name || name === input.alias);
  return { option, subject: `--${name}`, inline, isFlag: flag !== undefined };
}

/** What a flag says that stands alone; `undefined` where it needs a value. */
function textWithoutValue({ value }: Input): string | undefined {
  if (value === undefined) return undefined;
  return value === "none" ? "true" : "";
}

interface ParsedFlag {
  readonly name: string;
  /** Absent where the problem says all there is to say of it. */
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
    expected: "once, since it takes one value",
    fix: "Leave out all of them but one.",
  };
}

/** A variable that is not set must not shorten a list in silence. */
function emptyProblem(given: readonly GivenFlag[]): Problem {
  return {
    subject: given.map(({ subject }) => subject)[0] ?? "",
    found: `given ${given.length} times, and not each time with a value`,
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
  const instead = command === "trust-policy" ? EXPECTED_OPTIONS.get(written) : undefined;
  return {
    subject,
    found: "not an option of this command",
    expected: `an option of ${command}`,
    fix:
      instead ??
      `${meant === undefined ? "" : `Did you mean --${meant}? `}Run \`${program} ${command} --help\` for the list.`,
  };
}

/** One of a few words, of which another was written. A variable that is empty is for whoever reads the input. */
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
