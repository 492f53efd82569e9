import type { Secret } from "./secret.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A request to stop that is passed to whoever waits: the platform's own, of which pure code sees only `aborted`. */
export type StopSignal = AbortSignal;

/** Time, as far as the program may know it. Every wait ends early when the job is cancelled. */
export interface Clock {
  /** The machine's date, for comparison with claims and expirations. */
  now(): Date;
  /** Milliseconds that have passed since the process started; unlike {@link Clock.now} it never jumps. */
  elapsedMs(): number;
  /** @throws {AwsOidcError} `CANCELLED` */
  sleep(ms: number): Promise<void>;
  /**
   * Runs `work` for `ms` milliseconds at the most, then aborts its signal and no longer waits for it.
   *
   * @throws {TimeLimitError} when the time is over
   * @throws {AwsOidcError} `CANCELLED`
   */
  limit<T>(ms: number, work: (signal: StopSignal) => Promise<T>): Promise<T>;
}

/** Thrown by {@link Clock.limit}. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`not done within ${limitMs} ms`);
    this.limitMs = limitMs;
  }
}

/** Files by path, relative to the job's working folder. Errors are those of the platform, with its `code`. */
export interface Files {
  /** Removes the file, and what a {@link Files.writeWhole} that was killed left of it; neither has to exist. */
  remove(path: string): void;
  /** Makes the file with this content and mode whole, or leaves nothing: a temporary name first, then a rename. */
  writeWhole(path: string, contents: string, mode: number): void;
  /**
   * Reads a text that a user has written; waits for nothing.
   *
   * @throws {UnsuitableFileError} for what is not a regular file, or has more than {@link MAX_TEXT_BYTES}
   */
  readText(path: string): string;
}

/** More than any policy or set of claims has. */
export const MAX_TEXT_BYTES = 65_536;

/** Thrown by {@link Files.readText} and {@link Terminal.readInput}; its code, where the platform has one, is in words. */
export class UnsuitableFileError extends Error {
  override readonly name = "UnsuitableFileError";
  readonly code: string;

  constructor(
    code:
      | "a folder, not a file"
      | "not a regular file"
      | "not in UTF-8"
      | "a terminal"
      | `more than ${number} KiB`,
  ) {
    super(code);
    this.code = code;
  }
}

/** A certificate, as far as people tell them apart. */
export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  readonly expiresAt: Date;
}

/** What one GET brought. */
export interface Page {
  readonly status: number;
  readonly body: string;
  readonly elapsedMs: number;
  /** IP address that answered; absent behind a proxy. */
  readonly address: string | undefined;
  /** That of the server; absent over plain http. */
  readonly certificate: Certificate | undefined;
}

/** Thrown by {@link FetchPage}; the message is that of the platform. */
export class PageError extends Error {
  override readonly name = "PageError";
  /** That of Node: `ENOTFOUND`, `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** The chain that a server with a refused certificate sent, its own first; empty where it cannot be known. */
  readonly presented: readonly Certificate[];

  constructor(message: string, facts: Pick<PageError, "code" | "presented"> & { readonly cause?: unknown }) {
    super(message, { cause: facts.cause });
    this.code = facts.code;
    this.presented = facts.presented;
  }
}

/**
 * Gets a page with the connections and proxies of all requests. Redirects are not followed.
 *
 * @throws {PageError}
 * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy or certificate bundle that cannot be used
 */
export type FetchPage = (url: string, signal: StopSignal) => Promise<Page>;

/** How requests to a server leave the machine. */
export type Way =
  /** Through the proxy that the variable names. */
  | { readonly kind: "proxy"; readonly variable: string; readonly url: URL }
  | { readonly kind: "direct"; readonly unused?: UnusedProxy };

/** A variable that names a proxy, though not for this server. */
export interface UnusedProxy {
  readonly variable: string;
  /** The variable that lists the server: `NO_PROXY`. Absent: the proxy is for plain http only. */
  readonly exemptBy?: string;
}

/**
 * Tells how a server is reached.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
 */
export type FindWay = (destination: string) => Way;

/** The network, but for STS: that port lies with what is said to it, in `aws/sts/`. */
export interface Network {
  readonly fetchPage: FetchPage;
  readonly findWay: FindWay;
}

/** A GET request to AWS, before it is signed. */
export interface UrlToSign {
  /** With its query. */
  readonly url: string;
  readonly region: string;
  readonly service: string;
  readonly at: Date;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: Secret;
    readonly sessionToken: Secret | undefined;
  };
}

/** The surroundings of a command that somebody typed. */
export interface Terminal {
  /** The program as it was called: `node dist/aws-oidc.cjs`, from the working folder. */
  readonly program: string;
  /**
   * Reads standard input to its end.
   *
   * @throws {UnsuitableFileError} for a terminal, and for more than {@link MAX_TEXT_BYTES}
   * @throws {TimeLimitError} when it does not end within 10 minutes
   * @throws {AwsOidcError} `CANCELLED`
   */
  readInput(): Promise<string>;
  /**
   * Reads a file of a repository in UTF-8, every character of it: a byte order mark and line breaks too.
   *
   * @throws {UnsuitableFileError} for what is not a regular file in UTF-8, or has more than 2 MiB, GitLab's own limit
   */
  readSource(path: string): string;
  /** Signs a request, which is then a secret for as long as it is valid. */
  readonly signUrl: (request: UrlToSign) => string;
}

/** Everything the program may touch outside its own memory, but for the network. Built once, in `main.ts`. */
export interface Host {
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly files: Files;
  /** What only somebody who types a command line needs; no job carries it. */
  readonly openTerminal: () => Promise<Terminal>;
  /** Standard output, for results and progress. */
  readonly out: (text: string) => void;
  /** Standard error, for what went wrong. */
  readonly err: (text: string) => void;
}
