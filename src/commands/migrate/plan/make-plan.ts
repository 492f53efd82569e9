import type { Inclusion } from "../../../config/inputs/include-block.ts";
import { ancestorsOf } from "../pipeline/inheritance.ts";
import { type Entry, isMap, keyOf, type Pipeline, pairOf, rangeOf } from "../pipeline/pipeline.ts";
import { lineOfStatement } from "../pipeline/sections.ts";
import { extendWith, firstKey, indentOf, insertBefore, removeEntry } from "./changes.ts";
import { migrateExchange } from "./exchange-plan.ts";
import { findSites } from "./find-sites.ts";
import { addInclusions, createInclusions, type Naming } from "./inclusions.ts";
import { createDraft, type Draft, lineOfEntry, type Migration, type PlanOptions } from "./plan.ts";
import { KEYS_NAMED, keptStatements, type Left, readSites, type Site } from "./sites.ts";
import { removeSpentTokens, removeSpentVariables } from "./spent.ts";
import { keyPairs, migrateKeyScript, migrateKeyVariables } from "./static-plan.ts";
import { findUnnamedSecret } from "./unnamed-secrets.ts";
import { migrateBesideVariant } from "./variant-plan.ts";

/** Works out what to change in a pipeline so that its jobs use the components. */
export function planMigration(pipeline: Pipeline, options: PlanOptions): Migration {
  const plan = makePlan(pipeline, options, "default");
  const roles = plan.inclusions.filter(({ component }) => component === "web-identity");
  // Where there are several, each has a name that says whose it is.
  return roles.length < 2 ? plan : makePlan(pipeline, options, "by-owner");
}

function makePlan(pipeline: Pipeline, options: PlanOptions, naming: Naming): Migration {
  const draft = createDraft(pipeline, options);
  const taken = new Set(pipeline.entries.map(({ name }) => name));
  const inclusions = createInclusions(options.project, taken, naming);
  const all = readSites(pipeline);
  for (const site of findSites(pipeline, all)) {
    if (site.left.length > 0) draft.left.push(...site.left.map((left) => named(left, site.entry)));
    else if (site.recognition.identities.length > 0) migrateExchange(draft, { site, sites: all, inclusions });
    else migrateKeyScript(draft, { site, sites: all, inclusions });
  }
  for (const entry of pipeline.entries.filter((each) => keyPairs(each).length > 0)) {
    migrateKeyVariables(draft, entry, { sites: all, inclusions });
  }
  migrateBesideVariant(draft, { inclusions });
  leaveNamedKeys(draft, all);
  leaveSettings(draft);
  const used = usedInclusions(draft, inclusions.list);
  finish(draft, used);
  return {
    edits: draft.edits,
    inclusions: used,
    changes: draft.changes.toSorted((one, other) => one.line - other.line),
    left: draft.left.toSorted((one, other) => one.line - other.line),
    notes: [...draft.notes],
    keyVariables: [...draft.keyVariables],
    newRoles: [...draft.newRoles].filter((role) => used.some(({ inputs }) => inputs["role-arn"] === role)),
  };
}

/** Commands that take keys from elsewhere, in a file in which nothing says from where. */
function leaveNamedKeys({ pipeline, changes, left }: Draft, sites: readonly Site[]): void {
  const isElsewhere = changes.length === 0 && left.length === 0 && !GIVES_KEYS.test(pipeline.source.text);
  for (const site of isElsewhere ? sites : []) {
    const [first] = keptStatements(site).filter(([{ raw }]) => KEYS_NAMED.test(raw) && !/^unset\b/.test(raw));
    if (first === undefined) continue;
    const [statement, item] = first;
    const line = lineOfStatement(pipeline, item, statement);
    const found = "this command uses keys that come from elsewhere";
    const fix = "Include assume-role and name it in `needs`: docs/migration.md, from static keys.";
    left.push(named({ line, found, fix }, site.entry));
  }
}

/** Variables that tell tools of a file, in a pipeline in which nothing known writes it. */
function leaveSettings({ pipeline, changes, left }: Draft): void {
  if (changes.length + left.length > 0 || GIVES_KEYS.test(pipeline.source.text)) return;
  for (const entry of pipeline.entries) {
    const variables = pairOf(entry.map, "variables")?.value;
    for (const pair of isMap(variables) ? variables.items : []) {
      const told = FILE_SETTINGS.get(keyOf(pair) ?? "");
      if (told !== undefined)
        left.push(named({ line: pipeline.source.lineOf(rangeOf(pair.key)[0]), ...told }, entry));
    }
  }
}

