import { foreignParents, heirsOf, referrersOf, variablesOf, withRelatives } from "../pipeline/inheritance.ts";
import { type Entry, lookUp, type Pipeline, pairOf } from "../pipeline/pipeline.ts";
import { lineOfStatement, type Section } from "../pipeline/sections.ts";
import type { Identity } from "../recipe/identities.ts";
import { audienceOf } from "./audience.ts";
import { type Draft, extendLater, leave, lineOfEntry, spendToken, type Task } from "./plan.ts";
import { migrateReportJob } from "./report-plan.ts";
import { hasBeforeScript, nodesOf, runnersOf } from "./runners.ts";
import { changeScript, isAllRecipe, isWhole, replaceAliases } from "./script-changes.ts";
import { isCredentialReport, KEYS_NAMED, keptStatements, OLD_TOKENS, type Site } from "./sites.ts";

/** Gives a script that exchanges an ID token the hidden job in its place. */
export function migrateExchange(draft: Draft, task: Task): void {
  const { pipeline } = draft;
  const { site, inclusions } = task;
  const { identities } = site.recognition;
  const runners = runnersOf(pipeline, site);
  const inputs = identities.map((identity) => toInputs(draft, identity, { site, runners }));
  if (inputs.some((each) => each === undefined)) return;
  if (keptStatements(site).some(([statement]) => isCredentialReport(pipeline, site, statement))) {
    migrateReportJob(draft, task, inputs[0] ?? {});
    return;
  }
  const keys = keysNamed(draft, task, runners);
  if (keys === "refused") return;
  const names = inputs.map((each) => inclusions.webIdentity(each ?? {}, each?.profile ?? site.entry.name));
  applyHiddenJobs(draft, task, { names, keys: keys === "none" ? [] : [exportKeys(identities)] });
  const bearers = withRelatives(pipeline, [site.entry, ...runners]);
  for (const { token } of identities) spendToken(draft, token, bearers);
  noteVariables(draft, inputs, runners);
  tell(draft, site, names);
}

type Inputs = Readonly<Record<string, string | undefined>>;

/** What a script sets comes too late for an input. */
function noteVariables(
  { pipeline, notes }: Draft,
  inputs: readonly (Inputs | undefined)[],
  runners: readonly Entry[],
): void {
  const set = new Set(
    runners.flatMap((runner) => [...variablesOf(pipeline, runner).keys(), ...matrixOf(pipeline, runner)]),
  );
  const used = inputs.flatMap((each) =>
    [...(each?.["role-arn"] ?? "").matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name),
  );
  for (const name of used.filter((each) => !set.has(each) && !each.startsWith("CI_")))
    notes.add(
      `No \`variables\` of this file set $${name}, so it has to be in Settings > CI/CD > Variables: what a script sets comes too late.`,
    );
}

/** Variables that `parallel: matrix` sets, among other words of it. */
function matrixOf(pipeline: Pipeline, { map }: Entry): readonly string[] {
  const text = JSON.stringify(lookUp(pipeline, map, "parallel") ?? "");
  return [...text.matchAll(/"(\w+)":/g)].map(([, name = ""]) => name);
}

interface Whose {
  readonly site: Site;
  readonly runners: readonly Entry[];
}

function toInputs(draft: Draft, identity: Identity, { site, runners }: Whose): Inputs | undefined {
  const audience = audienceOf(draft.pipeline, identity.token, [site.entry, ...runners]);
  if (!audience.ok) {
    leave(draft, site.entry, {
      line: lineOfEntry(draft.pipeline, site.entry),
      found: `the ID token $${identity.token} has more than one \`aud\``,
      fix: "Include the component once for each `aud`, with the input `audience`: docs/use/several-roles.md.",
    });
    return undefined;
  }
  for (const note of [...identity.notes, ...durationNotes(identity), ...tokenNotes(identity)])
    draft.notes.add(note);
  const seconds = identity.second === undefined ? undefined : identity.durationSeconds;
  return {
    "role-arn": identity.role,
    audience: audience.value,
    "session-name": identity.sessionName,
    "chained-role-arn": identity.second?.role,
    "external-id": identity.second?.externalId,
    "duration-seconds": seconds !== undefined && /^\d+$/.test(seconds) ? seconds : undefined,
    region: identity.region,
    profile: identity.profile,
  };
}

function durationNotes({ durationSeconds, second }: Identity): readonly string[] {
  if (durationSeconds === undefined || durationSeconds === "3600" || second !== undefined) return [];
  return [
    `A session of ${durationSeconds} seconds becomes one of an hour, which the job's tools renew as long as the job runs.`,
  ];
}

function tokenNotes({ token }: Identity): readonly string[] {
  return OLD_TOKENS.includes(token)
    ? [`GitLab 17.0 removed $${token}; the component asks for an ID token by itself.`]
    : [];
}

/** The AWS CLI is there, since the recipe called it. */
function exportKeys([identity]: readonly Identity[]): string {
  const profile = identity?.profile === undefined ? "" : ` --profile ${identity.profile}`;
  return `eval "$(aws configure export-credentials --format env${profile})"`;
}

