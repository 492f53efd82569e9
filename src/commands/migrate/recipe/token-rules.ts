import { type Command, type Statement, variablesIn, type Word } from "../shell/script.ts";
import { readConfigure } from "./credential-rules.ts";
import type { Trace, Verdict } from "./trace.ts";
import {
  argumentsOf,
  outputFile,
  pathOf,
  readAssignments,
  soleCommand,
  variablePart,
  variableWord,
} from "./words.ts";

/** `echo "$TOKEN" > file` */
export function ruleTokenFile(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const file = command && outputFile(command);
  if (command === undefined || file === undefined) return undefined;
  const words = argumentsOf(command, "echo") ?? argumentsOf(command, "printf") ?? hereText(command);
  const named = words?.flatMap(variablesIn) ?? [];
  const [token] = named;
  if (token === undefined || named.length > 1 || !trace.tokens.has(token)) return undefined;
  trace.tokenFiles.set(pathOf(file, trace), token);
  return "possible";
}

/** `cat <<EOF` and `cat <<< "$TOKEN"` */
function hereText(command: Command): readonly Word[] | undefined {
  if (argumentsOf(command, "cat") === undefined && argumentsOf(command, "tee") === undefined)
    return undefined;
  return command.redirects.flatMap(({ operator, target }) => (operator.startsWith("<<") ? [target] : []));
}

const SETTINGS =
  /^AWS_(?:ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|ROLE_SESSION_NAME|PROFILE|DEFAULT_PROFILE|CONFIG_FILE|SDK_LOAD_CONFIG)$/;

/** Variables that tell the AWS SDKs of a token file; and the token file's name, which `mktemp` may give. */
export function ruleSettings(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const read = command && readAssignments(command);
  if (read === undefined || read.assignments.length === 0 || read.others.length > 0) return undefined;
  if (!read.assignments.every(({ name }) => SETTINGS.test(name))) return undefined;
  for (const { name, value } of read.assignments) {
    const isPlain = value.parts.every(({ kind }) => kind === "text" || kind === "variable");
    if (isPlain) trace.assigned.set(name, value);
    // A name that only the shell knows is as good as any.
    trace.settings.set(name, isPlain ? value : variableWord(name));
  }
  return "possible";
}

/** `aws configure set role_arn …` and its like. */
export function ruleConfigured(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const set = command && readConfigure(command);
  if (set === undefined) return undefined;
  const isOfRole = ROLE_KEYS.test(set.key);
  if (
    !isOfRole &&
    (set.profile === undefined || set.profile === "default" || !/^(?:region|output)$/.test(set.key))
  )
    return undefined;
  profileOf(trace, set.profile ?? "default").set(set.key, set.value);
  return "possible";
}

const ROLE_KEYS =
  /^(?:role_arn|web_identity_token_file|role_session_name|source_profile|external_id|duration_seconds)$/;

function profileOf({ profiles }: Trace, name: string): Map<string, Word> {
  const known = profiles.get(name) ?? new Map<string, Word>();
  profiles.set(name, known);
  return known;
}

/** Makes the folder of the configuration, or writes it. */
export function ruleConfigFile(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  if (command === undefined) return undefined;
  const folders = argumentsOf(command, "mkdir")?.filter(({ raw }) => !raw.startsWith("-"));
  if (folders?.length && folders.every((word) => /^~\/\.aws\/?$/.test(homePath(word, trace))))
    return "possible";
  const file = outputFile(command);
  if (file === undefined || homePath(file, trace) !== "~/.aws/config") return undefined;
  const text = configText(command);
  const profiles = text === undefined ? undefined : readConfig(text);
  if (profiles === undefined) return undefined;
  for (const [name, keys] of profiles)
    for (const [key, value] of keys) profileOf(trace, name).set(key, value);
  return "possible";
}

function homePath(word: Word, trace: Trace): string {
  const path = pathOf(word, trace);
  return path === "$AWS_CONFIG_FILE" || path === "/root/.aws/config"
    ? "~/.aws/config"
    : path.replace(/^\/root\/\.aws/, "~/.aws");
}

/** What a command writes, with line breaks where `echo -e` and `printf` make them. */
function configText(command: Command): Word | undefined {
  const here = hereText(command);
  if (here !== undefined) return here[0];
  const words = argumentsOf(command, "echo") ?? argumentsOf(command, "printf");
  const text = words?.filter(({ raw }) => !/^-[ne]+$/.test(raw));
  return text?.length === 1 ? text[0] : undefined;
}

/** A file of profiles whose values may hold variables. */
function readConfig({ parts }: Word): ReadonlyMap<string, ReadonlyMap<string, Word>> | undefined {
  if (parts.some(({ kind }) => kind !== "text" && kind !== "variable")) return undefined;
  const written = parts.map((part) => {
    if (part.kind !== "variable") return part.kind === "text" ? part.text.replaceAll("\\n", "\n") : "";
    return `\u0000${part.name}\u0000`;
  });
  const profiles: [name: string, keys: Map<string, Word>][] = [];
  for (const line of written
    .join("")
    .split("\n")
    .map((each) => each.trim())) {
    const [, name] = /^\[(?:profile\s+)?([\w.-]+)\]$/.exec(line) ?? [];
    const [, key = "", value = ""] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    const isKnown = ROLE_KEYS.test(key) || /^(?:region|output)$/.test(key);
    if (name !== undefined) profiles.push([name, new Map()]);
    else if (isKnown && profiles.length > 0) profiles.at(-1)?.[1].set(key, toWord(value));
    else if (line !== "") return undefined;
  }
  return profiles.length === 0 ? undefined : new Map(profiles);
}

function toWord(text: string): Word {
  const parts = text
    .split("\u0000")
    .map((piece, index) =>
      index % 2 === 0 ? ({ kind: "text", text: piece } as const) : variablePart(piece),
    );
  return { parts: parts.filter((part) => part.kind !== "text" || part.text !== ""), raw: text };
}

/** `ROLE=arn:…`: remembered, so that the role can be told. */
export function rulePlainVariable(statement: Statement, trace: Trace): Verdict | undefined {
  const command = soleCommand(statement);
  const read = command && readAssignments(command);
  if (read === undefined || read.others.length > 0) return undefined;
  for (const { name, value } of read.assignments) trace.assigned.set(name, value);
  return undefined;
}
