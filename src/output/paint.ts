import type { Environment } from "../foundation/ports.ts";

/** Colours of the job log. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/**
 * Paints with ANSI colours where the log shows them: in a GitLab job, and if `FORCE_COLOR` asks for them.
 *
 * @param escapeMark begins each of the sequences; for a log that escapes what others send, see `createLog`
 * @see https://no-color.org
 */
export function createPaint(env: Environment, escapeMark = "\u001b"): Paint {
  const wanted = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  const on = !env.NO_COLOR && (wanted || env.GITLAB_CI === "true");
  const style = (codes: string) => (text: string) =>
    on ? `${escapeMark}[${codes}m${text}${escapeMark}[0m` : text;
  return { good: style("32;1"), bad: style("31;1"), warn: style("33;1"), dim: style("90"), bold: style("1") };
}
