import { ancestorsOf, extendsOf, variablesOf } from "../pipeline/inheritance.ts";
import {
  type Entry,
  isMap,
  keyOf,
  type Pair,
  type Pipeline,
  pairOf,
  rangeOf,
  textOf,
  textsOf,
} from "../pipeline/pipeline.ts";
import { sectionsOf } from "../pipeline/sections.ts";
import { KEY_NAMES, soleVariable } from "../recipe/words.ts";
import { indentOf, insertBefore, isInline, removeKeys } from "./changes.ts";
import { applyHiddenJobs } from "./hidden-jobs.ts";
import { ourHiddenJobs } from "./ours.ts";
import { type Draft, extendLater, leave, lineOfEntry, type Task } from "./plan.ts";
import { holdsSecret } from "./secrets.ts";
import { KEYS_NAMED } from "./sites.ts";

/** Programs that ask AWS for something, through an SDK. */
const AWS_TOOLS =
  /\b(?:aws|terraform|tofu|terragrunt|cdk|sam|serverless|sls|eksctl|packer|pulumi|copilot|eb|chalice|zappa|s3cmd|s5cmd|executor|kubectl|helm|sst|ansible|ansible-playbook|boto3)\b/;

/** The variables with keys below `variables:` of an entry. */
export function keyPairs({ map }: Entry): readonly Pair[] {
  const variables = pairOf(map, "variables")?.value;
  return isMap(variables)
    ? variables.items.filter((pair) => KEY_NAMES.some((name) => name === keyOf(pair)))
    : [];
}

/** Lets the jobs that have the keys of `variables:` assume a role. */
export function migrateKeyVariables(draft: Draft, entry: Entry, task: Omit<Task, "site">): void {
  const { pipeline } = draft;
  const pairs = keyPairs(entry);
  const open = pairs.filter((pair) => !isWrittenOut(draft, pair));
  const variables = pairOf(entry.map, "variables");
  if (variables !== undefined) {
    const names = new Set(open.map((pair) => keyOf(pair) ?? ""));
    draft.edits.push(...removeKeys(pipeline, variables, names));
  }
  const isServed = servedEntries(draft, task);
  const users = (entry.kind === "global" ? awsJobs(pipeline) : [entry]).filter((user) => !isServed(user));
  if (open.length + users.length === 0) return;
  for (const pair of pairs) noteVariable(draft, pair);
  const id = textOf(pairs.find((pair) => keyOf(pair) === "AWS_ACCESS_KEY_ID")?.value);
  const role = roleFor(draft, /^\$\{?(\w+)\}?$/.exec(id ?? "")?.[1]);
  for (const user of users) assumeInstead(draft, { user, role }, task);
  if (entry.kind === "global") tellOthers(draft, users);
  const whose =
    entry.kind === "global" ? `, for ${users.map(({ name }) => name).join(", ") || "no job"}` : "";
  draft.changes.push({
    line: lineOf(draft, pairs[0]),
    text: `${entry.name}: ${role} in place of the keys in \`variables\`${whose}`,
  });
}

/** Jobs that have a role already: by this patch, by one before it, or by an exchange that is left alone. */
function servedEntries(
  { pipeline, extending }: Draft,
  { sites }: Omit<Task, "site">,
): (entry: Entry) => boolean {
  const ours = ourHiddenJobs(pipeline);
  const exchanging = sites.filter(({ recognition, left }) => recognition.identities.length + left.length > 0);
  const served = new Set([...extending.keys(), ...exchanging.map(({ entry }) => entry)]);
  return (entry) => {
    const line = [entry, ...ancestorsOf(pipeline, entry)];
    return line.some((each) => served.has(each) || extendsOf(pipeline, each).some((name) => ours.has(name)));
  };
}

function lineOf({ pipeline }: Draft, pair: Pair | undefined): number {
  return pair === undefined ? 1 : pipeline.source.lineOf(rangeOf(pair.key)[0]);
}

function noteVariable({ keyVariables }: Draft, pair: Pair): void {
  const [, name = keyOf(pair)] = /^\$\{?(\w+)\}?$/.exec(textOf(pair.value) ?? "") ?? [];
  if (name !== undefined) keyVariables.add(name);
}

/** A key that is in the file is not shown, and so cannot be taken out by a patch. */
function isWrittenOut(draft: Draft, pair: Pair): boolean {
  const { source } = draft.pipeline;
  const [from] = rangeOf(pair.key);
  if (!holdsSecret(source.text.slice(source.lineStart(from), source.lineEnd(from)))) return false;
  draft.left.push({
    line: lineOf(draft, pair),
    found: `${keyOf(pair)} is in the file itself, where everyone who can read the project has it`,
    fix: "Switch the key off in IAM, then take the line out; the patch leaves it alone, so as not to show it.",
  });
  return true;
}

function roleFor(draft: Draft, variable: string | undefined): string {
  const role = draft.options.roleArn ?? `$${roleVariable(variable)}`;
  draft.newRoles.add(role);
  return role;
}

/** `PROD_AWS_ACCESS_KEY_ID` becomes `PROD_AWS_ROLE_ARN`. */
function roleVariable(variable: string | undefined): string {
  return variable?.includes("ACCESS_KEY")
    ? variable.replace(/ACCESS_KEY(?:_ID)?/, "ROLE_ARN")
    : "AWS_ROLE_ARN";
}

