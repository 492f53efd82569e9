/** One mistake in the user's input: which input, what was found, what was expected, what to do. */
export interface Problem {
  /** The input, claim or variable, as the user knows it: `role-arn`, `GITLAB_OIDC_TOKEN`. */
  readonly subject: string;
  readonly found: string;
  readonly expected: string;
  /** One imperative sentence, or YAML to paste. */
  readonly fix: string;
}

/** A checked value, or every problem found in it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function valid<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function invalid(...problems: readonly Problem[]): Checked<never> {
  return { ok: false, problems };
}

type ValueOf<C> = C extends { readonly ok: true; readonly value: infer T } ? T : never;

/** All values, if every one is valid; otherwise the problems of all, in order, so that they can be fixed in one go. */
export function combine<const Parts extends Readonly<Record<string, Checked<unknown>>>>(
  parts: Parts,
): Checked<{ readonly [Name in keyof Parts]: ValueOf<Parts[Name]> }> {
  const problems: Problem[] = [];
  const values: unknown[][] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (part.ok) values.push([name, part.value]);
    else problems.push(...part.problems);
  }
  return problems.length > 0 ? invalid(...problems) : valid(Object.fromEntries(values));
}
