import { signal } from "@preact/signals";
import { formatInstant, formatSpan } from "../../src/foundation/times.ts";
import { listClaims } from "../../src/gitlab/claims.ts";
import { selectClaims } from "../../src/gitlab/shared-claims.ts";
import { holdsToken, type PastedClaims, readPastedClaims } from "../answers/pasted-claims.ts";
import { claims, claimsProblems, claimsText, job, jobBy } from "../state.ts";
import { TextField } from "./fields.tsx";
import { Problems } from "./problems.tsx";

/** Whose job it is: from a few fields, or from its token. */
export function JobPanel() {
  return (
    <div class="card">
      <fieldset class="choice">
        <legend>Given as</legend>
        <Choice name="job-by" value="form" label="a description" isChosen={jobBy.value === "form"} />
        <Choice
          name="job-by"
          value="claims"
          label="its ID token or claims"
          isChosen={jobBy.value === "claims"}
        />
      </fieldset>
      {jobBy.value === "form" ? <JobForm /> : <ClaimsPanel />}
    </div>
  );
}

function Choice({
  name,
  value,
  label,
  isChosen,
}: {
  readonly name: string;
  readonly value: "form" | "claims";
  readonly label: string;
  readonly isChosen: boolean;
}) {
  return (
    <label>
      <input
        type="radio"
        name={name}
        value={value}
        checked={isChosen}
        onChange={() => {
          jobBy.value = value;
        }}
      />
      {label}
    </label>
  );
}

/** Names of the fields about the ref, one of which is filled in. */
const REF_KINDS = { branch: "Branch", tag: "Tag", "merge-request": "Merge request" } as const;

type RefKind = keyof typeof REF_KINDS;

const refKind = signal<RefKind | undefined>(undefined);

function JobForm() {
  const kind = refKind.value ?? KINDS.find((name) => job.value[name]) ?? "branch";
  return (
    <>
      <div class="fields">
        <JobField name="project" label="Project" placeholder="acme/shop" />
        <JobField name="issuer" label="GitLab instance" placeholder="the one that the policy trusts" />
      </div>
      <fieldset class="choice">
        <legend>Pipeline for a</legend>
        {KINDS.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="ref-kind"
              checked={name === kind}
              onChange={() => chooseKind(kind, name)}
            />
            {REF_KINDS[name].toLowerCase()}
          </label>
        ))}
      </fieldset>
      <div class="fields">
        <JobField
          name={kind}
          label={kind === "merge-request" ? "Source branch" : REF_KINDS[kind]}
          placeholder={kind === "tag" ? "v1.2.3" : "main"}
        />
        <JobField name="environment" label="Environment" placeholder="none" />
      </div>
      <details>
        <summary>More about the job and the role</summary>
        <div class="fields">
          <JobField name="audience" label="Audience" placeholder="the instance’s URL" />
          <JobField name="project-id" label="Project ID" placeholder="unknown" />
          <JobField name="namespace-id" label="Namespace ID" placeholder="unknown" />
          <RoleFields />
        </div>
      </details>
    </>
  );
}

const KINDS = Object.keys(REF_KINDS) as readonly RefKind[];

/** The name of the ref stays unchanged. */
function chooseKind(from: RefKind, to: RefKind): void {
  refKind.value = to;
  const { [from]: name = "", ...others } = job.value;
  job.value = { ...others, [to]: name };
}

function RoleFields() {
  return (
    <>
      <JobField name="role-arn" label="Role ARN" placeholder="in the identity provider’s account" />
      <JobField name="session-name" label="Session name" placeholder="unknown" />
    </>
  );
}

function JobField({
  name,
  label,
  placeholder,
}: {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
}) {
  return (
    <TextField
      label={label}
      value={job.value[name] ?? ""}
      placeholder={placeholder}
      onChange={(value) => {
        job.value = { ...job.value, [name]: value };
      }}
    />
  );
}

function ClaimsPanel() {
  const given = claims.value;
  return (
    <>
      {given?.token === undefined ? <ClaimsEditor /> : <DecodedToken given={given} token={given.token} />}
      <Problems problems={claimsProblems.value} />
      <details>
        <summary>More about the role</summary>
        <div class="fields">
          <RoleFields />
        </div>
      </details>
    </>
  );
}

function ClaimsEditor() {
  return (
    <div class="field">
      <textarea
        class="code-area"
        aria-label="ID token, or its claims as JSON"
        rows={7}
        value={claimsText.value}
        placeholder={
          'Paste an ID token: it is decoded here and then discarded; only its claims stay.\nOr paste the claims as JSON: {"iss": "…", "sub": "…", "aud": "…"}'
        }
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => takeClaims(event.currentTarget)}
      />
    </div>
  );
}

/** Text with a token is removed from the field before anyone sees it there. */
function takeClaims(area: HTMLTextAreaElement): void {
  const text = area.value;
  if (holdsToken(text)) area.value = "";
  readClaims(text);
}

/** Reads claims, whichever field they were pasted into. */
export function readClaims(text: string): void {
  jobBy.value = "claims";
  claimsText.value = holdsToken(text) ? "" : text;
  const read = text.trim() === "" ? undefined : readPastedClaims(text);
  claims.value = read?.ok ? read.value : undefined;
  claimsProblems.value = read === undefined || read.ok ? [] : read.problems;
}

const TICK_MS = 5000;

const now = signal(new Date());
setInterval(() => {
  now.value = new Date();
}, TICK_MS);

function DecodedToken({
  given,
  token,
}: {
  readonly given: PastedClaims;
  readonly token: NonNullable<PastedClaims["token"]>;
}) {
  const { shown, withheld } = selectClaims(given.claims, "withheld");
  return (
    <div class="token">
      <p>
        <strong>ID token, decoded.</strong> <Expiry expiresAt={token.expiresAt} />
      </p>
      <pre>
        <code>{listClaims(shown, "withheld").join("\n")}</code>
      </pre>
      <details>
        <summary>All claims</summary>
        <pre>
          <code>{listClaims(shown, "shown").join("\n")}</code>
        </pre>
        {withheld.length > 0 && (
          <p class="hint">Compared, but not shown, because they are personal: {withheld.join(", ")}.</p>
        )}
      </details>
      <button type="button" onClick={forget}>
        Discard it
      </button>
    </div>
  );
}

function Expiry({ expiresAt }: { readonly expiresAt: Date }) {
  const left = expiresAt.getTime() - now.value.getTime();
  const instant = formatInstant(expiresAt);
  return left > 0 ? (
    <span>
      Valid until {instant}, for another {formatSpan(left)}.
    </span>
  ) : (
    <span>
      Expired at {instant}, {formatSpan(-left)} ago; its claims are compared anyway.
    </span>
  );
}

function forget(): void {
  claims.value = undefined;
  claimsText.value = "";
}
