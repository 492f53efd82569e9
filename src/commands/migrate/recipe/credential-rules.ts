import {
  type Command,
  literalText,
  type Statement,
  statementsIn,
  type Word,
  wordsOf,
} from "../shell/script.ts";
import { answerIn, answerOf, findExchanges, isExchange, onlyHandlesText } from "./exchange.ts";
import type { Exchange, Obstacle, Trace, Verdict } from "./trace.ts";
import { argumentsOf, KEY_NAMES, outputFile, pathOf, readAssignments, soleCommand, textAt } from "./words.ts";

/** The exchange itself, whichever way the script uses the answer. */
export function ruleExchange(statement: Statement, trace: Trace): Verdict | undefined {
  const found = findExchanges(statement);
  const [only] = found;
  if (only === undefined) return undefined;
  if (found.length > 1)
    return block(trace, { statement, found: "this command calls STS twice", fix: SPLIT_FIX });
  if (only.foreign.length > 0) {
    return block(trace, {
      statement,
      found: `this command gives STS ${only.foreign.join(", ")}`,
      fix: FOREIGN_FIX,
    });
  }
  trace.exchanges.push(only.exchange);
  if (takesAnswer(statement, only.exchange, trace)) return "recipe";
  return block(trace, {
    statement,
    found: "this command does something else besides the exchange",
    fix: SPLIT_FIX,
  });
}

const FOREIGN_FIX =
  "The inputs of assume-role have session policies and more: compare README.md#assume-role, then change the job by hand.";
const SPLIT_FIX =
  "Put the exchange into commands of its own, as GitLab's page on AWS has it, and run this again.";

function block(trace: Trace, obstacle: Obstacle): "kept" {
  trace.obstacles.push(obstacle);
  return "kept";
}

/** Notes where the answer goes; false for a way that is not known. */
function takesAnswer(statement: Statement, exchange: Exchange, trace: Trace): boolean {
  const commands = statement.commands ?? [];
  const [first, ...rest] = commands;
  if (first === undefined) return false;
  if (isExchange(first)) return takesOutput(commands, exchange, trace);
  if (rest.length > 0 || !onlyHandlesText(wordsOf(first).flatMap(statementsIn))) return false;
  return takesAssignments(first, exchange, trace) || takesWords(first, exchange, trace);
}

/** `aws sts … | jq … > file`, or for everybody to read. */
function takesOutput(commands: readonly Command[], exchange: Exchange, trace: Trace): boolean {
  const file = commands.map(outputFile).find((each) => each !== undefined);
  const rest: Statement = { commands: commands.slice(1), raw: "", firstLine: 0, lastLine: 0, joinedBy: "" };
  if (!onlyHandlesText([rest])) return false;
  if (file === undefined) return trace.tokenFiles.size > 0 || trace.settings.size > 0;
  trace.answerFiles.set(pathOf(file, trace), exchange);
  return true;
}

function takesAssignments(command: Command, exchange: Exchange, trace: Trace): boolean {
  const read = readAssignments(command);
  if (read === undefined) return false;
  const { assignments, others } = read;
  if (
    !assignments.every(
      ({ value }) => answerIn(value, trace) !== undefined || literalText(value) !== undefined,
    )
  )
    return false;
  for (const { name, value } of assignments) if (answerIn(value, trace)) trace.holders.set(name, exchange);
  return others.every((word) => literalText(word) !== undefined || takesNames(word, exchange, trace));
}

/** `export $(printf "NAME=%s …" …)`: the names are part of the text. */
function takesNames(word: Word, exchange: Exchange, trace: Trace): boolean {
  if (answerIn(word, trace) === undefined) return false;
  for (const [, name = ""] of word.raw.matchAll(/\b([A-Za-z_]\w*)=/g)) trace.holders.set(name, exchange);
  return true;
}

/** `eval "$(…)"`, `read -r A B C <<< "$(…)"`, `set -- $(…)`. */
function takesWords(command: Command, exchange: Exchange, trace: Trace): boolean {
  const evaluated = argumentsOf(command, "eval");
  if (evaluated !== undefined)
    return evaluated.every((word) => literalText(word) === "export" || takesNames(word, exchange, trace));
  const read =
    argumentsOf(command, "read") ?? argumentsOf(command, "readarray") ?? argumentsOf(command, "mapfile");
  if (read !== undefined) {
    for (const word of read) {
      const text = literalText(word) ?? "";
      if (/^[A-Za-z_]\w*$/.test(text)) trace.holders.set(text, exchange);
    }
    return command.redirects.every(({ target }) => answerIn(target, trace) !== undefined);
  }
  const set = argumentsOf(command, "set");
  if (set === undefined || textAt(set, 0) !== "--") return false;
  for (const name of "123") trace.holders.set(name, exchange);
  return set.slice(1).every((word) => answerIn(word, trace) !== undefined);
}