/** The jobs whose scripts call a program that uses keys. */
export function awsJobs(pipeline: Pipeline): readonly Entry[] {
  return pipeline.entries.filter(
    (entry) => entry.kind === "job" && AWS_TOOLS.test(scriptOf(pipeline, entry)),
  );
}

function scriptOf(pipeline: Pipeline, entry: Entry): string {
  const sections = [entry, ...ancestorsOf(pipeline, entry)].flatMap(sectionsOf);
  return sections.flatMap(({ items }) => items.map(({ text }) => text)).join("\n");
}

function tellOthers(draft: Draft, users: readonly Entry[]): void {
  const others = draft.pipeline.entries.filter((entry) => entry.kind === "job" && !users.includes(entry));
  if (others.length === 0) return;
  draft.notes.add(
    `No program of AWS was seen in ${others.map(({ name }) => name).join(", ")}: extend the hidden job there too if they need the role.`,
  );
}

interface User {
  readonly user: Entry;
  readonly role: string;
}

function assumeInstead(draft: Draft, { user, role }: User, { inclusions }: Omit<Task, "site">): void {
  if (namesKeys(draft.pipeline, user)) takeReport(draft, { user, role }, inclusions);
  else extendLater(draft, user, [inclusions.webIdentity({ "role-arn": role }, user.name)]);
}

/** Whether a script or a variable of a job names the keys. */
function namesKeys(pipeline: Pipeline, user: Entry): boolean {
  const lines = scriptOf(pipeline, user).split("\n");
  const others = [...variablesOf(pipeline, user)].filter(([name]) => !KEY_NAMES.some((key) => key === name));
  return (
    lines.some((line) => KEYS_NAMED.test(line) && !/configure set|^\s*export AWS_/.test(line)) ||
    others.some(([, value]) => KEYS_NAMED.test(value))
  );
}

/** The keys come as a report: by `needs`, or to all jobs of later stages. */
function takeReport(draft: Draft, { user, role }: User, inclusions: Task["inclusions"]): void {
  const { pipeline } = draft;
  inclusions.assumeRole({ "role-arn": role, stage: ".pre" });
  const needs = pairOf(user.map, "needs")?.value;
  if (needs === undefined) {
    draft.notes.add(
      `The job ${user.name} names the keys itself, so assume-role gives them to it by a report. Every other job of a later stage without \`needs\` has them too, unless it has \`dependencies: []\`.`,
    );
    return;
  }
  if (textsOf(pipeline.document, needs).includes("assume-role")) return;
  const [from] = rangeOf(needs);
  if (isInline(needs as { flow?: boolean })) {
    const isEmpty = /^\[\s*\]/.test(pipeline.source.text.slice(from));
    draft.edits.push({ from: from + 1, to: from + 1, text: isEmpty ? "assume-role" : "assume-role, " });
  } else draft.edits.push(insertBefore(pipeline, from, [`${indentOf(pipeline, from)}- assume-role`]));
}

/** Lets a script that sets up stored keys assume a role. */
export function migrateKeyScript(draft: Draft, task: Task): void {
  const { site, inclusions } = task;
  const { staticKeys } = site.recognition;
  const profiles = [...new Set(staticKeys.map(({ profile }) => profile))];
  const written = staticKeys.find(({ statement }) => holdsSecret(statement.raw));
  if (written !== undefined) {
    leave(draft, site.entry, {
      line: lineOfStatementOf(draft, task, written.statement),
      found: "keys are in this command, where everyone who can read the project has them",
      fix: "Switch them off in IAM, put the new ones into CI/CD variables for now, and run this again.",
    });
    return;
  }
  if (namesKeys(draft.pipeline, site.entry)) {
    leave(draft, site.entry, {
      line: lineOfEntry(draft.pipeline, site.entry),
      found: "the script sets up stored keys, and names them in other commands too",
      fix: "Include assume-role and name it in `needs`: docs/migration.md, from static keys.",
    });
    return;
  }
  const names = profiles.map((profile) => {
    const id = staticKeys.find((each) => each.profile === profile && each.id !== undefined)?.id;
    return inclusions.webIdentity(
      { "role-arn": roleFor(draft, id && soleVariable(id)), profile },
      profile ?? site.entry.name,
    );
  });
  if (!applyHiddenJobs(draft, task, { names, keys: [] })) return;
  for (const { statement } of staticKeys) {
    for (const [, name = ""] of statement.raw.matchAll(/\$\{?(\w*(?:ACCESS_KEY|SECRET|SESSION_TOKEN)\w*)/g))
      draft.keyVariables.add(name);
  }
  draft.changes.push({
    line: lineOfEntry(draft.pipeline, site.entry),
    text: `${site.entry.name}: ${names.join(" and ")} in place of the stored keys`,
  });
}

function lineOfStatementOf(
  draft: Draft,
  { site }: Task,
  statement: Task["site"]["recognition"]["staticKeys"][number]["statement"],
): number {
  const item = site.itemOf.get(statement);
  return item === undefined
    ? lineOfEntry(draft.pipeline, site.entry)
    : draft.pipeline.source.lineOf(rangeOf(item.node)[0]);
}
