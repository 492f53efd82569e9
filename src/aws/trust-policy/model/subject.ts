import { matchesGlob, parseGlob } from "./glob.ts";

/** One `name:value` pair of a GitLab `sub` claim, such as `ref_type:branch`. */
export interface SubjectComponent {
  readonly name: string;
  readonly value: string;
}

/** A component that differs between what a policy wants and what a token has. */
export interface SubjectDifference {
  readonly name: string;
  readonly wanted: string | undefined;
  readonly actual: string | undefined;
}

/**
 * Splits a GitLab `sub`, or a pattern for one, at its colons; neither paths nor refs can contain one. What is left over
 * at the end, such as the `*` of `project_path:acme/shop:*`, is a component without a name; so is a `*` that stands for whole
 * components, as in `project_path:acme/shop:*:ref:main`.
 * docs.gitlab.com/ci/secrets/id_token_authentication, "Token payload".
 */
export function parseSubject(subject: string): readonly SubjectComponent[] {
  const texts = subject.split(":");
  const components: SubjectComponent[] = [];
  for (let at = 0; at < texts.length; at += 2) {
    const [name = "", value] = texts.slice(at, at + 2);
    const isAlone = value === undefined || (/^\*+$/.test(name) && (texts.length - at) % 2 === 1);
    components.push(isAlone ? { name: "", value: name } : { name, value });
    if (isAlone) at -= 1;
  }
  return components;
}

/** Finds the value of a named component. */
export function subjectValue(subject: string, name: string): string | undefined {
  return parseSubject(subject).find((component) => component.name === name)?.value;
}

/**
 * Lists the components in which a token's `sub` differs from what a policy wants.
 *
 * @param wanted a value of the policy, wildcards allowed.
 */
export function diffSubjects(wanted: string, actual: string): readonly SubjectDifference[] {
  const [wantedValues, actualValues] = [valuesByName(wanted), valuesByName(actual)];
  const names = new Set([...wantedValues.keys(), ...actualValues.keys()]);
  return [...names].flatMap((name) => {
    const difference = { name, wanted: wantedValues.get(name), actual: actualValues.get(name) };
    if (difference.wanted === undefined || difference.actual === undefined) return [difference];
    return matchesGlob(parseGlob(difference.wanted), difference.actual) ? [] : [difference];
  });
}

/** In the order of the subject; the first of several values for one name counts. */
function valuesByName(subject: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of parseSubject(subject)) if (!values.has(name)) values.set(name, value);
  return values;
}
