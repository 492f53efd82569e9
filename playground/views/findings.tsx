import type { LintCorrection, LintFinding } from "../../src/aws/trust-policy/lint/finding.ts";
import { inPageWords } from "../answers/page-words.ts";
import { Sentence } from "./prose.tsx";

interface FindingsProps {
  readonly findings: readonly LintFinding[];
  /** Counted from 1; `undefined` if the place cannot be shown. */
  readonly lineOf: (place: string) => number | undefined;
  readonly onShow: (place: string) => void;
  readonly onApply: (correction: LintCorrection) => void;
}

const SEVERITIES: Readonly<Record<LintFinding["severity"], string>> = {
  "never-matches": "Never matches",
  "too-wide": "Too wide",
  style: "Style",
};

/** What is wrong with the policy itself, for any job. */
export function Findings({ findings, lineOf, onShow, onApply }: FindingsProps) {
  if (findings.length === 0) return null;
  return (
    <ol class="findings" aria-label="Findings in the policy">
      {findings.map((finding, index) => (
        <li key={`${finding.id} ${finding.place} ${finding.message}`} data-finding={finding.id}>
          <p class="finding-head">
            <span class={`badge ${finding.severity}`} aria-hidden="true">
              {index + 1}
            </span>
            <strong class={finding.severity}>{SEVERITIES[finding.severity]}</strong>
            <Place place={finding.place} line={lineOf(finding.place)} onShow={onShow} />
          </p>
          <p>
            <Sentence text={inPageWords(finding.message)} />
          </p>
          <Correction finding={finding} onApply={onApply} />
        </li>
      ))}
    </ol>
  );
}

function Place({
  place,
  line,
  onShow,
}: {
  readonly place: string;
  readonly line: number | undefined;
  readonly onShow: (place: string) => void;
}) {
  if (line === undefined) return <code class="place">{place}</code>;
  return (
    <button type="button" class="link" title={place} onClick={() => onShow(place)}>
      line {line}
    </button>
  );
}

function Correction({
  finding,
  onApply,
}: { readonly finding: LintFinding } & Pick<FindingsProps, "onApply">) {
  const { correction } = finding;
  if (correction === undefined) return null;
  return (
    <div class="correction">
      <button type="button" class="primary" onClick={() => onApply(correction)}>
        Apply the correction
      </button>
      <details>
        <summary>
          <code>{correction.place}</code>, corrected
        </summary>
        <pre>
          <code>{correction.text}</code>
        </pre>
      </details>
    </div>
  );
}
