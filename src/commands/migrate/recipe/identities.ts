import { literalText, type Statement, statementsIn, variablesIn, type Word } from "../shell/script.ts";
import {
  type ChainedRole,
  chained,
  findUnclear,
  profileSeconds,
  type Second,
  toSecond,
} from "./chained-role.ts";
import { commandsIn } from "./exchange.ts";
import type { Exchange, Trace } from "./trace.ts";
import { argumentsOf, fromGitLab, pathOf, toGitLab, variablePart, variableWord } from "./words.ts";

/** Whom a script makes itself to AWS, in words that GitLab can put variables into. */
export interface Identity {
  readonly role: string;
  readonly sessionName: string | undefined;
  /** The variable with the ID token. */
  readonly token: string;
  readonly durationSeconds: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly second: ChainedRole | undefined;
  /** What is lost or changed, in sentences. */
  readonly notes: readonly string[];
}

interface Source {
  readonly role: Word;
  readonly sessionName: Word | undefined;
  readonly token: string | undefined;
  readonly durationSeconds: Word | undefined;
  readonly region: Word | undefined;
  readonly profile: string | undefined;
  readonly statement: Statement | undefined;
}

/**
 * Adds up what a script has done to identities. What cannot be told becomes an obstacle of the trace.
 *
 * @param end the last statement, for obstacles that no single one makes
 */
export function readIdentities(trace: Trace, end: Statement): readonly Identity[] {
  const sources = [...exchangeSources(trace), ...fileSources(trace)];
  const seconds = trace.exchanges.filter(({ hop }) => hop === "second");
  const [second, ...others] = [...seconds.map(toSecond), ...profileSeconds(trace)];
  const unclear = findUnclear([second, ...others], sources.length, trace);
  if (unclear !== undefined) {
    trace.obstacles.push({ statement: second?.statement ?? end, ...unclear });
    return [];
  }
  const profiles = sources.map(({ profile }) => profile ?? "");
  if (sources.length > 1 && (new Set(profiles).size < profiles.length || profiles.includes(""))) {
    const fix = "Tell the roles apart by profiles: docs/use/several-roles.md shows how.";
    trace.obstacles.push({
      statement: sources[1]?.statement ?? end,
      found: "this job changes from one role to another",
      fix,
    });
    return [];
  }
  return sources.flatMap((source) => toIdentity(source, { second, trace, end }) ?? []);
}

function exchangeSources(trace: Trace): readonly Source[] {
  return trace.exchanges
    .filter(({ hop }) => hop === "first")
    .map((exchange) => ({
      ...exchange,
      token: tokenOf(exchange.token, trace),
      profile: profileOf(exchange, trace),
    }));
}

function profileOf(exchange: Exchange, { profileOf }: Trace): string | undefined {
  const name = profileOf.get(exchange);
  return name === "default" ? undefined : name;
}

