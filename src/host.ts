export type Environment = Readonly<Record<string, string | undefined>>;

/** A request to stop that is passed to whoever waits; its shape is the platform's own. */
export interface StopSignal {
  readonly aborted: boolean;
}

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
  /** Removes the file; one that does not exist is no error. */
  remove(path: string): void;
  /** Makes the file with this content and mode whole, or leaves nothing: a temporary name first, then a rename. */
  writeWhole(path: string, contents: string, mode: number): void;
  readText(path: string): string;
}

/** Everything the program may touch outside its own memory, but for the network. Built once, in `main.ts`. */
export interface Host {
  readonly env: Environment;
  readonly clock: Clock;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly files: Files;
  /** Standard output, for results and progress. */
  readonly out: (text: string) => void;
  /** Standard error, for what went wrong. */
  readonly err: (text: string) => void;
}
