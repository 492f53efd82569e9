import type { Inclusion } from "../../../config/inputs/include-block.ts";
import { withRelatives } from "../pipeline/inheritance.ts";
import { type Entry, isMap, keyOf, lookUp, type Pipeline, pairOf, textOf } from "../pipeline/pipeline.ts";
import { lineOfStatement } from "../pipeline/sections.ts";
import type { Statement } from "../shell/script.ts";
import { removeEntry, removePair } from "./changes.ts";
import { type Draft, leave, lineOfEntry, spendToken, type Task } from "./plan.ts";
import { isReport, keptStatements, short } from "./sites.ts";

/** What a job that only gets credentials may do besides. */
const HARMLESS =
  /^(?:aws (?:sts get-caller-identity|--version)|echo |printf |apk |apt-get |apt |yum |dnf |microdnf |pip3? install|set |cat |ls |which |command -v)/;

/** Keys that the component brings, or that it has no use for. */
const REPLACED =
  /^(?:image|stage|id_tokens|before_script|script|after_script|artifacts|cache|services|variables|extends|dependencies|timeout|interruptible|retry)$/;

/** A job that writes credentials into a dotenv report: the component `assume-role` takes its name and its place. */
export function migrateReportJob(draft: Draft, task: Task, inputs: Inclusion["inputs"]): void {
  const { pipeline } = draft;
  const { entry } = task.site;
  const odd = keptStatements(task.site).find(([statement]) => !belongsToReport(pipeline, entry, statement));
  if (entry.kind !== "job" || odd !== undefined || entry.map === undefined) {
    const [statement, item] = odd ?? [];
    const isKnown = item !== undefined && statement !== undefined;
    leave(draft, entry, {
      line: isKnown ? lineOfStatement(pipeline, item, statement) : lineOfEntry(pipeline, entry),
      found: `the job writes credentials into a dotenv report, and also runs ${short(statement?.raw ?? "")}`,
      fix: "Divide it: assume-role replaces the job with the report (docs/migration.md).",
    });
    return;
  }
  const more = whatElse(pipeline, entry);
  if (more !== undefined) {
    leave(draft, entry, {
      line: lineOfEntry(pipeline, entry),
      found: `the job writes credentials into a dotenv report, and also has ${more}`,
      fix: "Move that into a separate job, then run this again.",
    });
    return;
  }
  if (pipeline.root.items.filter((pair) => keyOf(pair) === entry.name).length > 1) {
    const fix = "Take the first out, and run this again.";
    leave(draft, entry, {
      line: lineOfEntry(pipeline, entry),
      found: "two jobs have this name, and GitLab takes the last",
      fix,
    });
    return;
  }
  replaceJob(draft, task, inputs);
}

function belongsToReport(pipeline: Pipeline, entry: Entry, statement: Statement): boolean {
  if (isReport(pipeline, entry, statement)) return isPlainReport(statement.raw);
  const quiet = statement.raw.replaceAll(/\s*(?:[12&]?>\s*\/dev\/null|2>&1)/g, "");
  // Its output may be the beginning of something else.
  return HARMLESS.test(quiet) && !/[|>`]|\$\(/.test(quiet);
}

/** What others may need of a job besides the report, and that would go with it. */
function whatElse(pipeline: Pipeline, { map }: Entry): string | undefined {
  if (pairOf(map, "after_script") !== undefined) return "an `after_script`";
  const artifacts = lookUp(pipeline, map, "artifacts");
  const isReported = !isMap(artifacts) || pairOf(artifacts, "paths") === undefined;
  return isReported ? undefined : "`artifacts: paths`";
}

function replaceJob(draft: Draft, { site, inclusions }: Task, inputs: Inclusion["inputs"]): void {
  const { pipeline } = draft;
  const { entry, recognition } = site;
  const [identity] = recognition.identities;
  const length = identity?.durationSeconds ?? "";
  inclusions.assumeRole({
    ...inputs,
    "duration-seconds": /^\d+$/.test(length) ? length : undefined,
    region: inputs.region ?? regionIn(keptStatements(site).map(([{ raw }]) => raw)),
    "job-name": entry.name,
    stage: textOf(pairOf(entry.map, "stage")?.value) ?? "test",
  });
  const pairs = entry.map?.items ?? [];
  const gone = pairs.filter((pair) => REPLACED.test(keyOf(pair) ?? "<<"));
  if (gone.length < pairs.length) draft.edits.push(...gone.map((pair) => removePair(pipeline, pair)));
  else if (entry.pair !== undefined) draft.edits.push(removeEntry(pipeline, entry.pair));
  if (identity !== undefined) spendToken(draft, identity.token, withRelatives(pipeline, [entry]));
  draft.changes.push({
    line: lineOfEntry(pipeline, entry),
    text: `${entry.name}: assume-role in place of the job, under its name; the report has the same variables`,
  });
}

/** Lines with the three names and a Region, which the component writes too. */
function isPlainReport(raw: string): boolean {
  const names = [...raw.matchAll(/\b([A-Z][A-Z0-9_]*)=/g)].map(([, name = ""]) => name);
  return names.every((name) =>
    /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|DEFAULT_REGION)$/.test(name),
  );
}

/** The Region that a report names. */
function regionIn(raws: readonly string[]): string | undefined {
  const found = raws.map((raw) => /\bAWS_(?:DEFAULT_)?REGION=["']?([\w${}-]+)/.exec(raw)?.[1]);
  return found.find((each) => each !== undefined)?.replaceAll(/[{}]/g, "");
}
