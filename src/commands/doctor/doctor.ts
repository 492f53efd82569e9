import { type DoctorSubject, parseDoctorConfig } from "../../config/doctor-config.ts";
import { MASKED_CLAIMS } from "../../foundation/claim-privacy.ts";
import { Secret } from "../../foundation/secret.ts";
import { renderFailure, renderProblems } from "../../output/report.ts";
import type { CommandLine, ExitCode, Tools } from "../tools.ts";
import { examineClaims } from "./claims.ts";
import { explainErrorText } from "./explain.ts";
import { examineJob } from "./job.ts";
import { encodeReport, renderText, verdictOf } from "./report.ts";

/**
 * Says what works and what stands in the way: in a job by trying everything but writing nothing, offline from claims and
 * a trust policy, or from the text of an error.
 *
 * @returns `0` when nothing stands in the way, or an error's text is explained; `1` when something does, or the text is one
 * that nobody knows; `2` when it was asked wrongly
 * @throws {AwsOidcError} `CANCELLED`
 */
export async function doctor({ raw, problems }: CommandLine, tools: Tools): Promise<ExitCode> {
  const { log, paint, host } = tools;
  const parsed = parseDoctorConfig(raw, host);
  if (!parsed.ok || problems.length > 0) {
    log.complain(renderProblems([...problems, ...(parsed.ok ? [] : parsed.problems)], paint));
    return 2;
  }
  const { subject, ...options } = parsed.value;
  if (subject.kind === "error-text") {
    const explained = explainErrorText(subject.text);
    const text = options.format === "json" ? encodeJson(explained) : renderFailure(explained, paint);
    log.say(text);
    return explained.id === "unknown" ? 1 : 0;
  }
  if (options.personalClaims === "withheld") log.mask(...personalSecrets(subject));
  const report =
    subject.kind === "job"
      ? await examineJob(subject.parts, options, tools)
      : examineClaims(subject, options, host);
  log.say(options.format === "json" ? encodeJson(encodeReport(report)) : renderText(report, paint));
  return verdictOf(report) === "blocked" ? 1 : 0;
}

/** What must not come out even if a trust policy names it too. */
function personalSecrets(subject: Exclude<DoctorSubject, { kind: "error-text" }>): readonly Secret[] {
  const idToken =
    subject.kind === "job" && subject.parts.idToken.ok ? subject.parts.idToken.value : undefined;
  const claims = subject.kind === "claims" ? subject.claims?.claims : idToken?.claims.all;
  return MASKED_CLAIMS.flatMap((name) => {
    const value = claims?.[name];
    return typeof value === "string" && value !== "" ? [new Secret(value, name, "whole")] : [];
  });
}

function encodeJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
