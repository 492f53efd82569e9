import { heirsOf, withRelatives } from "../pipeline/inheritance.ts";
import { type Entry, rangeOf } from "../pipeline/pipeline.ts";
import { lineOfStatement } from "../pipeline/sections.ts";
import type { Identity } from "../recipe/identities.ts";
import { applyHiddenJobs } from "./hidden-jobs.ts";
import { noteVariables, toInputs } from "./identity-inputs.ts";
import { type Draft, leave, lineOfEntry, spendToken, type Task } from "./plan.ts";
import { migrateReportJob } from "./report-plan.ts";
import { runnersOf } from "./runners.ts";
import { isCredentialReport, KEYS_NAMED, keptStatements, type Site } from "./sites.ts";
import { findUnnamedSecret } from "./unnamed-secrets.ts";

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
  if (usesTokenUnnamed(draft, site, runners)) return;
  const keys = keysNamed(draft, task, runners);
  if (keys === "refused") return;
  const names = inputs.map((each) => inclusions.webIdentity(each ?? {}, each?.profile ?? site.entry.name));
  if (!applyHiddenJobs(draft, task, { names, keys: keys === "none" ? [] : [exportKeys(identities)] })) return;
  const bearers = withRelatives(pipeline, [site.entry, ...runners]);
  for (const { token } of identities) spendToken(draft, token, bearers);
  noteVariables(draft, inputs, bearers);
  tell(draft, site, names);
}

/** Whether `secrets` take the token of the recipe without naming it, so that it cannot go. */
function usesTokenUnnamed(draft: Draft, site: Site, runners: readonly Entry[]): boolean {
  const { pipeline } = draft;
  const unnamed = findUnnamedSecret(pipeline, withRelatives(pipeline, [site.entry, ...runners]));
  if (unnamed === undefined) return false;
  leave(draft, site.entry, {
    line: pipeline.source.lineOf(rangeOf(unnamed.key)[0]),
    found: "`secrets` take the only ID token of the job, and the hidden job brings a second one",
    fix: `Add token: $${site.recognition.identities[0]?.token} to each of them, and run this again.`,
  });
  return true;
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
  const named = all.find(
    ([{ raw }]) => (KEYS_NAMED.test(raw) || TAKES_ALL.test(raw)) && !/^unset\b/.test(raw),
  );
  if (named === undefined) return "none";
  const isOld = all.some(([{ raw }]) => /\bpip3?\b[^|;&]*\binstall\b[^|;&]*\bawscli\b/.test(raw));
  if (!isOld) {
    draft.notes.add(
      "A command needs the keys themselves, so `aws configure export-credentials` puts them into variables: the image needs version 2 of the AWS CLI.",
    );
    return "named";
  }
  const [statement, item] = named;
  leave(draft, site.entry, {
    line: lineOfStatement(pipeline, item, statement),
    found:
      "this command needs the keys themselves, and version 1 of the AWS CLI, which pip installs, cannot give them to it",
    fix: "Install version 2 of the AWS CLI and run this again, or use assume-role: docs/migration.md.",
  });
  return "refused";
}

/** Commands that pass on the environment without naming what is in it. */
const TAKES_ALL = /\bdocker[ -]compose\b|^(?:env|printenv)\b.*(?:\|.*AWS|>)/;

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
