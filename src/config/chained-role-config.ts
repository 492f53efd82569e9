import { parseRoleArn, type RoleArn } from "../aws/arn.ts";
import {
  cleanTagValue,
  isSessionName,
  isTagKey,
  isTagValue,
  SESSION_TAG_LIMITS,
  type SessionTag,
} from "../aws/sts/session.ts";
import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import type { Environment } from "../foundation/ports.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { splitList } from "./inputs/scalars.ts";

/** The second role of a chain, and the properties of its session. */
export interface ChainedRole {
  readonly role: RoleArn;
  readonly externalId: string | undefined;
  readonly tags: readonly SessionTag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

/** Facts about the job that a session tag can carry, by the word that selects each. */
const JOB_FACTS: Readonly<Record<string, string>> = {
  project: "CI_PROJECT_PATH",
  "project-id": "CI_PROJECT_ID",
  ref: "CI_COMMIT_REF_NAME",
  pipeline: "CI_PIPELINE_ID",
  job: "CI_JOB_ID",
  environment: "CI_ENVIRONMENT_NAME",
  user: "GITLAB_USER_LOGIN",
};

const ONLY_WITH_CHAIN = ["external-id", "session-tags", "transitive-tag-keys", "source-identity"] as const;

/** Reads the second role; `undefined` if there is none, with a problem for every input that needs one. */
export function parseChainedRole(
  raw: RawInputs,
  env: Environment,
  first: RoleArn | undefined,
): Checked<ChainedRole | undefined> {
  const { text, subject } = raw("chained-role-arn");
  if (!text) {
    const stray = ONLY_WITH_CHAIN.map(raw).filter((input) => input.text);
    return stray.length > 0 ? invalid(...stray.map(strayProblem)) : valid(undefined);
  }
  const tags = parseTags(raw("session-tags"), env);
  return combine({
    role: parseSecondRole(text, subject, first),
    externalId: parseExternalId(raw("external-id")),
    tags,
    transitiveTagKeys: parseTransitiveTagKeys(raw("transitive-tag-keys"), tags),
    sourceIdentity: parseSourceIdentity(raw("source-identity")),
  });
}

function parseSecondRole(text: string, subject: string, first: RoleArn | undefined): Checked<RoleArn> {
  const role = parseRoleArn(text, subject);
  if (!role.ok || first === undefined || role.value.partition === first.partition) return role;
  return invalid({
    subject,
    found: `${text}, in the partition ${role.value.partition}`,
    expected: `a role in ${first.partition}, the partition of ${first.text}`,
    fix: "Chain roles in one partition only: AWS does not allow role chaining across partitions.",
  });
}

function strayProblem({ subject }: RawInput): Problem {
  return {
    subject,
    found: "a value, but no `chained-role-arn`",
    expected: "a second role to use it with",
    fix: `Set \`chained-role-arn\`, or omit ${subject}: AWS accepts it for role chaining only.`,
  };
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
function parseExternalId({ text, subject }: RawInput): Checked<string | undefined> {
  if (!text) return valid(undefined);
  if (/^[\w+=,.@:/-]{2,1224}$/.test(text)) return valid(text);
  const isOnlyLength = /^[\w+=,.@:/-]*$/.test(text);
  const found = `${text.length} characters${isOnlyLength ? "" : ", some of which are not allowed"}`;
  const expected = "2 to 1224 letters, digits and _+=,.@:/-";
  return invalid({
    subject,
    found,
    expected,
    fix: "Use the external ID in the second role's trust policy.",
  });
}

function parseSourceIdentity({ text, subject }: RawInput): Checked<string | undefined> {
  if (!text) return valid(undefined);
  if (isSessionName(text)) return valid(text);
  const expected = "2 to 64 letters, digits and _+=,.@-";
  return invalid({
    subject,
    found: JSON.stringify(text),
    expected,
    fix: "Use a name such as $GITLAB_USER_LOGIN or $CI_PROJECT_ID.",
  });
}

function parseTags(input: RawInput, env: Environment): Checked<readonly SessionTag[]> {
  // Tags may contain spaces, so only commas and line breaks separate them.
  const entries = splitList(input.text, /[,\n]/);
  const parsed = entries.map((entry) => parseTag(entry, input.subject, env));
  const tags = parsed.flatMap((tag) => (tag.ok ? [tag.value] : []));
  const keys = tags.map(({ key }) => key.toLowerCase());
  const repeated = keys.filter((key, index) => keys.indexOf(key) < index);
  const problems = [
    ...parsed.flatMap((tag) => (tag.ok ? [] : tag.problems)),
    ...repeated.map((key) => tagProblem(input.subject, `the key ${JSON.stringify(key)} twice`)),
    ...(entries.length > SESSION_TAG_LIMITS.maxTags
      ? [tagProblem(input.subject, `${entries.length} tags`)]
      : []),
  ];
  return problems.length > 0 ? invalid(...problems) : valid(tags);
}

function parseTag(entry: string, subject: string, env: Environment): Checked<SessionTag> {
  const equals = entry.indexOf("=");
  if (equals < 0) return jobFact(entry, subject, env);
  const tag = { key: entry.slice(0, equals).trim(), value: entry.slice(equals + 1).trim() };
  return isTagKey(tag.key) && isTagValue(tag.value)
    ? valid(tag)
    : invalid(tagProblem(subject, JSON.stringify(entry)));
}

function jobFact(word: string, subject: string, env: Environment): Checked<SessionTag> {
  const variable = Object.hasOwn(JOB_FACTS, word) ? JOB_FACTS[word] : undefined;
  if (variable === undefined) return invalid(tagProblem(subject, JSON.stringify(word)));
  return valid({ key: word, value: cleanTagValue(env[variable] ?? "") });
}

function tagProblem(subject: string, found: string): Problem {
  const { maxTags, maxKeyLength, maxValueLength } = SESSION_TAG_LIMITS;
  return {
    subject,
    found,
    expected:
      `up to ${maxTags} tags key=value, keys of 1 to ${maxKeyLength} and values of up to ${maxValueLength} ` +
      "letters, digits, spaces and _.:/=+-@, no key twice",
    fix: `Write team=shop, or one of the words ${Object.keys(JOB_FACTS).join(", ")} for that fact about the job.`,
  };
}

function parseTransitiveTagKeys(
  input: RawInput,
  tags: Checked<readonly SessionTag[]>,
): Checked<readonly string[]> {
  const keys = splitList(input.text, /[,\n]/);
  const known = tags.ok ? tags.value.map(({ key }) => key) : keys;
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length === 0) return valid(keys);
  return invalid({
    subject: input.subject,
    found: unknown.join(", "),
    expected: "keys of `session-tags`",
    fix: "Add the tags to `session-tags`, or remove these keys.",
  });
}
