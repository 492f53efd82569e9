import type { Paint } from "./paint.ts";
import { wrap, wrapProse } from "./wrap.ts";

/** One check, as a list shows it. */
export interface ListedCheck {
  readonly title: string;
  readonly status: "ok" | "warning" | "failed" | "unknown" | "skipped";
  readonly summary: string;
  readonly notes: readonly string[];
}

/** Renders an undecided verdict. */
export function renderUndecided(verdict: string, next: string, paint: Paint): string {
  return `${paint.warn("?")} ${paint.bold(verdict)}\n\n  ${paint.good("→")} ${wrapProse(next, 4)}\n`;
}

/** Renders checks as a list, each summary on one line that can be searched for, the notes indented. */
export function renderChecks(checks: readonly ListedCheck[], paint: Paint): string {
  const width = Math.max(0, ...checks.map(({ title }) => title.length));
  const indent = " ".repeat(width + 4);
  return checks
    .map(({ title, status, summary, notes }) => {
      const lines = notes.flatMap((note) => note.split("\n")).map((line) => wrapNote(line, indent.length));
      const text = [summary, ...lines].map((line) => `${line}\n`).join(indent);
      return `${MARKS[status](paint)} ${paint.bold(title.padEnd(width))}  ${text}`;
    })
    .join("");
}

/** A marked note is a sentence; its lines are aligned with its first word. */
function wrapNote(line: string, column: number): string {
  const mark = /^[!?] /.exec(line)?.[0] ?? "";
  return mark === ""
    ? wrapProse(line, column)
    : `${mark}${wrap(line.slice(mark.length), column + mark.length)}`;
}

const MARKS: Readonly<Record<ListedCheck["status"], (paint: Paint) => string>> = {
  ok: (paint) => paint.good("✔"),
  warning: (paint) => paint.warn("!"),
  failed: (paint) => paint.bad("✖"),
  unknown: (paint) => paint.warn("?"),
  skipped: (paint) => paint.dim("–"),
};
