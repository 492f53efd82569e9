import { stable } from "../harness/stable.ts";
import type { FaultGroup } from "./cases/index.ts";
import type { FaultCase } from "./fault-case.ts";

/** What a run printed first, by the fault that it met. */
export type FirstLines = ReadonlyMap<string, string>;

/**
 * Renders the tables of `docs/faults.md`.
 *
 * @param rowOf the row as it is in the page, for a fault that this machine cannot show
 */
export function renderFaultTables(
  groups: readonly FaultGroup[],
  firstLines: FirstLines,
  rowOf: (fault: string) => string,
): string {
  return groups
    .map(({ title, cases }) => {
      const rows = cases.map((faultCase) => {
        const firstLine = firstLines.get(faultCase.fault);
        return firstLine === undefined || faultCase.standsIn
          ? rowOf(faultCase.fault)
          : renderRow(faultCase, firstLine);
      });
      return `## ${title}\n\n| fault | first line | exit code | retried | takes at most |\n|---|---|--:|---|---|\n${rows.join("")}`;
    })
    .join("\n");
}

function renderRow({ fault, exitCode, askedAgain, takes }: FaultCase, firstLine: string): string {
  const cells = [fault, firstLine === "" ? "none" : code(steady(firstLine)), exitCode, askedAgain, takes];
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |\n`;
}

/** Chance decides how often STS is asked, and the machine which ports and files there are. */
function steady(line: string): string {
  return stable(line)
    .replaceAll(/https:\/\/(?:\[::1\]|127[\d.]+|(?:sts|proxy)\.test)(?::(?:\d+|<port>))?/g, "https://…")
    .replaceAll(/arn:aws:sts::\d+:assumed-role\/deploy\/[\w-]+/g, "arn:…:assumed-role/deploy/…")
    .replaceAll(/\b\d+ (requests|attempts|times)\b/g, "<n> $1")
    .replaceAll(/\b(requests in) \d+ s\b/g, "$1 <n> s")
    .replaceAll(/(?:\/[\w.-]+)+\/(\w+\.pem)/g, "/…/$1");
}

function code(text: string): string {
  return `\`\`${text}\`\``.replace(/^``([^`]*)``$/, "`$1`");
}
