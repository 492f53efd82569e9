import { renderInclusion, renderScalar } from "../../src/config/inputs/include-block.ts";
import type { ComponentName, Input } from "../../src/config/inputs/input.ts";
import { componentInputsOf } from "../../src/config/inputs/inputs.ts";
import type { Problem } from "../../src/foundation/checked.ts";
import type { Fields } from "./page-host.ts";

/** Components that a pipeline can include. */
export const COMPONENTS = [
  "assume-role",
  "web-identity",
  "doctor",
] as const satisfies readonly ComponentName[];

export type Component = (typeof COMPONENTS)[number];

/** YAML for `.gitlab-ci.yml`, and what GitLab would refuse in it. */
export interface PipelineAnswer {
  readonly problems: readonly Problem[];
  readonly yaml: string;
}

/** Writes the include of a component with every input that differs from its default. */
export function answerPipeline(component: Component, fields: Fields): PipelineAnswer {
  const inputs = componentInputsOf(component);
  const problems = inputs.flatMap((input) => checkInput(input, fields[input.name] ?? ""));
  const [first, ...rest] = renderInclusion({
    component,
    project: fields["component-project"],
    version: fields["component-version"],
    inputs: fields,
  });
  const include = `include:\n  - ${first}\n${rest.map((line) => `  ${line}\n`).join("")}`;
  return { problems, yaml: `${include}${exampleJob(component, fields["job-name"])}` };
}

/**
 * What GitLab says about the value of an input before it creates any pipeline.
 *
 * @see https://docs.gitlab.com/ci/inputs/#define-input-parameters-with-specinputs
 */
function checkInput(input: Input, text: string): readonly Problem[] {
  const { name, type, options, regex } = input;
  const refuse = (expected: string, fix: string): readonly Problem[] => [
    { subject: name, found: text === "" ? "no value" : JSON.stringify(text), expected, fix },
  ];
  if (text === "")
    return input.default === undefined ? refuse("a value: it has no default", "Fill it in.") : [];
  if (type === "number" && !/^-?\d+(?:\.\d+)?$/.test(text)) return refuse("a number", "Write digits only.");
  if (options !== undefined && !options.includes(text))
    return refuse(`one of ${options.join(", ")}`, "Choose one of them.");
  if (regex !== undefined && !new RegExp(regex).test(text))
    return refuse(`text that matches ${regex}`, "Choose a different one.");
  return [];
}

/** The shortest job that uses the component's result. */
function exampleJob(component: Component, given: string | undefined): string {
  const initial = componentInputsOf(component).find(({ name }) => name === "job-name")?.default;
  const name = given || String(initial);
  const script = "  script: aws sts get-caller-identity\n";
  switch (component) {
    case "assume-role":
      return `\ndeploy:\n  stage: deploy\n  needs: [${renderScalar(name, "string")}]\n${script}`;
    case "web-identity":
      return `\ndeploy:\n  extends: ${renderScalar(`.${name}`, "string")}\n${script}`;
    case "doctor":
      return "";
  }
}
