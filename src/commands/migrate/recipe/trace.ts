import type { Statement, Word } from "../shell/script.ts";

/** One call of STS in a script. */
export interface Exchange {
  /** `second`: from one role to another. */
  readonly hop: "first" | "second";
  readonly role: Word;
  readonly sessionName: Word | undefined;
  /** The ID token itself, or `file://` and a path. */
  readonly token: Word | undefined;
  readonly durationSeconds: Word | undefined;
  readonly region: Word | undefined;
  readonly externalId: Word | undefined;
  readonly statement: Statement;
}

/** Keys that come from variables or are written in the file, as a profile or as variables of the job. */
export interface StaticKeys {
  readonly profile: string | undefined;
  /** What is given for the access key id, as it is written. */
  readonly id: Word | undefined;
  readonly statement: Statement;
}

/** A command that prevents the change, and what to do about it by hand. */
export interface Obstacle {
  readonly statement: Statement;
  readonly found: string;
  readonly fix: string;
}

/** What a script has done so far, as far as it concerns credentials. */
export interface Trace {
  /** Names that hold ID tokens. */
  readonly tokens: ReadonlySet<string>;
  /** `variables:` that the script sees. */
  readonly variables: ReadonlyMap<string, string>;
  readonly exchanges: Exchange[];
  /** Variables with an answer of STS, or a part of it. */
  readonly holders: Map<string, Exchange>;
  /** Files with an answer of STS, by path. */
  readonly answerFiles: Map<string, Exchange>;
  /** Files with the ID token, by path; and the variable that it came from. */
  readonly tokenFiles: Map<string, string>;
  /** Variables of the AWS SDKs that the script sets. */
  readonly settings: Map<string, Word>;
  /** Profiles of `~/.aws/config`, by name. */
  readonly profiles: Map<string, Map<string, Word>>;
  /** Plain variables of the script. */
  readonly assigned: Map<string, Word>;
  /** Variables whose value depends on a condition or a loop of the script. */
  readonly conditional: Set<string>;
  /** The profile that holds the answer of STS, if it is written into one. */
  readonly profileOf: Map<Exchange, string>;
  readonly staticKeys: StaticKeys[];
  readonly obstacles: Obstacle[];
}

export function createTrace(tokens: ReadonlySet<string>, variables: ReadonlyMap<string, string>): Trace {
  return {
    tokens,
    variables,
    exchanges: [],
    holders: new Map(),
    answerFiles: new Map(),
    tokenFiles: new Map(),
    settings: new Map(),
    profiles: new Map(),
    assigned: new Map(),
    conditional: new Set(),
    profileOf: new Map(),
    staticKeys: [],
    obstacles: [],
  };
}

/**
 * What a statement is: a part of the exchange, of keys that are stored, or something else. `possible` is part of the
 * exchange if there is one.
 */
export type Verdict = "recipe" | "possible" | "static" | "kept";

/** Looks at one statement; says nothing of one that it does not know. */
export type Rule = (statement: Statement, trace: Trace) => Verdict | undefined;
