/** Commands of the script; the first two are components too. */
export type CommandName = "assume-role" | "doctor" | "trust-policy" | "migrate" | "sandbox";
export type ComponentName = CommandName | "web-identity";

/**
 * One input, defined once: `spec:inputs` of the templates, their `variables:`, the tables of `docs/` and `--help` are
 * generated from this table. It is for people: an `assume-role` job runs without it.
 */
export interface Input {
  readonly name: string;
  readonly components: readonly ComponentName[];
  /**
   * `script`: handed to the script as `AWS_OIDC_<NAME>`. `job`: shapes the job only.
   * `command-line`: a flag of the command, not an input of the component.
   */
  readonly reaches: "script" | "job" | "command-line";
  readonly type: "string" | "number";
  /** No default means that the input is required. */
  readonly default?: string | number | undefined;
  /** One or two sentences in Markdown, for the catalog, the pages and `--help`. */
  readonly description: string;
  /** The placeholder for the value in `--help`: `<arn>`. */
  readonly placeholder?: string;
  /** The only values allowed; words that YAML does not convert, unlike `on`, `no` and `null`. */
  readonly options?: readonly string[];
  /** The pattern that GitLab checks before anything runs (RE2, not anchored). */
  readonly regex?: string;
  /** Whether the value may be given without the flag. */
  readonly isPositional?: true;
  /** Another name of the flag. */
  readonly alias?: string;
  /** Whether the flag takes a value. One that never does is a switch; a flag needs one by default. */
  readonly value?: "none" | "optional";
  /** Values separated by commas; the flag may be repeated for more. */
  readonly isList?: true;
  /** `opens`: if repeated, the flag begins a section each time; `within`: the flag can apply to one section. */
  readonly section?: "opens" | "within";
  /** JSON is full of `$` that GitLab must not expand. */
  readonly expand?: false;
}

/** What is needed to read an input. */
export type ReadInput = Pick<Input, "name" | "reaches" | "default">;

/** `role-arn` → `AWS_OIDC_ROLE_ARN` */
export function variableName(inputName: string): string {
  return `AWS_OIDC_${inputName.toUpperCase().replaceAll("-", "_")}`;
}
