import type { Secret } from "./secret.ts";
import type { Workbench } from "./workbench.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A request to stop, passed to whoever waits: the platform's own, of which pure code sees only `aborted`. */
export type StopSignal = AbortSignal;

/** Access to time. Every wait ends early when the job is cancelled. */
export interface Clock {
  /** The machine's date, for comparison with claims and expirations. */
  now(): Date;
  /** Milliseconds since the process started; unlike {@link Clock.now} it never jumps. */
  elapsedMs(): number;
  /** @throws {AwsOidcError} `CANCELLED` */
  sleep(ms: number): Promise<void>;
  /**
   * Runs `work` for at most `ms` milliseconds, then aborts its signal and stops waiting for it.
   *
   * @throws {TimeLimitError} when time runs out
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

/** Files by path, relative to the job's working folder. Errors are the platform's, with its `code`. */
export interface Files {
  /** Removes the file, and what a killed {@link Files.writeWhole} left of it; neither has to exist. */
  remove(path: string): void;
  /** Creates the complete file with this content and mode, or nothing: first under a temporary name, then renamed. */
  writeWhole(path: string, contents: string, mode: number): void;
  /**
   * Reads a user's text file; never blocks.
   *
   * @throws {UnsuitableFileError} for anything that is not a regular file, or has more than {@link MAX_TEXT_BYTES}
   */
  readText(path: string): string;
}

/** More than any policy or set of claims. */
export const MAX_TEXT_BYTES = 65_536;

/** Thrown by {@link Files.readText} and {@link Terminal.readInput}; its code is in words. */
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

/** The parts of a certificate that identify it to people. */
export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  readonly expiresAt: Date;
}

/** The response to one GET. */
export interface Page {
  readonly status: number;
  readonly body: string;
  readonly elapsedMs: number;
  /** IP address that answered; absent behind a proxy. */
  readonly address: string | undefined;
  /** The server's; absent over plain http. */
  readonly certificate: Certificate | undefined;
}

/** Thrown by {@link FetchPage}; the message is the platform's. */
export class PageError extends Error {
  override readonly name = "PageError";
  /** Node's: `ENOTFOUND`, `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** The chain that a server with a refused certificate sent, its own first; empty if unknown. */
  readonly presented: readonly Certificate[];

  constructor(message: string, facts: Pick<PageError, "code" | "presented"> & { readonly cause?: unknown }) {
    super(message, { cause: facts.cause });
    this.code = facts.code;
    this.presented = facts.presented;
  }
}

/**
 * Fetches a page with the connections and proxies of all requests. Redirects are not followed.
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

/** A variable that names a proxy, but not for this server. */
export interface UnusedProxy {
  readonly variable: string;
  /** The variable that lists the server: `NO_PROXY`. If absent, the proxy is for plain http only. */
  readonly exemptBy?: string;
}

/**
 * Tells how a server is reached.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
 */
export type FindWay = (destination: string) => Way;

/** The network, except STS: that port is in `aws/sts/`, with its requests. */
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

/** What git says about the folder that a command is called in. */
export type Checkout =
  /** No repository, or no git. */
  | { readonly kind: "none" }
  /** A repository of another user, which git does not read. */
  | { readonly kind: "distrusted" }
  /** A repository without a remote. */
  | { readonly kind: "without-remote" }
  /** One with several, none of which is called `origin` or tracked by the branch. */
  | { readonly kind: "ambiguous"; readonly names: readonly string[] }
  | {
      readonly kind: "remote";
      readonly name: string;
      /** It may hold a password. */
      readonly address: Secret;
      /** The branch that is checked out, if any. */
      readonly branch: string | undefined;
      /** The remote's default branch, as far as the clone knows. */
      readonly defaultBranch: string | undefined;
    };

/** The environment of a command that a user typed. */
export interface Terminal {
  /** The program as it was called: `node dist/aws-oidc.cjs`, relative to the working folder, or `aws-oidc` if it is on the path. */
  readonly program: string;
  /**
   * Reads standard input to its end.
   *
   * @throws {UnsuitableFileError} for a terminal, and for more than {@link MAX_TEXT_BYTES}
   * @throws {TimeLimitError} if it does not end within 10 minutes
   * @throws {AwsOidcError} `CANCELLED`
   */
  readInput(): Promise<string>;
  /** Reads the git repository of the working folder, and changes nothing there. */
  readCheckout(): Promise<Checkout>;
  /**
   * Reads a file of a repository in UTF-8, every character of it, including a byte order mark and line breaks.
   *
   * @throws {UnsuitableFileError} for anything but a regular file in UTF-8 of at most 2 MiB, GitLab's own limit
   */
  readSource(path: string): string;
  /** A path relative to the working folder, unless it leads elsewhere. */
  readonly shortPath: (path: string) => string;
  /** Signs a request, which is then a secret while it is valid. */
  readonly signUrl: (request: UrlToSign) => string;
  readonly openWorkbench: () => Promise<Workbench>;
}

/** Everything that the program may touch outside its own memory, except the network. Built once, in `main.ts`. */
export interface Host {
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly files: Files;
  /** What only the command line needs; no job carries it. */
  readonly openTerminal: () => Promise<Terminal>;
  /** Standard output, for results and progress. */
  readonly out: (text: string) => void;
  /** Standard error, for what went wrong. */
  readonly err: (text: string) => void;
}
