import { type MigrateConfig, parseMigrateConfig } from "../../config/migrate-config.ts";
import type { Problem } from "../../foundation/checked.ts";
import { platformCode } from "../../foundation/platform-message.ts";
import { UnsuitableFileError } from "../../foundation/ports.ts";
import { renderProblems } from "../../output/report.ts";
import type { CommandLine, ExitCode, Tools } from "../tools.ts";
import { explainNothing, explainPatch, explainSecret } from "./explain.ts";
import { renderDiff } from "./patch/unified-diff.ts";
import { readPipeline } from "./pipeline/pipeline.ts";
import { createSource } from "./pipeline/source.ts";
import { planMigration } from "./plan/make-plan.ts";
import { holdsSecret } from "./plan/secrets.ts";

/**
 * Prints a patch for a pipeline whose jobs exchange ID tokens, or use stored keys, by themselves, and says on standard error
 * what it does and what is left to do by hand. Nothing is written.
 */
export async function migrate({ raw, problems }: CommandLine, tools: Tools): Promise<ExitCode> {
  const { log, paint, host } = tools;
  const parsed = parseMigrateConfig(raw);
  if (!parsed.ok || problems.length > 0) {
    log.complain(renderProblems([...problems, ...(parsed.ok ? [] : parsed.problems)], paint));
    return 2;
  }
  const terminal = await host.openTerminal();
  const file = terminal.shortPath(parsed.value.file);
  const contents = isElsewhere(file) ? elsewhere(file) : readFile(file, terminal.readSource);
  if (typeof contents !== "string") return refuse(contents, tools);
  return print(contents, { config: { ...parsed.value, file }, program: terminal.program }, tools);
}

function isElsewhere(path: string): boolean {
  return /^(?:\/|\.\.\/)/.test(path);
}

/** @see https://git-scm.com/docs/git-apply#Documentation/git-apply.txt---unsafe-paths */
function elsewhere(path: string): Problem {
  return {
    subject: path,
    found: "a file outside this folder",
    expected: "a file in this folder, because `git apply` changes no other",
    fix: "Call this in the folder of the repository.",
  };
}

function refuse(problem: Problem, { log, paint }: Tools): ExitCode {
  log.complain(renderProblems([problem], paint));
  return 2;
}

function readFile(path: string, read: (path: string) => string): string | Problem {
  try {
    return read(path);
  } catch (error) {
    return {
      subject: path,
      found: error instanceof UnsuitableFileError ? error.code : `cannot be read (${platformCode(error)})`,
      expected: "a .gitlab-ci.yml, or a file that one includes",
      fix: "Call this in the folder of the repository, or give the path of the file.",
    };
  }
}

interface Given {
  readonly config: MigrateConfig;
  readonly program: string;
}

function print(contents: string, { config, program }: Given, tools: Tools): ExitCode {
  const { host, log, paint } = tools;
  const source = createSource(contents);
  const pipeline = readPipeline(source);
  if ("found" in pipeline) {
    const fix =
      "Correct it: GitLab would not read it either. CI/CD > Pipeline editor > Validate shows the place.";
    return refuse(
      { subject: `${config.file}, line ${pipeline.line}`, found: pipeline.found, expected: "YAML", fix },
      tools,
    );
  }
  const migration = planMigration(pipeline, config);
  const facts = { migration, pipeline, file: config.file, program };
  const diff = renderDiff(source, migration.edits, {
    path: config.file,
    isSecret: holdsSecret,
  });
  if (!diff.ok) {
    log.complain(explainSecret(facts, diff.line, paint));
    return 1;
  }
  // As it is, for `git apply`: the log would show a carriage return as an escape.
  if (diff.text !== "") host.out(diff.text);
  log.complain(
    diff.text === "" && migration.left.length === 0
      ? explainNothing(facts, paint)
      : explainPatch(facts, paint),
  );
  return migration.left.length > 0 ? 1 : 0;
}
