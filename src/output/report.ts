import type { Cause } from "../foundation/cause.ts";
import type { Problem } from "../foundation/checked.ts";
import type { Paint } from "./paint.ts";

/** A labelled fact: `role  arn:aws:iam::…`. */
export type Fact = readonly [label: string, value: string];

/** The end of a run that failed, as the log tells it: the verdict first. */
export interface FailureReport {
  readonly verdict: string;
  readonly facts: readonly Fact[];
  /** What the verdict says beyond its words. */
  readonly meaning?: string;
  readonly causes: readonly Cause[];
  /** Whether one of the causes has done it (unless given), or every one of them stands in the way. */
  readonly causesAre?: "alternatives" | "all";
  /** Text to paste. */
  readonly closing?: string;
}

/** Renders a success: the verdict and what a reader wants to know next. */
export function renderSuccess(verdict: string, facts: readonly Fact[], paint: Paint): string {
  return `${paint.good("✔")} ${paint.bold(verdict)}\n${renderFacts(facts, paint)}`;
}

const CAUSE_HEADINGS = {
  alternatives: "What it may be, most likely first",
  all: "Each of these stands in the way",
} as const;

export function renderFailure(report: FailureReport, paint: Paint): string {
  const [first, ...others] = report.causes;
  const causes =
    first !== undefined && others.length === 0
      ? [renderCause(first, "", paint)]
      : report.causes.map((cause, index) => renderCause(cause, `${index + 1}. `, paint));
  const sections = [
    `${paint.bad("✖")} ${paint.bold(report.verdict)}\n${renderFacts(report.facts, paint)}`,
    ...(report.meaning === undefined ? [] : [`${report.meaning}\n`]),
    ...(others.length > 0
      ? [`${paint.bold(CAUSE_HEADINGS[report.causesAre ?? "alternatives"])}\n${causes.join("")}`]
      : causes),
    ...(report.closing === undefined ? [] : [`${report.closing}\n`]),
  ];
  return sections.join("\n");
}

/** Renders every problem of a configuration, each with what to do. */
export function renderProblems(problems: readonly Problem[], paint: Paint): string {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  const verdict = `The configuration has ${count}; nothing was sent to AWS.`;
  const items = problems.map(
    ({ subject, found, expected, fix }) =>
      `\n  ${paint.bold(`${subject}: `)}${found}\n` +
      `    ${paint.dim("expected")} ${indentRest(expected, 13)}\n    ${paint.good("→")} ${indentRest(fix, 6)}\n`,
  );
  return `${paint.bad("✖")} ${paint.bold(verdict)}\n${items.join("")}`;
}

/** Renders something the reader should know although nothing failed. */
export function renderNote(text: string, paint: Paint): string {
  return `${paint.warn("!")} ${indentRest(text, 2)}\n`;
}

function renderFacts(facts: readonly Fact[], paint: Paint): string {
  const width = Math.max(0, ...facts.map(([label]) => label.length));
  return facts
    .map(([label, value]) => `  ${paint.dim(label.padEnd(width))}  ${indentRest(value, width + 4)}\n`)
    .join("");
}

function renderCause({ reason, fix }: Cause, number: string, paint: Paint): string {
  const indent = 2 + number.length;
  return `  ${number}${indentRest(reason, indent)}\n${" ".repeat(indent)}${paint.good("→")} ${indentRest(fix, indent + 2)}\n`;
}

function indentRest(text: string, columns: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(columns)}`);
}
