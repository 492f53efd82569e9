import { type Command, type Statement, variablesIn } from "../shell/script.ts";
import { readConfigure } from "./credential-rules.ts";
import { answerIn } from "./exchange.ts";
import type { Trace, Verdict } from "./trace.ts";
import {
  argumentsOf,
  KEY_NAMES,
  outputFile,
  pathOf,
  readAssignments,
  soleCommand,
  variableWord,
} from "./words.ts";

function isKeyName(name: string): boolean {
  return KEY_NAMES.some((key) => key === name);
}

/** `export AWS_ACCESS_KEY_ID=$KEY`, with keys that no command gives. */
export function ruleExportedKeys(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const read = command && readAssignments(command);
  if (read === undefined || read.assignments.length === 0 || read.others.length > 0) return undefined;
  const areKeys = read.assignments.every(
    ({ name, value }) =>
      isKeyName(name) &&
      answerIn(value, trace) === undefined &&
      value.parts.every(({ kind }) => kind !== "commands"),
  );
  if (!areKeys) return undefined;
  const id = read.assignments.find(({ name }) => name === "AWS_ACCESS_KEY_ID")?.value;
  trace.staticKeys.push({ profile: undefined, id, statement });
  return "static";
}

/** `aws configure set aws_access_key_id $KEY` */
export function ruleConfiguredStaticKeys(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const set = command && readConfigure(command);
  if (set === undefined || !/^aws_(?:access_key_id|secret_access_key|session_token)$/.test(set.key))
    return undefined;
  if (set.value.parts.some(({ kind }) => kind === "commands") || answerIn(set.value, trace)) return undefined;
  const profile = set.profile === "default" ? undefined : set.profile;
  const id = set.key === "aws_access_key_id" ? set.value : undefined;
  trace.staticKeys.push({ profile, id, statement });
  return "static";
}

/** A `~/.aws/credentials` that is written from variables. */
export function ruleCredentialsFile(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const file = command && outputFile(command);
  if (
    command === undefined ||
    file === undefined ||
    !/^(?:~|\/root)\/\.aws\/credentials$/.test(pathOf(file, trace))
  )
    return undefined;
  const words = textOf(command);
  const names = words.flatMap(variablesIn);
  if (
    words.length === 0 ||
    names.length === 0 ||
    words.some(({ parts }) => parts.some(({ kind }) => kind === "commands"))
  )
    return undefined;
  const [, profile] = /\[([\w.-]+)\]/.exec(words.map(({ raw }) => raw).join(" ")) ?? [];
  const id = names.find((name) => /ACCESS_KEY(?:_ID)?/.test(name) && !/SECRET/.test(name));
  const word = id === undefined ? undefined : variableWord(id);
  trace.staticKeys.push({ profile: profile === "default" ? undefined : profile, id: word, statement });
  return "static";
}

function textOf(command: Command) {
  const here = command.redirects.flatMap(({ operator, target }) =>
    operator.startsWith("<<") ? [target] : [],
  );
  return [...here, ...(argumentsOf(command, "echo") ?? argumentsOf(command, "printf") ?? [])];
}
