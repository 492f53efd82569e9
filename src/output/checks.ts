import type { Paint } from "./paint.ts";

/** One thing that was looked at, as a list shows it. */
export interface ListedCheck {
  readonly title: string;
  readonly status: "ok" | "warning" | "failed" | "unknown" | "skipped";
  readonly summary: string;
  readonly notes: readonly string[];
}

/** Renders a verdict that nothing decides. */
export function renderUndecided(verdict: string, next: string, paint: Paint): string {
  return `${paint.warn("?")} ${paint.bold(verdict)}\n\n  ${paint.good("→")} ${next.replaceAll("\n", "\n    ")}\n`;
}

/** Renders checks below one another, their notes indented. */
export function renderChecks(checks: readonly ListedCheck[], paint: Paint): string {
  const width = Math.max(0, ...checks.map(({ title }) => title.length));
  const indent = " ".repeat(width + 4);
  return checks
    .map(({ title, status, summary, notes }) => {
      const lines = [summary, ...notes.flatMap((note) => note.split("\n"))];
      const [first, ...rest] = lines;
      return `${MARKS[status](paint)} ${paint.bold(title.padEnd(width))}  ${first}\n${rest.map((line) => `${indent}${line}\n`).join("")}`;
    })
    .join("");
}

const MARKS: Readonly<Record<ListedCheck["status"], (paint: Paint) => string>> = {
  ok: (paint) => paint.good("✔"),
  warning: (paint) => paint.warn("!"),
  failed: (paint) => paint.bad("✖"),
  unknown: (paint) => paint.warn("?"),
  skipped: (paint) => paint.dim("–"),
};
