import type { NamedCause } from "../../foundation/cause.ts";
import { cut } from "../../foundation/quote.ts";
import type { StsError } from "../sts/sts.ts";
import type { DiagnosisContext, Situation } from "./context.ts";
import type { CatalogueCause, CatalogueEntry, Match, Topic } from "./entry.ts";
import { fillTemplate } from "./names.ts";
import { STS_CATALOGUE } from "./sts-catalogue.ts";

/** A cause of the catalogue, filled in. */
export interface DiagnosedCause extends NamedCause {
  readonly settledBy?: CatalogueCause["settledBy"] | undefined;
}

/** What a failure is, and what may have caused it. */
export interface Diagnosis {
  /** The id of the catalogue entry, or `unknown`. */
  readonly id: string;
  /** The heading in `docs/troubleshooting.md` with the full text; absent for `unknown`. */
  readonly heading: string | undefined;
  readonly verdict: string;
  readonly meaning: string | undefined;
  readonly topic: Topic | undefined;
  /** Most likely first, for this token and configuration; empty if the catalogue does not know the failure. */
  readonly causes: readonly DiagnosedCause[];
}

/** Named parts of a message. */
export type Groups = Readonly<Record<string, string | undefined>>;

/** Explains a failure of STS. For one that the catalogue does not know, it still states the facts. */
export function diagnose(error: StsError, context: DiagnosisContext): Diagnosis {
  const situation = { ...context, error };
  for (const entry of STS_CATALOGUE) {
    const groups = matchError(entry.match, error);
    if (groups !== undefined) return explain(entry, situation, groups);
  }
  return describeUnknown(error);
}

/** The named groups of the message, or `undefined` if this is another failure. */
export function matchError(match: Match, { fault, message }: StsError): Groups | undefined {
  if (fault.kind !== match.kind) return undefined;
  const fits =
    (match.code?.test("code" in fault ? fault.code : "") ?? true) &&
    (match.httpStatus?.test("httpStatus" in fault ? String(fault.httpStatus) : "") ?? true) &&
    (match.phase === undefined || ("phase" in fault && fault.phase === match.phase));
  if (!fits) return undefined;
  const found = (match.message ?? /^/).exec(message);
  return found === null ? undefined : (found.groups ?? {});
}

/** Fills an entry in. */
export function explain(
  entry: Omit<CatalogueEntry, "match">,
  situation: Situation,
  groups: Groups,
): Diagnosis {
  const fill = (template: string): string => fillTemplate(template, situation, groups);
  return {
    id: entry.id,
    heading: entry.title,
    verdict: fill(entry.verdict),
    meaning: entry.meaning === undefined ? undefined : fill(entry.meaning),
    topic: entry.topic,
    causes: byLikelihood(entry.causes, situation).map(({ id, reason, fix, settledBy }) => ({
      id,
      reason: fill(reason),
      fix: fill(fix),
      settledBy,
    })),
  };
}

function byLikelihood(causes: readonly CatalogueCause[], situation: Situation): readonly CatalogueCause[] {
  const weighed = causes.map((cause) => ({
    cause,
    likelihood: cause.likelihood?.(situation) ?? "possible",
  }));
  const having = (wanted: string) =>
    weighed.filter(({ likelihood }) => likelihood === wanted).map(({ cause }) => cause);
  return [...having("shown"), ...having("possible")];
}

/** The facts already contain the whole message. */
const MAX_VERDICT_MESSAGE = 200;

function describeUnknown({ fault, message }: StsError): Diagnosis {
  const code = "code" in fault ? fault.code : fault.kind;
  const who = fault.kind === "service" ? "AWS refused" : "The request failed";
  const cause = {
    id: "unknown",
    reason: "This release does not know this failure.",
    fix: "Look up its code and text in the AWS documentation, and give the request id to AWS Support.",
  };
  return {
    id: "unknown",
    heading: undefined,
    verdict: `${who}: ${code}, ${cut(message, MAX_VERDICT_MESSAGE)}`,
    meaning: undefined,
    topic: undefined,
    causes: [cause],
  };
}
