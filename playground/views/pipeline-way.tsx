import type { Input } from "../../src/config/inputs/input.ts";
import { componentInputsOf } from "../../src/config/inputs/inputs.ts";
import { answerPipeline, COMPONENTS, type Component } from "../answers/pipeline.ts";
import { component, pipeline } from "../state.ts";
import { CodeBlock } from "./code-block.tsx";
import { InputField, TextField } from "./fields.tsx";

const ABOUT: Readonly<Record<Component, string>> = {
  "assume-role": "One job asks AWS once and passes the credentials to later jobs, in any image.",
  "web-identity":
    "A hidden job to extend: the job’s own AWS tool exchanges the token, and no credentials are passed on.",
  doctor: "A manual job that checks everything and says what is wrong.",
};

/** What pipelines set most often; the rest is behind a click. */
const FIRST = [
  "role-arn",
  "region",
  "audience",
  "session-name",
  "duration-seconds",
  "stage",
  "trust-policy-file",
];

/** The include of a component with its inputs, checked as GitLab would check them. */
export function PipelineWay() {
  const { problems, yaml } = answerPipeline(component.value, pipeline.value);
  const touched = (name: string): boolean => name in pipeline.value;
  const problemOf = (name: string): string | undefined => {
    const problem = problems.find(({ subject }) => subject === name);
    return problem && touched(name) ? `Expected ${problem.expected}. ${problem.fix}` : undefined;
  };
  const inputs = componentInputsOf(component.value);
  const [first, others] = [inputs.filter(isFirst), inputs.filter((input) => !isFirst(input))];
  return (
    <div class="columns">
      <section aria-labelledby="component-heading">
        <h2 id="component-heading">Component</h2>
        <div class="card">
          <Components />
          <InputFields inputs={first} problemOf={problemOf} />
          <details>
            <summary>{others.length} more inputs, each with a default</summary>
            <InputFields inputs={others} problemOf={problemOf} />
          </details>
          <Origin />
        </div>
      </section>
      <section aria-labelledby="yaml-heading">
        <h2 id="yaml-heading">For .gitlab-ci.yml</h2>
        <p class={`headline ${problems.length === 0 ? "ok" : "idle"}`} role="status">
          {problems.length === 0 ? (
            <>
              <span class="sign" aria-hidden="true">
                ✔
              </span>
              <span>GitLab accepts these inputs.</span>
            </>
          ) : (
            `GitLab would refuse ${problems.map(({ subject, found }) => `${subject} (${found})`).join(", ")}.`
          )}
        </p>
        <CodeBlock label="YAML" text={yaml} />
      </section>
    </div>
  );
}

function isFirst({ name }: Input): boolean {
  return FIRST.includes(name);
}

function set(name: string, value: string): void {
  pipeline.value = { ...pipeline.value, [name]: value };
}

function Components() {
  return (
    <fieldset class="options">
      <legend class="unseen">Component</legend>
      {COMPONENTS.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="component"
            checked={name === component.value}
            onChange={() => {
              component.value = name;
            }}
          />
          <span>
            <code>{name}</code>
            <span class="hint">{ABOUT[name]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface InputFieldsProps {
  readonly inputs: readonly Input[];
  readonly problemOf: (name: string) => string | undefined;
}

function InputFields({ inputs, problemOf }: InputFieldsProps) {
  return (
    <div class="fields">
      {inputs.map((input) => (
        <InputField
          key={`${component.value} ${input.name}`}
          input={input}
          fields={pipeline.value}
          onChange={set}
          problemOf={problemOf}
        />
      ))}
    </div>
  );
}

/** Where the component comes from, which a page cannot know. */
function Origin() {
  return (
    <details>
      <summary>Project and version of the component</summary>
      <div class="fields">
        <TextField
          label="Project"
          value={pipeline.value["component-project"] ?? ""}
          placeholder="$CI_SERVER_FQDN/<group>/aws-oidc"
          onChange={(value) => set("component-project", value)}
        />
        <TextField
          label="Version"
          value={pipeline.value["component-version"] ?? ""}
          placeholder="1"
          hint="`1`, `1.0.0`, or a commit’s SHA to pin it."
          onChange={(value) => set("component-version", value)}
        />
      </div>
    </details>
  );
}
