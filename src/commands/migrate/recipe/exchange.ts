import {
  type Command,
  literalText,
  type Statement,
  statementsIn,
  type Word,
  wordsOf,
} from "../shell/script.ts";
import type { Exchange, Trace } from "./trace.ts";
import { argumentsOf, readAssignments } from "./words.ts";

/** Options that say how to ask or to print, and nothing of the session. */
const NEUTRAL =
  /^--(?:query|output|region|no-cli-pager|no-cli-auto-prompt|no-verify-ssl|color|cli-connect-timeout|cli-read-timeout)$/;
const MEANT = /^--(?:role-arn|role-session-name|web-identity-token|duration-seconds|external-id)$/;
/** Options without a value. */
const SWITCH = /^--no-/;

/** A call of STS, and its options that no input covers. */
interface FoundExchange {
  readonly exchange: Exchange;
  readonly foreign: readonly string[];
}

/** Every command in a statement, at any depth. */
export function commandsIn({ commands = [] }: Statement): readonly Command[] {
  return commands.flatMap((command) => [
    command,
    ...wordsOf(command).flatMap((word) => statementsIn(word).flatMap(commandsIn)),
  ]);
}

/** Reads the calls of STS that give credentials, wherever in the statement they stand. */
export function findExchanges(statement: Statement): readonly FoundExchange[] {
  return commandsIn(statement).flatMap((command) => readExchange(command, statement) ?? []);
}

function readExchange(command: Command, statement: Statement): FoundExchange | undefined {
  const words = argumentsOf(command, "aws");
  if (words === undefined) return undefined;
  const texts = words.map((word) => literalText(word) ?? "");
  const at = texts.indexOf("sts");
  const operation = texts[at + 1] ?? "";
  if (at < 0 || !/^assume-role(?:-with-web-identity)?$/.test(operation)) return undefined;
  const options = readOptions([...words.slice(0, at), ...words.slice(at + 2)]);
  const role = options.get("--role-arn");
  if (role === undefined) return undefined;
  return {
    exchange: {
      hop: operation === "assume-role" ? "second" : "first",
      role,
      sessionName: options.get("--role-session-name"),
      token: options.get("--web-identity-token"),
      durationSeconds: options.get("--duration-seconds"),
      region: options.get("--region"),
      externalId: options.get("--external-id"),
      statement,
    },
    foreign: [...options.keys()]
      .filter((name) => !MEANT.test(name) && !NEUTRAL.test(name))
      // A word that is no option may be anything, even a secret.
      .map((name) => (name.startsWith("--") ? name : "a word that is no option")),
  };
}

/** `--name value` and `--name=value`. */
function readOptions(words: readonly Word[]): ReadonlyMap<string, Word> {
  const options = new Map<string, Word>();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [first] = word.parts;
    const text = first?.kind === "text" ? first.text : "";
    const [, name = text, inline] = /^(--[\w-]+)=([\s\S]*)$/.exec(text) ?? [];
    if (inline !== undefined) {
      const parts = [
        ...(inline === "" ? [] : [{ kind: "text", text: inline } as const]),
        ...word.parts.slice(1),
      ];
      options.set(name, { parts, raw: word.raw.slice(name.length + 1) });
    } else {
      const value = SWITCH.test(name) ? undefined : rest.shift();
      options.set(name, value ?? { parts: [], raw: "" });
    }
  }
  return options;
}

/** Programs that print what they are given, or a part of it. */
const TEXT_TOOLS =
  /^(?:echo|printf|jq|yq|awk|gawk|cut|sed|tr|head|tail|cat|grep|egrep|xargs|tee|python3?|node|column|base64)$/;

/** Programs that only print something, of which a session name may be made. */
const PRINTERS = /^(?:date|hostname|whoami|uuidgen)$/;

/** Whether all that is run in these only takes a text apart, the exchange itself aside. */
export function onlyHandlesText(statements: readonly Statement[]): boolean {
  if (statements.some(({ commands }) => commands === undefined)) return false;
  return statements
    .flatMap(({ commands = [] }) => commands)
    .every((command) => {
      const inner = wordsOf(command).flatMap(statementsIn);
      if (isExchange(command)) return inner.every((each) => onlyPrints(each) || onlyHandlesText([each]));
      return onlyHandlesText(inner) && isTextTool(command);
    });
}

function onlyPrints({ commands }: Statement): boolean {
  const [only, ...others] = commands ?? [];
  const program = only?.words[0];
  return others.length === 0 && program !== undefined && PRINTERS.test(literalText(program) ?? "");
}

function isTextTool(command: Command): boolean {
  if (readAssignments(command) !== undefined) return true;
  const [first] = command.words;
  return first === undefined ? false : TEXT_TOOLS.test(literalText(first) ?? "");
}

export function isExchange(command: Command): boolean {
  const words = argumentsOf(command, "aws")?.map((word) => literalText(word)) ?? [];
  return words.includes("sts") && words.some((text) => text?.startsWith("assume-role"));
}

/** Whether a word is made of an answer of STS, and of nothing else that changes. */
export function answerIn(word: Word, trace: Trace): Exchange | undefined {
  const parts = word.parts.filter(({ kind }) => kind !== "text");
  const answers = parts.map((part) => {
    if (part.kind === "variable") return trace.holders.get(part.name);
    if (part.kind === "array") return part.words.map((each) => answerIn(each, trace)).find((each) => each);
    if (part.kind !== "commands" || !onlyHandlesText(part.statements)) return undefined;
    return part.statements
      .flatMap(commandsIn)
      .map((command) => answerOf(command, trace))
      .find((each) => each);
  });
  return parts.length > 0 && answers.every((answer) => answer !== undefined) ? answers[0] : undefined;
}

/** The answer of STS that a command reads, from a variable, a file or STS itself. */
export function answerOf(command: Command, trace: Trace): Exchange | undefined {
  if (isExchange(command)) return trace.exchanges.at(-1);
  for (const word of wordsOf(command)) {
    for (const part of word.parts) {
      const held = part.kind === "variable" ? trace.holders.get(part.name) : undefined;
      if (held !== undefined) return held;
    }
    const fromFile = trace.answerFiles.get(literalText(word) ?? `$${word.raw.replaceAll(/["${}]/g, "")}`);
    if (fromFile !== undefined) return fromFile;
  }
  return undefined;
}
