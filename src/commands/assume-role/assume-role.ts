import { StsAttemptsError } from "../../aws/sts/attempts.ts";
import { parseAssumeRoleParts } from "../../config/assume-role-config.ts";
import { combine } from "../../foundation/checked.ts";
import { AwsOidcError } from "../../foundation/errors.ts";
import { platformCode } from "../../foundation/platform-message.ts";
import type { Host } from "../../foundation/ports.ts";
import { readJob } from "../../gitlab/job.ts";
import { findNotices } from "../../gitlab/notices.ts";
import { DOTENV_REPORT_MODE, encodeDotenvReport, reportFiles } from "../../gitlab/reports.ts";
import { renderFailure, renderNote, renderProblems, renderSuccess } from "../../output/report.ts";
import { detourNotes } from "../detours.ts";
import { reportVariables, runExchange } from "../exchange.ts";
import { fileVariableNotes } from "../file-variables.ts";
import { assertNotShadowed, findShadowProblems, shadowNotes } from "../shadowed-variables.ts";
import type { CommandLine, ExitCode, Tools } from "../tools.ts";
import { describeSuccess, writeJobPageLink } from "./success.ts";

/**
 * Exchanges the job's ID token for credentials and writes them to the dotenv report.
 *
 * A report of an earlier run is removed first and the new one is written last, so a failure never leaves one.
 *
 * @throws {AwsOidcError} for everything except configuration problems and STS failures, which it reports itself
 */
export async function assumeRole({ raw, problems }: CommandLine, tools: Tools): Promise<ExitCode> {
  const { host, log, paint } = tools;
  const files = reportFiles(readJob(host.env));
  removeReports(host, Object.values(files));
  const parts = parseAssumeRoleParts(raw, host);
  const parsed = combine(parts);
  if (!parsed.ok || problems.length > 0) {
    const others = [...(parsed.ok ? [] : parsed.problems), ...findShadowProblems(parts, host.env)];
    log.complain(renderProblems([...problems, ...others], paint, "nothing was sent to AWS"));
    return 2;
  }
  const config = parsed.value;
  assertNotShadowed(config, host.env);
  const notes = [
    ...findNotices(config.idToken.claims, config.job, host.clock.now()).map(({ text }) => text),
    ...shadowNotes(config, host.env),
    ...fileVariableNotes({ "session-policy-file": config.sessionPolicies.inline }, host.env),
    ...detourNotes(config.sts, { env: host.env, findWay: tools.findWay }),
  ];
  for (const note of notes) log.complain(renderNote(note, paint));
  try {
    const startedMs = host.clock.elapsedMs();
    const exchange = await runExchange(config, tools);
    const variables = reportVariables(config, exchange);
    writeReport(host, files.dotenv, encodeDotenvReport(variables));
    writeJobPageLink(config, host);
    const seconds = (host.clock.elapsedMs() - startedMs) / 1000;
    const success = describeSuccess({ config, exchange, variables, seconds, now: host.clock.now() });
    log.say(renderSuccess(success.verdict, success.facts, paint));
    return 0;
  } catch (error) {
    if (!(error instanceof StsAttemptsError)) throw error;
    // Most runs succeed and need not load the explanations of failures.
    const { describeStsFailure, inviteToPlayground } = await import("../sts-failure.ts");
    const failure = describeStsFailure(error, config, tools);
    log.complain(renderFailure(failure, paint) + inviteToPlayground(failure, config));
    return 1;
  }
}

function removeReports(host: Host, files: readonly string[]): void {
  for (const file of files) {
    try {
      host.files.remove(file);
    } catch (error) {
      throw fileError(file, "the file cannot be replaced", error);
    }
  }
}

function writeReport(host: Host, file: string, report: string): void {
  try {
    host.files.writeWhole(file, report, DOTENV_REPORT_MODE);
  } catch (error) {
    throw fileError(file, "the report cannot be written", error);
  }
}

function fileError(file: string, what: string, error: unknown): AwsOidcError {
  const reason = platformCode(error);
  return new AwsOidcError("REPORT_NOT_WRITTEN", `${file}: ${what} (${reason})`, {
    hint: FILE_HINTS[reason] ?? "Run the job in a folder that its user can write to.",
    cause: error,
  });
}

const FILE_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "Free space on the runner's disk, then retry the job.",
  EDQUOT: "Free some of the runner user's disk quota, then retry the job.",
  EISDIR: "Remove the folder with that name from the repository or the runner.",
  ENOENT:
    "The job's working folder disappeared during the run: check what else runs on this runner, then retry the job.",
};
