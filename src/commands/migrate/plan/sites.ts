import { variablesOf } from "../pipeline/inheritance.ts";
import {
  type Entry,
  isMap,
  keyOf,
  lookUp,
  type Pipeline,
  pairOf,
  rangeOf,
  textOf,
} from "../pipeline/pipeline.ts";
import { type Item, lineOfStatement, type Section, sectionsOf } from "../pipeline/sections.ts";
import { type Recognition, recognise } from "../recipe/recognise.ts";
import { KEY_NAMES } from "../recipe/words.ts";
import type { Statement } from "../shell/script.ts";
import { leavePowerShell } from "./power-shell.ts";

/** What is not changed, and what to do about it by hand. */
export interface Left {
  /** From 1. */
  readonly line: number;
  readonly found: string;
  readonly fix: string;
}

/** One job, or what stands for it, and what its own scripts do to become somebody to AWS. */
export interface Site {
  readonly entry: Entry;
  readonly sections: readonly Section[];
  readonly recognition: Recognition;
  readonly itemOf: ReadonlyMap<Statement, Item>;
  readonly left: readonly Left[];
}

/** ID tokens that old versions of GitLab gave to every job. */
export const OLD_TOKENS: readonly string[] = ["CI_JOB_JWT_V2", "CI_JOB_JWT"];

/** The names of all ID tokens that the file declares. */
function declaredTokens(pipeline: Pipeline): ReadonlySet<string> {
  const names = pipeline.entries.flatMap(({ map, kind }) => {
    const tokens = kind === "global" ? undefined : lookUp(pipeline, map, "id_tokens");
    return isMap(tokens) ? tokens.items.flatMap((pair) => keyOf(pair) ?? []) : [];
  });
  return new Set([...names.filter((name) => /^\w+$/.test(name)), ...OLD_TOKENS]);
}

/** Reads every script of the file. */
export function readSites(pipeline: Pipeline): readonly Site[] {
  const tokens = declaredTokens(pipeline);
  return pipeline.entries.map((entry) => readSite(pipeline, entry, tokens));
}

function readSite(pipeline: Pipeline, entry: Entry, tokens: ReadonlySet<string>): Site {
  const sections = sectionsOf(entry);
  const items = sections.flatMap((section) => section.items);
  const itemOf = new Map(
    items.flatMap((item) => (item.statements ?? []).map((statement) => [statement, item] as const)),
  );
  const recognition = recognise([...itemOf.keys()], { tokens, variables: variablesOf(pipeline, entry) });
  const left = recognition.obstacles.map(({ statement, found, fix }) => {
    const item = itemOf.get(statement);
    return { line: item === undefined ? 1 : lineOfStatement(pipeline, item, statement), found, fix };
  });
  const site = { entry, sections, recognition, itemOf, left: [...left, ...unreadable(pipeline, items)] };
  const foreign = leavePowerShell(pipeline, items);
  if (foreign.length > 0) return { ...site, left: foreign };
  return {
    ...site,
    left: onePerLine([
      ...inseparable(pipeline, site),
      ...site.left,
      ...afterScript(pipeline, entry),
      ...repeatedKeys(pipeline, site),
    ]),
  };
}

/** One reason to leave a line alone is enough. */
function onePerLine(left: readonly Left[]): readonly Left[] {
  return left.filter(({ line }, index) => left.findIndex((other) => other.line === line) === index);
}

function unreadable(pipeline: Pipeline, items: readonly Item[]): readonly Left[] {
  const unread = items.filter(
    ({ statements, text }) =>
      statements === undefined && /assume-role|AWS_WEB_IDENTITY|CI_JOB_JWT/.test(text),
  );
  return unread.map((item) => ({
    line: lineOfStatement(pipeline, item, { firstLine: 0 }),
    found: "a shell would not read this command: a quote or a bracket is missing",
    fix: "Compare it with the recipe in docs/migration.md, then change the job by hand.",
  }));
}