/** Whether a command besides the recipe names the keys, so that they have to be in variables. */
function keysNamed(
  draft: Draft,
  { site, sites }: Task,
  runners: readonly Entry[],
): "none" | "named" | "refused" {
  const { pipeline } = draft;
  const related = new Set([site.entry, ...heirsOf(pipeline, site.entry), ...runners]);
  const all = sites.filter(({ entry }) => related.has(entry)).flatMap((each) => keptStatements(each));
  const named = all.find(([statement]) => KEYS_NAMED.test(statement.raw) && !/^unset\b/.test(statement.raw));
  if (named === undefined) return "none";
  const isOld = all.some(([{ raw }]) => /\bpip3?\b[^|;&]*\binstall\b[^|;&]*\bawscli\b/.test(raw));
  if (!isOld) {
    draft.notes.add(
      "A command names the keys themselves, so `aws configure export-credentials` puts them into variables: the image needs version 2 of the AWS CLI.",
    );
    return "named";
  }
  const [statement, item] = named;
  leave(draft, site.entry, {
    line: lineOfStatement(pipeline, item, statement),
    found:
      "this command names the keys themselves, and version 1 of the AWS CLI, which pip installs, cannot give them to it",
    fix: "Install version 2 of the AWS CLI and run this again, or use assume-role: docs/migration.md.",
  });
  return "refused";
}

interface Hidden {
  readonly names: readonly string[];
  /** Commands that follow its `before_script`. */
  readonly keys: readonly string[];
}

/** Puts the hidden jobs instead of a recipe, in the script and in all who run it. */
export function applyHiddenJobs(draft: Draft, { site }: Pick<Task, "site">, { names, keys }: Hidden): void {
  const { pipeline } = draft;
  const { recipe } = site.recognition;
  const touched = site.sections.filter(({ items }) =>
    items.some(({ statements = [] }) => statements.some((each) => recipe.has(each))),
  );
  const reference = [`!reference [${names.at(-1)}, before_script]`, ...keys];
  const [first] = touched;
  const keeps = first !== undefined && (keys.length > 0 || needsReference(pipeline, site, first));
  for (const section of touched) {
    const replacement = section === first && keeps ? reference : [];
    const edits = isLoneText(section)
      ? removeFragment(draft, site, section)
      : changeScript(pipeline, { section, recipe, replacement });
    if (edits === undefined) {
      refuseForm(draft, site);
      return;
    }
    draft.edits.push(...edits);
    for (const item of section.items.filter(({ statements = [] }) =>
      statements.some((each) => recipe.has(each)),
    ))
      draft.edits.push(...replaceAliases(pipeline, item, { recipe, replacement: reference }));
  }
  const gone = new Set(
    !keeps && first?.name === "before_script" && isAllRecipe(first, recipe) ? [site.entry] : [],
  );
  for (const runner of runnersOf(pipeline, site)) {
    extendLater(draft, runner, names);
    keepDefaults(draft, { runner, gone, site }, reference);
  }
}

function isLoneText({ name, items, count, node }: Section): boolean {
  return name === "fragment" && count === 1 && items[0]?.node === node;
}

/** A text with an anchor: its aliases are replaced one by one. */
function removeFragment({ pipeline }: Draft, { recognition }: Site, section: Section) {
  const [item] = section.items;
  if (item === undefined || !isWhole(item, recognition.recipe)) return undefined;
  return changeScript(pipeline, { section, recipe: recognition.recipe, replacement: [] });
}

function refuseForm(draft: Draft, site: Site): void {
  leave(draft, site.entry, {
    line: lineOfEntry(draft.pipeline, site.entry),
    found: "the script is written in a form that has no place for a reference, such as [ … ] on one line",
    fix: "Write it as a list with one element to a line, and run this again.",
  });
}

/** Whether `extends` alone would not bring the hidden job's commands to where they are needed. */
function needsReference(pipeline: Pipeline, site: Site, first: Section): boolean {
  const { entry, sections, recognition } = site;
  if (entry.kind === "fragment") return true;
  if (entry.kind === "default" || entry.kind === "global") return false;
  if (referrersOf(pipeline, entry, nodesOf(sections)).length > 0) return true;
  const isAll = isAllRecipe(first, recognition.recipe);
  const others = [entry, ...heirsOf(pipeline, entry)];
  if (first.name === "script") {
    const gone = new Set(
      sections.some((each) => each.name === "before_script" && isAllRecipe(each, recognition.recipe))
        ? [entry]
        : [],
    );
    return isAll || others.some((each) => hasBeforeScript(pipeline, each, gone));
  }
  return (
    !isAll || hasBeforeScript(pipeline, entry, new Set([entry])) || foreignParents(pipeline, entry).length > 0
  );
}

interface Default {
  readonly runner: Entry;
  readonly gone: ReadonlySet<Entry>;
  readonly site: Site;
}

/** A job that extends a hidden one with a `before_script` would not run that of the defaults any more. */
function keepDefaults(draft: Draft, { runner, gone, site }: Default, reference: readonly string[]): void {
  const { pipeline } = draft;
  if (runner.map === undefined || runner.kind !== "job" || hasBeforeScript(pipeline, runner, gone)) return;
  const holder = pipeline.entries.find(
    ({ map, kind }) => (kind === "default" || kind === "global") && pairOf(map, "before_script"),
  );
  if (holder === undefined) return;
  const own = holder === site.entry ? site.sections.find(({ name }) => name === "before_script") : undefined;
  if (own !== undefined && isAllRecipe(own, site.recognition.recipe)) return;
  const path = holder.kind === "default" ? "[default, before_script]" : "[before_script]";
  draft.explicit.set(runner, [...reference, `!reference ${path}`]);
}

function tell(draft: Draft, site: Site, names: readonly string[]): void {
  const { entry, recognition, itemOf } = site;
  const [statement] = recognition.recipe;
  const item = statement && itemOf.get(statement);
  const line =
    item === undefined || statement === undefined
      ? lineOfEntry(draft.pipeline, entry)
      : lineOfStatement(draft.pipeline, item, statement);
  const roles = recognition.identities.map(({ role, second }) => second?.role ?? role).join(", ");
  draft.changes.push({
    line,
    text: `${entry.name}: ${names.join(" and ")} in place of the exchange, for ${roles}`,
  });
}
