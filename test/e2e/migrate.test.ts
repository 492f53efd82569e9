import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { startWorld, type World } from "../fakes/world.ts";
import { applyPatch } from "../harness/apply-patch.ts";
import { runInMemory } from "../harness/run-in-memory.ts";
import { MIGRATED_SHAPES, readShape, type Shape } from "../vectors/migrate/shapes.ts";
import { createConsumerProject, type Files, withLocalComponents } from "./consumer-project.ts";
import { runGitlabCiLocal, VARIABLES_FILE } from "./gitlab-ci-local.ts";
import { createMachine, type Machine } from "./machine.ts";
import { type JobRun, readJobs } from "./results.ts";
import { type ShellTools, startShellTools } from "./shell-tools.ts";
import { describeRoles, withSecondRole } from "./world-of-roles.ts";

const DEPLOY = "arn:aws:iam::123456789012:role/deploy";
const STAGING = "arn:aws:iam::123456789012:role/staging";
const PRODUCTION = "arn:aws:iam::210987654321:role/production";

const WORLD = withSecondRole(describeRoles({ [DEPLOY]: "main", [STAGING]: "main", [PRODUCTION]: "none" }), {
  first: DEPLOY,
  second: PRODUCTION,
  externalId: "acme-production",
});

/** Names of ID tokens in the shapes. */
const TOKENS = [
  "GITLAB_OIDC_TOKEN",
  "MY_OIDC_TOKEN",
  "AWS_ID_TOKEN",
  "CI_JOB_JWT_V2",
  "GITLAB_OIDC_TOKEN_aws_web_identity",
];

/** What a shape says of the whole file, so that it needs one of its own. */
const WHOLE_FILE = /^(?:include|variables|default|stages|before_script):/m;

/** Stored keys are not there, nor are the templates of others: what comes of these shapes is run, not what was before. */
function canRun(shape: Shape): boolean {
  return shape.stored !== true;
}

async function migrated(text: string): Promise<string> {
  const { stdout } = await runInMemory({ argv: ["migrate"], files: { ".gitlab-ci.yml": text } });
  return withLocalComponents(await applyPatch(text, stdout));
}

/** The jobs of most shapes in one file, and each other shape as a child pipeline. */
async function toProject(
  shapes: readonly Shape[],
  change: (text: string) => Promise<string>,
): Promise<Files> {
  const texts = await Promise.all(
    shapes.map(async (shape) => ({ shape, text: await readShape(shape.name) })),
  );
  const together = texts.filter(({ text }) => !WHOLE_FILE.test(text)).map(({ text }) => text);
  const apart = texts.filter(({ text }) => WHOLE_FILE.test(text));
  const children = apart.map(async ({ shape, text }) => {
    const changed = await change(text);
    return [
      `shapes/${shape.name}.yml`,
      changed.replaceAll(/^ +- component: .*\/to-be-continuous\/.*\n/gm, ""),
    ];
  });
  // One after the other: gitlab-ci-local begins each under a lock, and does not wait for that for long.
  const triggers = apart.map(({ shape: { name } }, index) => {
    const before = apart.slice(0, index).map(({ shape }) => `run-${shape.name}`);
    return [
      `run-${name}`,
      { needs: before.slice(-1), trigger: { include: [{ local: `shapes/${name}.yml` }] } },
    ];
  });
  return {
    ...Object.fromEntries(await Promise.all(children)),
    ...Object.assign({}, ...shapes.map(({ extra }) => extra)),
    ".gitlab-ci.yml": `${await change(together.join("\n"))}\n${stringify(Object.fromEntries(triggers))}`,
  };
}

function variablesFor(files: Files, machine: Machine): string {
  const hidden = Object.values(files).flatMap((text) => [...text.matchAll(/job-name: *"?(\w+)/g)]);
  const names = [...TOKENS, ...hidden.map(([, name]) => `GITLAB_OIDC_TOKEN_${name}`)];
  const values = {
    AWS_ENDPOINT_URL_STS: world.sts.url,
    SHELL_TOOLS_PORT: String(tools.port),
    ROLE_ARN: DEPLOY,
    AWS_ROLE_ARN: DEPLOY,
    AWS_ROLE_ARN_PROD: DEPLOY,
    STAGING_AWS_ROLE_ARN: STAGING,
    // Recipes leave files in it, which no other job may find.
    HOME: join(machine.folder, "homes/$CI_JOB_NAME"),
    ...Object.fromEntries(names.map((name) => [name, world.mintToken({})])),
  };
  const all = Object.entries(values).map(([name, value]) => [
    name,
    { type: "variable", values: { "*": value } },
  ]);
  return stringify(Object.fromEntries(all));
}

async function runProject(files: Files): Promise<Readonly<Record<string, JobRun>>> {
  const machine = await createMachine();
  try {
    for (const [name, text] of Object.entries(tools.programs))
      await writeFile(join(machine.folder, "bin", name), text, { mode: 0o755 });
    await createConsumerProject(machine, { files });
    await writeFile(join(machine.folder, VARIABLES_FILE), variablesFor(files, machine), { mode: 0o600 });
    const { output } = await runGitlabCiLocal(machine, {});
    const jobs = await readJobs(machine, output);
    if (Object.keys(jobs).length === 0) throw new Error(`gitlab-ci-local ran no job:\n${output}`);
    return jobs;
  } finally {
    await machine.remove();
  }
}

/** Whom AWS took a job for. */
function identitiesOf(run: JobRun | undefined): readonly string[] {
  const found = run?.log.match(/arn:aws:sts::\d+:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+/g) ?? [];
  return [...new Set(found.map(withoutNumber))];
}

/** Without the number of the pipeline, or of the job, which is new in each run. */
function withoutNumber(arn: string): string {
  return arn.replace(/(?<=[/-])\d*$/, "<number>");
}

let world: World;
let tools: ShellTools;
let before: Readonly<Record<string, JobRun>>;
let after: Readonly<Record<string, JobRun>>;
beforeAll(async () => {
  world = await startWorld({ world: WORLD });
  tools = await startShellTools(world.sts.url);
  const projects = [
    toProject(MIGRATED_SHAPES.filter(canRun), async (text) => text),
    toProject(MIGRATED_SHAPES, migrated),
  ];
  [before = {}, after = {}] = await Promise.all(projects.map(async (project) => runProject(await project)));
}, 120_000);
afterAll(async () => {
  await tools.close();
  await world.close();
});

it.each(MIGRATED_SHAPES)("gets the same identity after the patch: $name", (shape) => {
  for (const [job, expected] of Object.entries(shape.identities)) {
    const wanted = [expected].flat().map(withoutNumber);
    if (canRun(shape)) expect(identitiesOf(before[job]), `${job} before`).toEqual(wanted);
    expect(identitiesOf(after[job]), `${job} after\n${after[job]?.log}`).toEqual(wanted);
    expect(after[job]?.status).toBe("passed");
  }
});