/** Commands that share a line with the recipe and do something else. */
function inseparable(
  pipeline: Pipeline,
  { recognition, itemOf }: Pick<Site, "recognition" | "itemOf">,
): readonly Left[] {
  const items = new Set([...recognition.recipe].flatMap((statement) => itemOf.get(statement) ?? []));
  return [...items].flatMap((item) => {
    const kept = (item.statements ?? []).filter((statement) => !recognition.recipe.has(statement));
    const recipe = (item.statements ?? []).filter((statement) => recognition.recipe.has(statement));
    const isShared = kept.some(
      (each) => item.node.type !== "BLOCK_LITERAL" || recipe.some((other) => overlap(each, other)),
    );
    if (!isShared) return [];
    const [first] = kept as [Statement];
    return [
      {
        line: lineOfStatement(pipeline, item, first),
        found: `this command also runs ${short(first.raw)}`,
        fix: "Put it into a separate element below `script`, and run this again.",
      },
    ];
  });
}

function overlap(one: Statement, other: Statement): boolean {
  return one.firstLine <= other.lastLine && other.firstLine <= one.lastLine;
}

/** The program that a command calls, without anything that could be a secret. */
export function short(raw: string): string {
  const [program = ""] = /^[\w./-]+/.exec(raw) ?? [];
  return program === "" ? "something else" : `\`${program}\``;
}

/** Of two values GitLab takes the last, and would take the first if that were gone. */
function repeatedKeys(
  pipeline: Pipeline,
  { entry, recognition }: Pick<Site, "entry" | "recognition">,
): readonly Left[] {
  const pairs = entry.kind === "global" ? [] : (entry.map?.items ?? []);
  const names = pairs.map((pair) => keyOf(pair) ?? "");
  const repeated = pairs.filter(
    (_, index) => names.indexOf(names[index] ?? "") < index && names[index] !== "<<",
  );
  if (recognition.identities.length + recognition.staticKeys.length === 0) return [];
  const isRemoved = entry.kind === "default" || entry.kind === "fragment";
  const same = isRemoved ? pipeline.root.items.filter((pair) => keyOf(pair) === entry.name).slice(1) : [];
  return [...repeated, ...same].map((pair) => ({
    line: pipeline.source.lineOf(rangeOf(pair.key)[0]),
    found: `\`${keyOf(pair)}\` is there for the second time`,
    fix: "Take one of the two out, and run this again.",
  }));
}

function afterScript(pipeline: Pipeline, { map }: Entry): readonly Left[] {
  const pair = pairOf(map, "after_script");
  const text = pair?.value === undefined ? "" : String(pair.value);
  if (!/assume-role-with-web-identity/.test(text)) return [];
  const [from = 0] = (pair?.key as { range?: number[] } | undefined)?.range ?? [];
  return [
    {
      line: pipeline.source.lineOf(from),
      found: "`after_script` runs in a separate shell and exchanges the ID token there",
      fix: "Include web-identity, let the job extend .aws_web_identity, and put !reference [.aws_web_identity, before_script] in its place.",
    },
  ];
}

/** What stays in a script. */
export function keptStatements({ itemOf, recognition }: Site): readonly (readonly [Statement, Item])[] {
  return [...itemOf].filter(([statement]) => !recognition.recipe.has(statement));
}

/** The dotenv report that a job writes. */
function reportOf(pipeline: Pipeline, { map }: Entry): string | undefined {
  const reports = lookUp(pipeline, mapOf(lookUp(pipeline, map, "artifacts")), "reports");
  return textOf(lookUp(pipeline, mapOf(reports), "dotenv"));
}

function mapOf(node: unknown) {
  return isMap(node) ? node : undefined;
}

/** Whether a command writes into the dotenv report of its job. */
export function isReport(pipeline: Pipeline, entry: Entry, { raw }: Statement): boolean {
  const report = reportOf(pipeline, entry)?.replace(/^\.\//, "");
  return report !== undefined && />/.test(raw) && raw.includes(report);
}

/** Whether a command writes credentials into that report. */
export function isCredentialReport(
  pipeline: Pipeline,
  { entry, recognition }: Site,
  statement: Statement,
): boolean {
  if (!isReport(pipeline, entry, statement)) return false;
  const names = [...recognition.holders].map((name) => name.replaceAll(/\W/g, "")).join("|");
  return (
    KEYS_NAMED.test(statement.raw) ||
    new RegExp(`\\$\\{?(?:${names})\\b|^(?:env|printenv)\\b`).test(statement.raw)
  );
}

/** The keys themselves, as a script names them. */
export const KEYS_NAMED = new RegExp(`\\b(?:${KEY_NAMES.join("|")})\\b`);
