import { showUnseen } from "../foundation/quote.ts";
import type { Secret } from "../foundation/secret.ts";
import type { Redactor, Span } from "./redactor.ts";

/** The job log. Whatever goes through it has its secrets masked, and nothing in it but our own colours has an effect. */
export interface Log {
  /**
   * To standard output: what was done.
   *
   * @param within the only parts of the text in which anything is masked, so that what stands between them keeps its form
   */
  readonly say: (text: string, within?: readonly Span[]) => void;
  /** To standard error: what went wrong, or may. */
  readonly complain: (text: string) => void;
  /** From now on these are masked. */
  readonly mask: (...secrets: readonly Secret[]) => void;
}

/**
 * Makes the log of a run.
 *
 * @param colourMark stands before the colours of `createPaint` in the place of the escape character, which anybody
 * may send
 */
export function createLog(
  redactor: Redactor,
  streams: { readonly out: (text: string) => void; readonly err: (text: string) => void },
  colourMark: string,
): Log {
  const show = (text: string, within?: readonly Span[]): string =>
    redactor.redact(text, within).split(colourMark).map(showUnseen).join("\u001b");
  return {
    say: (text, within) => streams.out(show(text, within)),
    complain: (text) => streams.err(show(text)),
    mask: (...secrets) => redactor.add(...secrets),
  };
}