const FILE_SETTINGS: ReadonlyMap<string, Omit<Left, "line">> = new Map([
  [
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    {
      found:
        "AWS_WEB_IDENTITY_TOKEN_FILE names a file, and no command here is known to write an ID token there",
      fix: "If a script does, change its job by hand, as docs/migration.md shows.",
    },
  ],
  [
    "AWS_SHARED_CREDENTIALS_FILE",
    {
      found: "AWS_SHARED_CREDENTIALS_FILE names a file with keys that come from elsewhere",
      fix: "Include assume-role and name it in `needs`: docs/migration.md, from static keys.",
    },
  ],
]);

/** Our components, reports of other jobs, and the AWS CLI. */
const GIVES_KEYS = /aws-oidc\/|dotenv|export-credentials/;

/** Without the hidden jobs of what was left alone in the end. */
function usedInclusions({ extending }: Draft, list: readonly Inclusion[]): readonly Inclusion[] {
  const extended = new Set([...extending.values()].flatMap((names) => [...names]));
  return list.filter(
    ({ component, inputs }) => component !== "web-identity" || extended.has(`.${inputs["job-name"]}`),
  );
}

function named({ line, found, fix }: Left, { name, kind }: Entry): Left {
  return { line, found: kind === "global" ? found : `${name}: ${found}`, fix };
}

/** What the steps have collected for many jobs. */
function finish(draft: Draft, list: readonly Inclusion[]): void {
  const { pipeline } = draft;
  if (list.length > 0) {
    const edits = addInclusions(pipeline, list);
    if (edits === undefined)
      draft.left.push({
        line: 1,
        found: "`include` is written in a form that nothing can be added to",
        fix: "Write it as a list, and run this again.",
      });
    else draft.edits.push(...edits);
  }
  for (const [entry, names] of draft.extending) {
    extendEntry(draft, entry, [...names]);
    noteUnnamedToken(draft, entry);
  }
  removeSpentTokens(draft);
  removeSpentVariables(draft);
  removeEmptied(draft);
}

/** `default`, if nothing is left in it. */
function removeEmptied({ pipeline, edits }: Draft): void {
  for (const { kind, map, pair } of pipeline.entries) {
    if (kind !== "default" || map === undefined || pair === undefined) continue;
    const isGone = map.items.every(({ key }) =>
      edits.some(
        ({ from, to, text: added }) => added === "" && from <= rangeOf(key)[0] && rangeOf(key)[0] < to,
      ),
    );
    if (isGone) edits.push(removeEntry(pipeline, pair));
  }
}

function extendEntry(draft: Draft, entry: Entry, names: readonly string[]): void {
  const { pipeline } = draft;
  const edit = extendWith(pipeline, entry, names);
  if (edit === undefined) {
    draft.left.push({
      line: lineOfEntry(pipeline, entry),
      found: `${entry.name} is written in { … } on one line`,
      fix: `Add extends: [${names.join(", ")}] by hand.`,
    });
    return;
  }
  draft.edits.push(edit);
  const explicit = draft.explicit.get(entry);
  if (explicit === undefined || entry.map === undefined) return;
  const script = pairOf(entry.map, "script");
  const at = script === undefined ? firstKey(entry.map) : rangeOf(script.key)[0];
  const indent = indentOf(pipeline, at);
  draft.edits.push(
    insertBefore(pipeline, at, [
      `${indent}before_script:`,
      ...explicit.map((each) => `${indent}  - ${each}`),
    ]),
  );
}

/** `secrets` that take the only ID token of a job, which has two with that of the hidden job. */
function noteUnnamedToken(draft: Draft, entry: Entry): void {
  const { pipeline, notes } = draft;
  const unnamed = findUnnamedSecret(pipeline, [entry, ...ancestorsOf(pipeline, entry)]);
  if (unnamed === undefined) return;
  notes.add(
    `The \`secrets\` of ${entry.name} name no \`token\`, and the hidden job brings a second ID token: name the one that they use so far.`,
  );
}
