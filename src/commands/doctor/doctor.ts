import { type DoctorConfig, type DoctorSubject, parseDoctorConfig } from "../../config/doctor-config.ts";
import type { Checked, Problem } from "../../foundation/checked.ts";
import { MASKED_CLAIMS } from "../../foundation/claim-privacy.ts";
import { Secret } from "../../foundation/secret.ts";
import type { Log } from "../../output/log.ts";
import { renderFailure, renderProblems } from "../../output/report.ts";
import { linkToPlayground } from "../playground-link.ts";
import type { CommandLine, ExitCode, Tools } from "../tools.ts";
import { encodeExplanation, encodeProblems, encodeReport, type JsonAnswer } from "./encode.ts";
import { examineJob } from "./job.ts";
import { type DoctorReport, renderText, type Verdict, verdictOf } from "./report.ts";

/**
 * Says what works and what does not: in a job by trying everything but writing nothing, offline from claims and a trust
 * policy, or from the text of an error.
 *
 * @returns `0` if nothing blocks the job, or an error's text is explained; `1` if something does, or the text is not
 *   recognised;
 *   `2` for wrong usage
 * @throws {AwsOidcError} `CANCELLED`
 */
export async function doctor(line: CommandLine, tools: Tools): Promise<ExitCode> {
  const { log, paint } = tools;
  const parsed = await parseConfig(line, tools);
  if (!parsed.ok || line.problems.length > 0) {
    return refuse([...line.problems, ...othersOf(parsed, line)], {
      ...tools,
      format: line.raw("format").text,
    });
  }
  const config = parsed.value;
  const { subject, format } = config;
  if (subject.kind === "error-text") return explain(subject.text, format, tools);
  log.mask(...secretsOf(config));
  const examined =
    subject.kind === "job"
      ? await examineJob(subject.parts, config, tools)
      : (await import("./claims.ts")).examineClaims(subject, config, tools.host);
  const report = withLink(examined, config);
  if (format === "json") sayJson(encodeReport(aboutOf(subject), report), log);
  else log.say(renderText(report, paint));
  return exitCodeOf(report, config);
}

/** Without flags, in a pipeline, it is the component's own job, which has none of the command-line code. */
async function parseConfig({ raw, isTyped }: CommandLine, tools: Tools): Promise<Checked<DoctorConfig>> {
  const { host } = tools;
  if (!isTyped && host.env.GITLAB_CI !== undefined) return parseDoctorConfig(raw, host);
  return (await import("./typed.ts")).parseTypedLine(raw, tools);
}

/** "Nothing was given" is not worth saying if something was given that could not be read. */
function othersOf(parsed: Checked<DoctorConfig>, line: CommandLine): readonly Problem[] {
  const problems = parsed.ok ? [] : parsed.problems;
  return line.problems.length === 0 ? problems : problems.filter(({ subject }) => subject !== "doctor");
}

function refuse(
  problems: readonly Problem[],
  { format, log, paint }: Pick<Tools, "log" | "paint"> & { readonly format: string | undefined },
): ExitCode {
  if (format === "json") sayJson(encodeProblems(problems), log);
  else log.complain(renderProblems(problems, paint));
  return 2;
}

/** Masks texts separately: a secret that is spread over several must not swallow the quotes between them. */
function sayJson({ json, texts }: JsonAnswer, log: Log): void {
  log.say(json, texts);
}

async function explain(
  text: string,
  format: DoctorConfig["format"],
  { log, paint }: Tools,
): Promise<ExitCode> {
  const { explainErrorText } = await import("./explain.ts");
  const explained = explainErrorText(text);
  const isKnown = explained.id !== "unknown";
  if (format === "json") sayJson(encodeExplanation(explained, isKnown ? "explained" : "unknown"), log);
  else log.say(renderFailure(explained, paint));
  return isKnown ? 0 : 1;
}

function withLink(report: DoctorReport, { playgroundUrl, subject }: DoctorConfig): DoctorReport {
  if (playgroundUrl === undefined || report.token === undefined) return report;
  const { shown, withheld } = report.token.claims;
  const isPart = subject.kind === "claims" && subject.claims?.otherClaims === "unknown";
  const claims = { shown, withheld: isPart ? [...withheld, "others"] : withheld };
  return { ...report, playground: linkToPlayground(playgroundUrl, claims) };
}

function aboutOf({ kind, ...subject }: Exclude<DoctorSubject, { kind: "error-text" }>) {
  return "claims" in subject && subject.claims === undefined ? "trust-policy" : kind;
}

const OPEN: readonly Verdict[] = ["unknown", "too-wide"];

function exitCodeOf(report: DoctorReport, { strict }: DoctorConfig): ExitCode {
  const verdict = verdictOf(report);
  return verdict === "blocked" || (strict !== "no" && OPEN.includes(verdict)) ? 1 : 0;
}

/** What must not be printed even if a trust policy contains it too. */
function secretsOf({ subject, personalClaims }: DoctorConfig): readonly Secret[] {
  const idToken =
    subject.kind === "job" && subject.parts.idToken.ok ? subject.parts.idToken.value : undefined;
  const described = subject.kind === "claims" ? subject.claims : undefined;
  const claims = personalClaims === "withheld" ? (described?.claims ?? idToken?.claims.all ?? {}) : {};
  const personal = MASKED_CLAIMS.flatMap((name) => {
    const value = claims[name];
    return typeof value === "string" && value !== "" ? [new Secret(value, name, "whole")] : [];
  });
  return [...(described?.token === undefined ? [] : [described.token.raw]), ...personal];
}
