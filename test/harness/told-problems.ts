import { expect } from "vitest";
import type { ScriptRun } from "./run-script.ts";
import type { ScenarioRun } from "./scenario.ts";
import { unwrapped } from "./stable.ts";

/** A problem: the input, flag or variable at fault, and words of what is said of it: what was found, what belongs there, what to do. */
export type ToldProblem = readonly [subject: string, told: string | RegExp];

function problemsIn(log: string): readonly (readonly [subject: string, told: string])[] {
  const blocks = log.matchAll(/^ {2}(\S.*?): (.*(?:\n {4}.*)*)/gm);
  // Except for the label of what belongs there.
  return [...blocks].map(
    ([, subject = "", told = ""]) => [subject, unwrapped(told.replace(/\n {4}[^\s→]+ /, "\n"))] as const,
  );
}

/** Expects that a log counts these problems, and tells them in this order, each with what to do, and no others. */
export function expectToldProblems({ stderr }: Pick<ScriptRun, "stderr">, problems: readonly ToldProblem[]) {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  expect(stderr).toMatch(new RegExp(`^✖ The configuration has ${count}[.;]`, "m"));
  const told = problemsIn(stderr);
  expect(told.filter(([, text]) => !/ → \S/.test(text))).toEqual([]);
  expect(told).toEqual(
    problems.map(([subject, told]) => [
      subject,
      typeof told === "string" ? expect.stringContaining(told) : expect.stringMatching(told),
    ]),
  );
}

/** Expects that nothing was asked and nothing written because of these problems. */
export function expectProblems(run: ScenarioRun, ...problems: readonly ToldProblem[]): void {
  expect(run).toMatchObject({ exitCode: 2, stdout: "", files: [], actions: [] });
  expectToldProblems(run, problems);
}
