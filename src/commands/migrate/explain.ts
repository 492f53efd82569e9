import type { Paint } from "../../output/paint.ts";
import { renderFailure, renderNote, renderSuccess } from "../../output/report.ts";
import { wrap } from "../../output/wrap.ts";
import { isMap, isSeq, lookUp, type Pipeline, pairOf, textOf } from "./pipeline/pipeline.ts";
import type { Migration } from "./plan/plan.ts";
import type { Left } from "./plan/sites.ts";

/** What there is to tell of. */
export interface MigrationFacts {
  readonly migration: Migration;
  readonly pipeline: Pipeline;
  readonly file: string;
  /** How the user calls the program. */
  readonly program: string;
}

/** Says what a patch does, what it leaves, and what comes next. */
export function explainPatch(facts: MigrationFacts, paint: Paint): string {
  const { migration, file } = facts;
  const { changes, left, notes } = migration;
  const verdict =
    changes.length === 0
      ? renderFailure(
          {
            verdict: `${file} is left as it is: ${count(left.length)} to change by hand.`,
            facts: [],
            causes: [],
          },
          paint,
        )
      : renderSuccess(
          `The patch changes ${count(changes.length)} in ${file}; the file itself is as it was.`,
          [],
          paint,
        );
  return [
    verdict,
    changes
      .map(({ line, text }) => `  ${paint.dim(`line ${line}`)}  ${wrap(text, 10 + String(line).length)}\n`)
      .join(""),
    ...notes.map((note) => renderNote(note, paint)),
    renderLeft(left, paint),
    renderNext(facts, paint),
  ].join("");
}

function count(places: number): string {
  return places === 1 ? "one place" : `${places} places`;
}

function renderLeft(left: readonly Left[], paint: Paint): string {
  if (left.length === 0) return "";
  const items = left.map(
    ({ line, found, fix }) =>
      `  ${paint.warn(`line ${line}`)}: ${wrap(`${found}; left as it is`, 4)}\n    ${paint.good("→")} ${wrap(fix, 6)}\n`,
  );
  return `\n${paint.bold("By hand")}\n${items.join("")}`;
}

function renderNext({ migration, pipeline, program }: MigrationFacts, paint: Paint): string {
  const { inclusions, newRoles, keyVariables } = migration;
  if (inclusions.length === 0) return "";
  const steps = [
    ...(inclusions.some(({ project }) => project === undefined)
      ? [
          "Put the group that has aws-oidc on your GitLab in place of <group>, or give it with --component-group.",
        ]
      : []),
    ...createRoles(newRoles, program),
    "Look at the patch, then give the same command again with | git apply behind it.",
    ...(keyVariables.length > 0
      ? [
          `When the jobs pass, delete ${keyVariables.join(", ")} in Settings > CI/CD > Variables, and switch the keys off in IAM.`,
        ]
      : []),
    ...localFiles(pipeline).map((file) => `Run it for ${file} too, which the file includes.`),
  ];
  return `\n${paint.bold("Next")}\n${steps
    .map(
      (step, index) =>
        `  ${index + 1}. ${step
          .split("\n")
          .map((line) => wrap(line, 5))
          .join("\n     ")}\n`,
    )
    .join("")}`;
}

function createRoles(roles: readonly string[], program: string): readonly string[] {
  if (roles.length === 0) return [];
  const [them, their] = roles.length === 1 ? ["the role", "its ARN"] : ["the roles", "each ARN"];
  const variables = roles.filter((role) => role.startsWith("$")).map((role) => role.slice(1));
  const settings = variables.length === 1 ? "CI/CD variable" : "CI/CD variables";
  return [
    `Create ${them}, unless that is done:\n${program} trust-policy --project <path> --branch <name> --format cloudformation`,
    ...(variables.length > 0 ? [`Put ${their} into the ${settings} ${variables.join(", ")}.`] : []),
  ];
}

/** Files of the same repository that the pipeline includes, or starts as child pipelines. */
function localFiles(pipeline: Pipeline): readonly string[] {
  const triggered = pipeline.entries.map(({ map }) =>
    pairOf(mapOf(pairOf(map, "trigger")?.value), "include"),
  );
  const includes = [lookUp(pipeline, pipeline.root, "include"), ...triggered.map((pair) => pair?.value)];
  return includes.flatMap(itemsOf).flatMap((item) => {
    const local = isMap(item) ? textOf(pairOf(item, "local")?.value) : textOf(item);
    return local === undefined || /^https?:/.test(local) ? [] : [local.replace(/^\//, "")];
  });
}

/** Projects whose files the pipeline includes. */
function otherProjects(pipeline: Pipeline): readonly string[] {
  const items = itemsOf(lookUp(pipeline, pipeline.root, "include"));
  return [...new Set(items.flatMap((item) => textOf(pairOf(mapOf(item), "project")?.value) ?? []))];
}

function itemsOf(includes: unknown): readonly unknown[] {
  return isSeq(includes) ? includes.items : [includes];
}

function mapOf(node: unknown) {
  return isMap(node) ? node : undefined;
}

/** Says that there is nothing to migrate, and what would have been. */
export function explainNothing({ pipeline, file }: MigrationFacts, paint: Paint): string {
  const locals = localFiles(pipeline);
  const projects = otherProjects(pipeline);
  const where = [
    ...(locals.length === 0
      ? []
      : [` It includes ${locals.join(", ")}: run this for ${locals.length === 1 ? "that" : "those"} too.`]),
    ...(projects.length === 0
      ? []
      : [` It also takes files from ${projects.join(", ")}: run this there too.`]),
  ].join("");
  return (
    renderSuccess(`Nothing to migrate in ${file}.`, [], paint) +
    renderNote(
      `Looked for: \`aws sts assume-role-with-web-identity\`, token files for the AWS SDKs, the variables of to-be-continuous, and AWS keys in variables and scripts.${where}`,
      paint,
    ) +
    renderNote(
      "Keys that are set in Settings > CI/CD > Variables alone leave no trace in the file: docs/migration.md says how to replace those.",
      paint,
    )
  );
}

/** Says why no patch can be printed. */
export function explainSecret({ file }: MigrationFacts, line: number, paint: Paint): string {
  return renderFailure(
    {
      verdict: `No patch: ${file} has a secret in line ${line}, beside a change.`,
      facts: [],
      meaning: "A patch shows the lines around a change, and would show the secret once more.",
      causes: [
        {
          reason: "The secret is in the repository, where everybody who can read it has it.",
          fix: "Switch it off where it was made, move its successor into a CI/CD variable, and run this again.",
        },
      ],
    },
    paint,
  );
}
