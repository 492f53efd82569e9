import { matchesGlob, parseGlob } from "./glob.ts";
import { parseSubject, subjectValue } from "./subject.ts";

/** A typo in a value that a policy wants for `sub`. */
export interface SubjectSlip {
  readonly id: string;
  readonly reason: string;
}

/** The token that the value is compared with. */
export interface SubjectToken {
  readonly sub: string;
  /** The project's path and id, if known. */
  readonly projectPath: string | undefined;
  readonly projectId: string | undefined;
}

interface SlipRule extends SubjectSlip {
  /** The value without the slip; the same value if it has none. */
  readonly correct: (value: string, token: SubjectToken) => string;
}

/** An id in place of the path is a typo only if it may be the id of the token's own project. */
function replaceId(value: string, { projectPath, projectId }: SubjectToken): string {
  const id = /^project_path:(\d+)(?=:|$)/.exec(value)?.[1];
  const isOther = projectId !== undefined && id !== projectId;
  return id === undefined || isOther || projectPath === undefined
    ? value
    : value.replace(/^project_path:\d+/, `project_path:${projectPath}`);
}

/** Writes every part that differs only in case as the token has it. */
function alignCase(value: string, { sub }: SubjectToken): string {
  const names = parseSubject(sub).map(({ name }) => name);
  return parseSubject(value)
    .map(({ name: written, value: wanted }) => {
      const name = names.find((known) => known.toLowerCase() === written.toLowerCase()) ?? written;
      const actual = name === "" ? undefined : subjectValue(sub, name);
      const differs =
        actual !== undefined &&
        !matchesGlob(parseGlob(wanted), actual) &&
        matchesGlob(parseGlob(wanted.toLowerCase()), actual.toLowerCase());
      if (name === "") return wanted;
      return `${name}:${differs ? actual : wanted}`;
    })
    .join(":");
}

/** One of several values in a text; the token's own, if it is there. */
function oneOfSeveral(value: string, { sub }: SubjectToken): string {
  const [first, ...others] = value.split(/(?<![\s,;|])[\s,;|]+(?=project_)/);
  if (!first || others.length === 0) return value;
  return others.includes(sub) ? sub : first;
}

/** Writes the token's part for one that has it in a list, a regular expression or a URL's encoding, as a whole. */
function replaceLiteral(value: string, { sub }: SubjectToken): string {
  return value.replace(/(?<=^|:)(project_path|ref):([^:]*)/g, (found, name: string, wanted: string) => {
    const actual = subjectValue(sub, name);
    const plain = wanted.replaceAll(/%2F/gi, "/").replaceAll(/[\u2010-\u2015]/g, "-");
    const [first = "", ...others] = plain.split(/[|(){},[\]^$]+/);
    const meant = [first, ...others, ...others.map((other) => first + other)];
    const group = name === "project_path" ? /^(.*\/)\.[*+]$/.exec(wanted)?.[1] : undefined;
    const isMeant = actual !== undefined && (meant.includes(actual) || (group && actual.startsWith(group)));
    return isMeant ? `${name}:${actual}` : found;
  });
}

/** No `sub` of GitLab has any of these; in the order in which they are removed. */
const FORM_RULES: readonly SlipRule[] = [
  {
    id: "sub-several",
    reason: "One text has several values, which belong in a list.",
    correct: oneOfSeveral,
  },
  {
    id: "sub-space",
    reason: "The value contains a space or other white space, which no `sub` has.",
    correct: (value) => value.replaceAll(/\s/g, ""),
  },
  {
    id: "sub-url",
    reason: "The value has the project's URL where its path belongs.",
    correct: (value) => value.replace(/^((?:\w+:)?)https?:\/\/[^/:]+(?::\d+)?\//, "$1"),
  },
  {
    id: "sub-prefix",
    reason: "The value does not begin with `project_path:` as `sub` does.",
    correct: (value) =>
      value
        .replace(/^(?!repo:|(?:job_|source_)?project_(?:path|id):)[a-z_]+:(?=\/?[^:/]+\/)/, "project_path:")
        .replace(/^(?=\/?[^:/]+\/[^:]*(?::|$))/, "project_path:"),
  },
  {
    id: "sub-path-for-id",
    reason: "`project_id` is a number, but the value has a path there.",
    correct: (value) => value.replace(/^project_id:(?=[^:]*\/)/, "project_path:"),
  },
  {
    id: "sub-id-for-path",
    reason: "`project_path` is the project's path, but the value has an id there.",
    correct: replaceId,
  },
  {
    id: "sub-git",
    reason: "The project's path does not end in `.git`.",
    correct: (value) => value.replace(/^(project_path:[^:]*)\.git(?=\/?(?::|$))/, "$1"),
  },
  {
    id: "sub-slash",
    reason: "The value has an extra slash: neither a path nor a ref begins or ends with one.",
    correct: (value) => value.replaceAll(/:\/+/g, ":").replaceAll(/(?<!\/)\/+(?=:|$)/g, ""),
  },
  {
    id: "sub-refs",
    reason:
      "`ref` is the bare name of the branch or tag, in merge requests of the source branch; `refs/heads/` and `refs/tags/` before it are GitHub's form.",
    correct: (value, { sub }) =>
      value
        .replace(/:ref:refs\/(?:heads|tags)\//, ":ref:")
        .replace(/:ref:refs\/merge-requests\/[^:]*/, `:ref:${subjectValue(sub, "ref")}`),
  },
  {
    id: "sub-group",
    reason: "`project_path` is the whole path, with the groups.",
    correct: (value, { projectPath }) =>
      value.replace(/^project_path:([^:/*?]+)(?=:|$)/, (found, name: string) =>
        projectPath?.endsWith(`/${name}`) ? `project_path:${projectPath}` : found,
      ),
  },
  {
    id: "sub-literal",
    reason: "IAM takes every character but `*` and `?` literally: no regular expressions, lists or encoding.",
    correct: replaceLiteral,
  },
];

const SLIP_RULES: readonly SlipRule[] = [
  ...FORM_RULES,
  {
    id: "sub-case",
    reason: "The value differs from the token's in upper and lower case, and case matters.",
    correct: alignCase,
  },
];

/** Removes only what no `sub` of GitLab can have, so the value still means the same project. */
export function correctForm(value: string, token: SubjectToken): string {
  return FORM_RULES.reduce((corrected, { correct }) => correct(corrected, token), value);
}

/** Removes the typos from a value, and says which they were. */
export function correctSlips(
  value: string,
  token: SubjectToken,
): { readonly corrected: string; readonly slips: readonly SubjectSlip[] } {
  const slips: SubjectSlip[] = [];
  let corrected = value;
  for (const { id, reason, correct } of SLIP_RULES) {
    const next = correct(corrected, token);
    if (next !== corrected) slips.push({ id, reason });
    corrected = next;
  }
  return { corrected, slips };
}
