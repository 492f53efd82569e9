import type { Secret } from "../secret.ts";
import type { Redactor } from "./redactor.ts";

/** The job log. Whatever goes through it has its secrets masked. */
export interface Log {
  /** To standard output: what was done. */
  readonly say: (text: string) => void;
  /** To standard error: what went wrong, or may. */
  readonly complain: (text: string) => void;
  /** From now on these are masked. */
  readonly mask: (...secrets: readonly Secret[]) => void;
}

export function createLog(
  redactor: Redactor,
  streams: { readonly out: (text: string) => void; readonly err: (text: string) => void },
): Log {
  return {
    say: (text) => streams.out(redactor.redact(text)),
    complain: (text) => streams.err(redactor.redact(text)),
    mask: (...secrets) => redactor.add(...secrets),
  };
}
