import type { Check } from "../../src/commands/doctor/check.ts";
import type { DoctorReport } from "../../src/commands/doctor/report.ts";
import type { NamedCause } from "../../src/foundation/cause.ts";
import { listFindings } from "../../src/gitlab/evidence.ts";
import { inPageWords } from "../answers/page-words.ts";
import { admission } from "../state.ts";
import { CodeBlock } from "./code-block.tsx";
import { Comparison } from "./comparison.tsx";
import { Problems } from "./problems.tsx";
import { Notes, Prose, Sentence } from "./prose.tsx";

/** What the policy says about the job, as you type. */
export function VerdictPanel({ onAdd }: { readonly onAdd: (statement: string) => void }) {
  const { problems, report, compared } = admission.value;
  const check = report?.checks.find(({ id }) => id === "trust-policy");
  return (
    <div id="verdict" class="verdict" data-decision={report?.review?.decision} data-status={check?.status}>
      <Headline check={check} report={report} hasProblems={problems.length > 0} />
      <Problems problems={problems} />
      {report !== undefined && check !== undefined && (
        <>
          {compared !== undefined && <Comparison compared={compared} />}
          <Causes check={check} report={report} />
          <Offer check={check} report={report} onAdd={onAdd} />
          <FurtherNotes check={check} report={report} />
        </>
      )}
    </div>
  );
}

const WORDS: Readonly<Record<Check["status"], readonly [mark: string, word: string]>> = {
  ok: ["✔", "Admitted"],
  warning: ["✔", "Admitted"],
  failed: ["✖", "Refused"],
  unknown: ["?", "Undecided"],
  skipped: ["–", "No policy yet"],
};

interface HeadlineProps {
  readonly check: Check | undefined;
  readonly report: DoctorReport | undefined;
  readonly hasProblems: boolean;
}

function Headline({ check, report, hasProblems }: HeadlineProps) {
  if (hasProblems || check === undefined) {
    return (
      <p class="headline idle" role="status">
        {hasProblems
          ? "Not enough to judge yet"
          : "Paste a policy and say whose job it is. The verdict appears as you type."}
      </p>
    );
  }
  const [mark, word] =
    check.status === "failed" && report?.review?.trust === undefined
      ? ["✖", "Not usable"]
      : WORDS[check.status];
  return (
    <p class={`headline ${check.status}`} role="status">
      <span class="sign" aria-hidden="true">
        {mark}
      </span>
      <span>
        <strong>{word}.</strong> <Sentence text={inPageWords(asSentence(check))} />
      </span>
    </p>
  );
}

/** On a narrow screen the verdict is far below the input: its one word stays in sight. */
export function VerdictBar() {
  const check = admission.value.report?.checks.find(({ id }) => id === "trust-policy");
  if (check === undefined || check.status === "skipped") return null;
  const [mark, word] = WORDS[check.status];
  return (
    <button type="button" class={`verdict-bar ${check.status}`} onClick={showVerdict}>
      <span aria-hidden="true">{mark}</span> {word}: see why
    </button>
  );
}

function showVerdict(): void {
  document.getElementById("verdict")?.scrollIntoView({ block: "start" });
}

/** A summary is a clause; here it starts a sentence. */
function asSentence({ status, summary }: Check): string {
  const text = status === "skipped" ? "Paste the role’s trust policy on the left." : summary;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

/** The lines of a reason that compare wanted and found, which the page shows in its own way. */
const COMPARISON_LINES = /\nStatement\[\d+\][^\n]*(?:\n {2}[^\n]*)*$/;

function causesOf(
  check: Check,
  report: DoctorReport,
): readonly (NamedCause | { reason: string; fix: string })[] {
  return report.review?.causes.length ? report.review.causes : (check.failure?.causes ?? []);
}

function Causes({ check, report }: { readonly check: Check; readonly report: DoctorReport }) {
  const causes = causesOf(check, report);
  if (causes.length === 0) return null;
  return (
    <ol class="causes" aria-label="What blocks the job">
      {causes.map((cause) => (
        <li key={cause.reason} data-cause={"id" in cause ? cause.id : undefined}>
          <Prose text={cause.reason.replace(COMPARISON_LINES, "")} reword={inPageWords} />
          <div class="fix">
            <Prose text={cause.fix} reword={inPageWords} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Offer({
  check,
  report,
  onAdd,
}: {
  readonly check: Check;
  readonly report: DoctorReport;
  readonly onAdd: (statement: string) => void;
}) {
  const { closing } = check.failure ?? {};
  const { statement } = report;
  if (closing === undefined || statement === undefined) return null;
  return (
    <details class="offer">
      <summary>A statement that admits exactly this job</summary>
      <Prose text={closing.slice(0, -statement.length).trim()} />
      <CodeBlock label="Statement" text={statement} />
      <button type="button" class="primary" onClick={() => onAdd(statement)}>
        Add it to the policy
      </button>
    </details>
  );
}

/** Further notes: about the token, and about what cannot be seen from here. */
function FurtherNotes({ check, report }: { readonly check: Check; readonly report: DoctorReport }) {
  const isTold = (note: string): boolean =>
    note.startsWith("! ") || causesOf(check, report).some(({ reason }) => note.startsWith(reason));
  const ofToken = report.token === undefined ? [] : listFindings(report.token.findings);
  const notes = [
    ...ofToken.map((text) => text.replace(/^! /, "")),
    ...check.notes.filter((note) => !isTold(note)).map((note) => note.replace(/^\? /, "")),
    ...(check.next === undefined ? [] : [check.next]),
  ];
  return <Notes notes={notes} />;
}
