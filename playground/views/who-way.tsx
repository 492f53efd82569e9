import { useRef } from "preact/hooks";
import type { LintFinding } from "../../src/aws/trust-policy/lint/finding.ts";
import { holdsToken } from "../answers/pasted-claims.ts";
import { addStatement, applyCorrection, type EditedText } from "../policy-text/corrections.ts";
import type { TextRange } from "../policy-text/json-places.ts";
import { decodePolicy, type LocatedPolicy, locatePolicy } from "../policy-text/policy-places.ts";
import { admission, claims, claimsProblems, claimsText, job, jobBy, policy } from "../state.ts";
import { CopyButton } from "./code-block.tsx";
import { CodeEditor, type EditorMark } from "./code-editor.tsx";
import { EXAMPLE_JOB, EXAMPLE_POLICY } from "./example.ts";
import { Findings } from "./findings.tsx";
import { JobPanel, readClaims } from "./job-panel.tsx";
import { VerdictBar, VerdictPanel } from "./verdict-panel.tsx";

/** The policy on the left, the job and the verdict on the right. */
export function WhoWay() {
  const area = useRef<HTMLTextAreaElement>(null);
  const text = policy.value;
  const located = locatePolicy(text);
  const { report } = admission.value;
  const findings = report?.review?.findings ?? [];
  const edit = (edited: EditedText | undefined) => edited && writeInto(area.current, edited);
  return (
    <div class="columns">
      <section aria-labelledby="policy-heading">
        <div class="section-head">
          <h2 id="policy-heading">Trust policy</h2>
          <PolicyActions text={text} located={located} />
        </div>
        <CodeEditor
          label="Trust policy, or the output of aws iam get-role"
          text={text}
          placeholder={"Paste the role's trust policy, or the output of\naws iam get-role --role-name <role>"}
          marks={marksOf(findings, located)}
          area={area}
          onInput={takePolicy}
        />
        <Findings
          findings={findings}
          lineOf={(place) => lineAt(text, located.find(place))}
          onShow={(place) => select(area.current, located.find(place))}
          onApply={(correction) => edit(applyCorrection(text, correction))}
        />
      </section>
      <section class="beside" aria-labelledby="job-heading">
        <h2 id="job-heading">Job</h2>
        <JobPanel />
        <VerdictPanel onAdd={(statement) => edit(addStatement(text, statement))} />
      </section>
      <VerdictBar />
    </div>
  );
}

/** A token is not a policy: it says whose job it is, and the policy stays unchanged. */
function takePolicy(area: HTMLTextAreaElement): void {
  if (holdsToken(area.value)) {
    readClaims(area.value);
    area.value = policy.value;
  } else policy.value = area.value;
}

function PolicyActions({ text, located }: { readonly text: string; readonly located: LocatedPolicy }) {
  const decoded = located.document === undefined && text.trim() !== "" ? decodePolicy(text) : undefined;
  return (
    <span class="actions">
      {decoded !== undefined && (
        <button
          type="button"
          onClick={() => {
            policy.value = decoded;
          }}
        >
          Show it decoded
        </button>
      )}
      {text === "" ? (
        <button type="button" onClick={showExample}>
          Show an example
        </button>
      ) : (
        <>
          <CopyButton text={text} />
          <button type="button" onClick={clear}>
            Clear
          </button>
        </>
      )}
    </span>
  );
}

function showExample(): void {
  policy.value = EXAMPLE_POLICY;
  job.value = EXAMPLE_JOB;
  jobBy.value = "form";
}

function clear(): void {
  policy.value = "";
  job.value = {};
  claims.value = undefined;
  claimsText.value = "";
  claimsProblems.value = [];
}

function marksOf(findings: readonly LintFinding[], located: LocatedPolicy): readonly EditorMark[] {
  const broken = located.brokenAt;
  if (broken !== undefined && policy.value.trim() !== "") {
    return [{ from: broken, to: broken + 1, kind: "broken", number: 0 }];
  }
  return findings.flatMap(({ place, severity }, index) => {
    const range = located.find(place);
    return range === undefined ? [] : [{ ...range, kind: severity, number: index + 1 }];
  });
}

function lineAt(text: string, range: TextRange | undefined): number | undefined {
  return range === undefined ? undefined : text.slice(0, range.from).split("\n").length;
}

function select(area: HTMLTextAreaElement | null, range: TextRange | undefined): void {
  if (area === null || range === undefined) return;
  area.focus();
  area.setSelectionRange(range.from, range.to);
}

/** Writes as if typed, so that the browser can undo it. */
function writeInto(area: HTMLTextAreaElement | null, { text, changed }: EditedText): void {
  if (area === null) return;
  area.focus();
  area.select();
  // The only way to make a change that the browser's own undo knows.
  if (!document.execCommand("insertText", false, text)) policy.value = text;
  area.setSelectionRange(changed.from, changed.to);
}
