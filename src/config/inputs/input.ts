/** Components that are commands of the script too. */
export type CommandName = "assume-role" | "doctor" | "trust-policy" | "migrate";
export type ComponentName = CommandName | "web-identity";

/**
 * One input, defined once: `spec:inputs` of the templates, their `variables:`, the README's tables and `--help` are
 * generated from this table. It is for people: a job of `assume-role` runs without it.
 */
export interface Input {
  readonly name: string;
  readonly components: readonly ComponentName[];
  /**
   * `script`: handed to the script as `AWS_OIDC_<NAME>`. `job`: shapes the job and goes no further.
   * `command-line`: a flag of the command, not an input of the component.
   */
  readonly reaches: "script" | "job" | "command-line";
  readonly type: "string" | "number";
  /** No default means that the input is required. */
  readonly default?: string | number | undefined;
  /** One or two sentences in Markdown, for the catalog, the README and `--help`. */
  readonly description: string;
  /** What stands for the value in `--help`: `<arn>`. */
  readonly placeholder?: string;
  /** The only values allowed; words that YAML leaves alone, unlike `on`, `no` and `null`. */
  readonly options?: readonly string[];
  /** What GitLab holds the value against before anything runs (RE2, not anchored). */
  readonly regex?: string;
  /** Whether the value may stand on the command line by itself. */
  readonly isPositional?: true;
  /** Another name of the flag. */
  readonly alias?: string;
  /** Whether the flag takes a value. One that never does is a switch; a flag needs one unless it says otherwise. */
  readonly value?: "none" | "optional";
  /** Values separated by commas; the flag may be given again for more of them. */
  readonly isList?: true;
  /** `opens`: given more than once, the flag begins a section each time; `within`: the flag can be for one section. */
  readonly section?: "opens" | "within";
  /** JSON is full of `$` that GitLab must leave alone. */
  readonly expand?: false;
}

/** What there is to know of an input to read it. */
export type ReadInput = Pick<Input, "name" | "reaches" | "default">;

/** `role-arn` → `AWS_OIDC_ROLE_ARN` */
export function variableName(inputName: string): string {
  return `AWS_OIDC_${inputName.toUpperCase().replaceAll("-", "_")}`;
}
