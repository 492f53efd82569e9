import type { Input } from "../../src/config/inputs/input.ts";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import type { ExampleJob } from "../answers/example-jobs.ts";
import { role, roleAnswer } from "../state.ts";
import { CodeBlock } from "./code-block.tsx";
import { InputField } from "./fields.tsx";
import { Problems } from "./problems.tsx";
import { Notes, Sentence } from "./prose.tsx";

const INPUTS = inputsOf("trust-policy");

/** What most roles need; the rest is behind a click. */
const FIRST = ["project", "branch", "tag", "protected", "issuer", "account", "role-name"];

/** The table's texts, reworded for a page. */
const ON_PAGE: Readonly<Record<string, Partial<Input>>> = {
  project: { placeholder: "acme/shop" },
  branch: { placeholder: "main" },
  tag: { placeholder: "v1.2.3" },
  issuer: { placeholder: "https://gitlab.com", description: "The `iss` of the tokens." },
  audience: { placeholder: "the instance’s URL", description: "The `aud` of the tokens." },
  account: {
    placeholder: "123456789012",
    description: "AWS account of the role. The trust policy and the AWS CLI commands need it.",
  },
  partition: { placeholder: "aws", description: "Partition of the account." },
  "role-name": { placeholder: "gitlab-ci", description: "Name of the role." },
};

const FORMATS = {
  json: { label: "Trust policy", fileName: "trust-policy.json" },
  cloudformation: { label: "CloudFormation", fileName: "gitlab-role.yaml" },
  terraform: { label: "Terraform", fileName: "gitlab-role.tf" },
  cli: { label: "AWS CLI", fileName: "gitlab-role.sh" },
} as const;

type Format = keyof typeof FORMATS;

/** A form for the flags of `trust-policy`, and what that command writes. */
export function RoleWay() {
  const format = FORMAT_NAMES.find((name) => name === role.value.format) ?? "json";
  return (
    <div class="columns">
      <section aria-labelledby="jobs-heading">
        <h2 id="jobs-heading">Whose jobs may assume it</h2>
        <div class="card">
          <Inputs isShown={({ name }) => FIRST.includes(name)} />
          <details>
            <summary>Groups, tiers, IDs, policies to attach</summary>
            <Inputs isShown={({ name }) => !FIRST.includes(name) && name !== "format"} />
          </details>
        </div>
      </section>
      <section aria-labelledby="role-heading">
        <div class="section-head">
          <h2 id="role-heading">The role</h2>
          <Formats current={format} />
        </div>
        <Answer format={format} />
      </section>
    </div>
  );
}

const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

function set(name: string, value: string): void {
  role.value = { ...role.value, [name]: value };
}

function Inputs({ isShown }: { readonly isShown: (input: (typeof INPUTS)[number]) => boolean }) {
  return (
    <div class="fields">
      {INPUTS.filter(isShown).map((input) => (
        <InputField
          key={input.name}
          input={{ ...input, ...ON_PAGE[input.name] }}
          fields={role.value}
          onChange={set}
        />
      ))}
    </div>
  );
}

function Formats({ current }: { readonly current: Format }) {
  return (
    <fieldset class="segments">
      <legend class="unseen">Format</legend>
      {FORMAT_NAMES.map((name) => (
        <label key={name}>
          <input type="radio" name="format" checked={name === current} onChange={() => set("format", name)} />
          <span>{FORMATS[name].label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Answer({ format }: { readonly format: Format }) {
  const answer = roleAnswer.value;
  const isEmpty = Object.entries(role.value).every(([name, text]) => text === "" || name === "format");
  if (isEmpty || answer === undefined) {
    return <p class="headline idle">Enter a project, a branch, and the role’s account.</p>;
  }
  const { problems, document: text, notes, examples } = answer;
  return (
    <>
      <Problems problems={problems} />
      {text !== undefined && <CodeBlock {...FORMATS[format]} text={text} />}
      <Notes notes={notes} />
      <Examples examples={examples} />
    </>
  );
}

const DECISIONS = { allow: ["✔", "admitted"], deny: ["✖", "refused"], unknown: ["?", "undecided"] } as const;

/** Who gets in, and similar jobs that do not. */
function Examples({ examples }: { readonly examples: readonly ExampleJob[] }) {
  if (examples.length === 0) return null;
  return (
    <section aria-labelledby="examples-heading">
      <h2 id="examples-heading">Who gets in</h2>
      <p class="hint">Decided from the ID tokens that such jobs would get.</p>
      <ul class="examples">
        {examples.map(({ label, kind, decision, why = "" }) => (
          <li key={label} class={`${kind} ${decision}`} data-decision={decision}>
            <span class="sign" aria-hidden="true">
              {DECISIONS[decision][0]}
            </span>
            <span>
              {label}: <strong>{DECISIONS[decision][1]}</strong>
              <span class="hint">
                {" "}
                <Sentence text={why} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
