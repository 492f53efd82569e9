import { showUnseen } from "../foundation/quote.ts";
import type { Secret } from "../foundation/secret.ts";
import type { Redactor, Span } from "./redactor.ts";

/** The job log. Secrets in it are masked, and only our own colours take effect. */
export interface Log {
  /**
   * To standard output: what was done.
   *
   * @param within the only parts of the text to mask, so that the text between them keeps its form
   */
  readonly say: (text: string, within?: readonly Span[]) => void;
  /** To standard error: what went wrong, or may. */
  readonly complain: (text: string) => void;
  /** Masks these from now on. */
  readonly mask: (...secrets: readonly Secret[]) => void;
}

/**
 * Makes the log of a run.
 *
 * @param colourMark marks the colours of `createPaint`, instead of the escape character, which anyone may send
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