/** `$TOKEN`, `$(cat file)`, `file://path`. */
function tokenOf(word: Word | undefined, trace: Trace): string | undefined {
  if (word === undefined) return undefined;
  const files = statementsIn(word)
    .flatMap(commandsIn)
    .flatMap((command) => argumentsOf(command, "cat") ?? []);
  const [file] = [...files, ...(/^["']?file:\/\//.test(word.raw) ? [word] : [])];
  if (file !== undefined) return trace.tokenFiles.get(pathOf(file, trace));
  const [name, ...others] = variablesIn(word);
  if (name === undefined || others.length > 0) return undefined;
  const own = trace.assigned.get(name);
  return own === undefined || trace.tokens.has(name) ? name : tokenOf(own, trace);
}

/** Token files that SDKs are told of by variables or profiles. */
function fileSources(trace: Trace): readonly Source[] {
  const ofProfiles = [...trace.profiles].flatMap(([name, keys]): Source[] => {
    const role = keys.get("role_arn");
    const file = keys.get("web_identity_token_file");
    if (role === undefined || file === undefined) return [];
    const token = trace.tokenFiles.get(pathOf(file, trace));
    const profile = name === "default" ? undefined : name;
    const sessionName = keys.get("role_session_name");
    return [{ ...NOTHING_MORE, role, sessionName, token, region: keys.get("region"), profile }];
  });
  const name = "AWS_WEB_IDENTITY_TOKEN_FILE";
  const token = trace.tokenFiles.get(pathOf(trace.settings.get(name) ?? variableWord(name), trace));
  if (token === undefined || ofProfiles.length > 0 || trace.exchanges.some(({ hop }) => hop === "first"))
    return ofProfiles;
  const role = trace.settings.get("AWS_ROLE_ARN") ?? variableWord("AWS_ROLE_ARN");
  const sessionName = trace.settings.get("AWS_ROLE_SESSION_NAME") ?? variable("AWS_ROLE_SESSION_NAME", trace);
  return [{ ...NOTHING_MORE, role, sessionName, token }];
}

/** What a token file says nothing of. */
const NOTHING_MORE = {
  durationSeconds: undefined,
  region: undefined,
  profile: undefined,
  statement: undefined,
};

/** What `variables:` say of a name. */
function variable(name: string, { variables }: Trace): Word | undefined {
  const value = variables.get(name);
  return value === undefined ? undefined : fromGitLab(value);
}

interface Context {
  readonly second: Second | undefined;
  readonly trace: Trace;
  readonly end: Statement;
}

function toIdentity(source: Source, { second, trace, end }: Context): Identity | undefined {
  const statement = source.statement ?? end;
  const role = toGitLab(source.role, trace);
  const secondRole = second && toGitLab(second.role, trace);
  const refuse = (found: string, fix: string): undefined => {
    trace.obstacles.push({ statement, found, fix });
  };
  const conditional = conditionalIn([source.role, second?.role], trace);
  if (conditional !== undefined)
    return refuse(
      `the script decides by a condition what $${conditional} is, and with it the role`,
      "Set the variable in `rules: variables`, or make a job for each role, and run this again.",
    );
  if (role === undefined || (second !== undefined && secondRole === undefined))
    return refuse(
      "the role is the output of a command, or has an operator such as :-",
      "Put the role's ARN into a variable of the job, and use that alone.",
    );
  if (source.token === undefined || !trace.tokens.has(source.token))
    return refuse(
      `no \`id_tokens\` of this file gives the ID token${source.token === undefined ? "" : ` $${source.token}`}`,
      "If it comes from another file, include the component and extend its hidden job there.",
    );
  return {
    role,
    token: source.token,
    ...readSession(source, second, trace),
    second: chained(secondRole, { second, trace }),
  };
}

/** What is said of the session that the job's commands use. */
function readSession(source: Source, second: Second | undefined, trace: Trace) {
  const session = readSessionName(second?.sessionName ?? source.sessionName, trace);
  const length = second === undefined ? source.durationSeconds : second.durationSeconds;
  const region = second?.region ?? source.region;
  const profile = second?.profile ?? source.profile;
  return {
    sessionName: session.name,
    durationSeconds: length && literalText(length),
    region: region && toGitLab(region, trace),
    profile: profile === "default" ? undefined : profile,
    notes: [...session.notes, ...chainNotes(source, second)],
  };
}

/** A variable in the roles whose value depends on a condition. */
function conditionalIn(roles: readonly (Word | undefined)[], trace: Trace): string | undefined {
  return roles
    .flatMap((word) => (word === undefined ? [] : variablesBehind(word, trace)))
    .find((name) => trace.conditional.has(name));
}

/** The variables that a word is made of, including through others that the script sets. */
function variablesBehind(word: Word, trace: Trace, depth = 0): readonly string[] {
  return variablesIn(word).flatMap((name) => {
    const own = depth < 5 ? trace.assigned.get(name) : undefined;
    return [name, ...(own === undefined ? [] : variablesBehind(own, trace, depth + 1))];
  });
}

function chainNotes(source: Source, second: Second | undefined): readonly string[] {
  const [first, last] = [source.sessionName?.raw, second?.sessionName?.raw];
  if (first === undefined || last === undefined || first === last) return [];
  return [`The session of the first role is now named like that of the second: ${last}.`];
}

/** What a command or an operator would put into the name is left to the number of the job. */
function readSessionName(word: Word | undefined, trace: Trace) {
  if (word === undefined) return { name: undefined, notes: [] };
  const name = toGitLab(word, trace);
  if (name !== undefined) return { name, notes: [] };
  const parts = word.parts.map((part) =>
    part.kind === "text" || (part.kind === "variable" && part.operator === "")
      ? part
      : variablePart("CI_JOB_ID"),
  );
  const changed = toGitLab({ parts, raw: word.raw }, trace);
  return {
    name: changed,
    notes: [
      `The session was named ${word.raw}, which only a shell can put together. It is now named ${changed}.`,
    ],
  };
}