/** What takes the answer apart, once there is one. */
export function ruleDerived(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  if (command === undefined || trace.exchanges.length === 0) return undefined;
  if (exportsHolders(command, trace)) return "recipe";
  const answer = wordsOf(command)
    .map((word) => answerIn(word, trace))
    .find((each) => each);
  if (answer === undefined || argumentsOf(command, "aws") !== undefined) return undefined;
  return takesAssignments(command, answer, trace) || takesWords(command, answer, trace)
    ? "recipe"
    : undefined;
}

/** `export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY`, which were filled before. */
function exportsHolders(command: Command, trace: Trace): boolean {
  const read = readAssignments(command);
  if (!read?.isExport || read.assignments.length > 0 || read.others.length === 0) return false;
  return read.others.every((word) => trace.holders.has(literalText(word) ?? ""));
}

/** `echo $answer | jq … > file`: an answer in another form. */
export function ruleRewritten(statement: Statement, trace: Trace): Verdict | undefined {
  const { commands = [] } = statement;
  const file = commands.map(outputFile).find((each) => each !== undefined);
  if (file === undefined || trace.exchanges.length === 0 || !/\.json"?$|creds|cred/.test(file.raw))
    return undefined;
  const answer = commands.map((command) => answerOf(command, trace)).find((each) => each);
  if (answer === undefined || !onlyHandlesText([statement])) return undefined;
  trace.answerFiles.set(pathOf(file, trace), answer);
  return "recipe";
}

/** `aws configure set aws_access_key_id …`, with keys that STS has given. */
export function ruleConfiguredKeys(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const set = command && readConfigure(command);
  if (set === undefined || !/^aws_(?:access_key_id|secret_access_key|session_token)$/.test(set.key))
    return undefined;
  const exchange = answerIn(set.value, trace);
  if (exchange === undefined) return undefined;
  trace.profileOf.set(exchange, set.profile ?? "default");
  return "recipe";
}

/** `aws configure set <key> <value> [--profile <name>]`; the key may begin with the profile. */
export function readConfigure(command: Command) {
  const words = argumentsOf(command, "aws");
  if (words === undefined || textAt(words, 0) !== "configure" || textAt(words, 1) !== "set") return undefined;
  const rest = words.slice(2);
  const at = rest.findIndex((word) => /^--profile\b/.test(word.raw));
  const [, inline] = /^--profile=(.+)$/.exec(rest[at]?.raw ?? "") ?? [];
  const named = at < 0 ? undefined : (inline ?? rest[at + 1]?.raw);
  const [key, value] = rest.filter(
    (_, index) => at < 0 || (index !== at && (inline !== undefined || index !== at + 1)),
  );
  if (key === undefined || value === undefined) return undefined;
  const [, prefix, name = key.raw] = /^(?:profile\.)?([\w-]+)\.(\w+)$/.exec(key.raw) ?? [];
  const profile = (named ?? prefix)?.replaceAll(/["']/g, "");
  return { key: name, value, profile };
}

/** What removes an answer or a token when it is no longer wanted. */
export function ruleCleanUp(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  if (command === undefined) return undefined;
  const removed =
    argumentsOf(command, "rm") ?? argumentsOf(command, "shred") ?? argumentsOf(command, "chmod");
  const paths = removed
    ?.filter(({ raw }) => !/^(?:-|\d+$|[ugoa]*[+=-])/.test(raw))
    .map((word) => pathOf(word, trace));
  if (paths !== undefined && paths.length > 0) {
    const isOurs = paths.every(
      (path) =>
        trace.answerFiles.has(path) ||
        trace.tokenFiles.has(path) ||
        /^~\/\.aws\/(?:config|credentials)$/.test(path),
    );
    return isOurs ? "possible" : undefined;
  }
  const unset = argumentsOf(command, "unset")?.map((word) => literalText(word) ?? "") ?? [];
  const isOurs = unset.every((name) => trace.holders.has(name) || KEY_NAMES.some((key) => key === name));
  return unset.length > 0 && isOurs ? "possible" : undefined;
}
