import type { Cause } from "../foundation/cause.ts";
import type { Problem } from "../foundation/checked.ts";
import type { Paint } from "./paint.ts";
import { wrap, wrapProse } from "./wrap.ts";

/** A labelled fact: `role  arn:aws:iam::…`. */
export type Fact = readonly [label: string, value: string];

/** Causes shown for one failure; the others are only counted. */
const MAX_CAUSES = 3;

/** The end of a failed run, as the log shows it: the verdict first. */
export interface FailureReport {
  readonly verdict: string;
  readonly facts: readonly Fact[];
  /** What the verdict means beyond its words. */
  readonly meaning?: string;
  readonly causes: readonly Cause[];
  /** Whether one of the causes is to blame (the default), or every one of them blocks the job. */
  readonly causesAre?: "alternatives" | "all";
  /** Where to find the causes that the report has no room for. */
  readonly further?: string;
  /** Text to paste. */
  readonly closing?: string;
}

/** Renders a success: the verdict, and what a reader wants to know next. */
export function renderSuccess(verdict: string, facts: readonly Fact[], paint: Paint): string {
  return `${paint.good("✔")} ${paint.bold(verdict)}\n${renderFacts(facts, paint)}`;
}

const CAUSE_HEADINGS = {
  alternatives: "Possible causes, most likely first",
  all: "Each of these blocks the job",
} as const;

/**
 * Renders a failure on one screen: the verdict on one line that can be searched for, facts, the first causes, what to
 * paste.
 */
export function renderFailure(report: FailureReport, paint: Paint): string {
  const sections = [
    `${paint.bad("✖")} ${paint.bold(report.verdict)}\n${renderFacts(report.facts, paint)}`,
    ...(report.meaning === undefined ? [] : [`${wrap(report.meaning, 0)}\n`]),
    ...(report.causes.length === 0 ? [] : [renderCauses(report, paint)]),
    ...(report.closing === undefined ? [] : [`${report.closing}\n`]),
  ];
  return sections.join("\n");
}

function renderCauses({ causes, causesAre = "alternatives", further }: FailureReport, paint: Paint): string {
  if (causes.length === 1) return causes.map((cause) => renderCause(cause, "", paint)).join("");
  const shown = causes.slice(0, MAX_CAUSES);
  const more = causes.length - shown.length;
  const rest = more === 0 ? "" : `  ${more} more${further === undefined ? "" : `: ${wrap(further, 10)}`}\n`;
  return [
    `${paint.bold(CAUSE_HEADINGS[causesAre])}\n`,
    ...shown.map((cause, index) => renderCause(cause, `${index + 1}. `, paint)),
    rest,
  ].join("");
}

/**
 * Renders every problem of a configuration, each with what to do.
 *
 * @param consequence what a reader would otherwise ask: `nothing was sent to AWS`
 */
export function renderProblems(problems: readonly Problem[], paint: Paint, consequence?: string): string {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  const verdict = `The configuration has ${count}${consequence === undefined ? "" : `; ${consequence}`}.`;
  const items = problems.map(
    ({ subject, found, expected, fix }) =>
      `\n  ${paint.bold(`${subject}: `)}${found}\n` +
      `    ${paint.dim("expected")} ${wrap(expected, 13)}\n    ${paint.good("→")} ${wrapProse(fix, 6)}\n`,
  );
  return `${paint.bad("✖")} ${paint.bold(verdict)}\n${items.join("")}`;
}

/** Renders something that the reader should know although nothing failed. */
export function renderNote(text: string, paint: Paint): string {
  return `${paint.warn("!")} ${wrapProse(text, 2)}\n`;
}

function renderFacts(facts: readonly Fact[], paint: Paint): string {
  const width = Math.max(0, ...facts.map(([label]) => label.length));
  return facts
    .map(([label, value]) => `  ${paint.dim(label.padEnd(width))}  ${wrap(value, width + 4)}\n`)
    .join("");
}

function renderCause({ reason, fix }: Cause, number: string, paint: Paint): string {
  const indent = 2 + number.length;
  return `  ${number}${wrap(reason, indent)}\n${" ".repeat(indent)}${paint.good("→")} ${wrapProse(fix, indent + 2)}\n`;
}
