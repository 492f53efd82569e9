import { answerErrorText } from "../answers/error-text.ts";
import { errorText } from "../state.ts";
import { takeText } from "./fields.tsx";
import { Prose } from "./prose.tsx";

const PLACEHOLDER = `Paste the line that names the error, and a line or two above it:
An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity`;

/** A pasted error, and what `doctor --explain` says about it. */
export function ErrorWay() {
  const answer = answerErrorText(errorText.value);
  return (
    <div class="single">
      <p class="lead">
        The error can come from any tool: the AWS CLI, an SDK, Terraform, Docker, a job log. Anything that
        looks like a credential is masked before the page reads it, and pasted text never goes into the link
        of this page.
      </p>
      <textarea
        class="code-area"
        aria-label="Text of the error"
        rows={6}
        value={errorText.value}
        placeholder={PLACEHOLDER}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => {
          errorText.value = takeText(event.currentTarget);
        }}
      />
      {answer !== undefined && <Explanation {...answer} />}
    </div>
  );
}

function Explanation({
  id,
  verdict,
  facts,
  meaning,
  causes,
}: NonNullable<ReturnType<typeof answerErrorText>>) {
  return (
    <section class="verdict" data-error={id} aria-label="Explanation">
      <p class={`headline ${id === "unknown" ? "unknown" : "failed"}`} role="status">
        <span class="sign" aria-hidden="true">
          {id === "unknown" ? "?" : "✖"}
        </span>
        <strong>{verdict}.</strong>
      </p>
      {meaning !== undefined && <Prose text={meaning} />}
      <h2>{causes.length > 1 ? "Possible causes, most likely first" : "The cause"}</h2>
      <ol class="causes">
        {causes.map(({ reason, fix }) => (
          <li key={reason}>
            <Prose text={reason} />
            <div class="fix">
              <Prose text={fix} />
            </div>
          </li>
        ))}
      </ol>
      <h2>What the text says</h2>
      <dl class="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
