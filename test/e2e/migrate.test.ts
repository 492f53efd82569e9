import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInMemory } from "../harness/run-in-memory.ts";
import { applyPatch } from "../harness/apply-patch.ts";
import { MIGRATED_SHAPES, readShape, type Shape } from "../vectors/migrate/shapes.ts";
import { createConsumerProject, type Files, withLocalComponents } from "./consumer-project.ts";
import { runGitlabCiLocal, VARIABLES_FILE } from "./gitlab-ci-local.ts";
import { createMachine } from "./machine.ts";
import { type JobRun, readJobs } from "./results.ts";
import { type ShellTools, startShellTools } from "./shell-tools.ts";

const FIRST = "arn:aws:iam::123456789012:role/deploy";
const ISSUER = "https://gitlab.example.com";

function webIdentity(name: string) {
  const Principal = { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" };
  const Condition = {
    StringLike: { "gitlab.example.com:sub": "project_path:acme/shop:ref_type:branch:ref:main" },
  };
  const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRoleWithWebIdentity", Condition };
  return { name, trustPolicy: { Version: "2012-10-17", Statement: [statement] } };
}

const WORLD = {
  accounts: {
    "123456789012": {
      oidcProviders: [{ url: ISSUER, clientIds: [ISSUER, "sts.amazonaws.com"] }],
      roles: [webIdentity("deploy"), webIdentity("staging")],
    },
    "210987654321": {
      oidcProviders: [],
      roles: [
        {
          name: "production",
          trustPolicy: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: FIRST },
                Action: "sts:AssumeRole",
                Condition: { StringEquals: { "sts:ExternalId": "acme-production" } },
              },
            ],
          },
        },
      ],
    },
  },
};

let world: World;
let tools: ShellTools;
const runs: Record<"before" | "after", Readonly<Record<string, JobRun>>> = { before: {}, after: {} };
const after = new Map<string, string>();

/** One pipeline, which has each shape as a child. */
async function runAll(texts: ReadonlyMap<string, string>, extra: Files): Promise<Readonly<Record<string, JobRun>>> {
  const machine = await createMachine();
  try {
    for (const [name, text] of Object.entries(tools.programs))
      await writeFile(join(machine.folder, "bin", name), text, { mode: 0o755 });
    const children = Object.fromEntries([...texts].map(([name, text]) => [`shapes/${name}.yml`, text]));
    const jobs = [...texts.keys()].map((name) => [
      `run-${name}`,
      { trigger: { include: [{ local: `shapes/${name}.yml` }], strategy: "depend" } },
    ]);
    await createConsumerProject(machine, {
      files: { ...children, ...extra, ".gitlab-ci.yml": stringify(Object.fromEntries(jobs)) },
    });
    const names = [...texts.values()].flatMap((text) => [...text.matchAll(/job-name: *"?(\w+)/g)].map(([, name]) => `GITLAB_OIDC_TOKEN_${name}`));
    const tokens = ["GITLAB_OIDC_TOKEN", "MY_OIDC_TOKEN", "AWS_ID_TOKEN", "CI_JOB_JWT_V2", "GITLAB_OIDC_TOKEN_aws_web_identity", ...names];
    const variables = {
      AWS_ENDPOINT_URL_STS: world.sts.url,
      SHELL_TOOLS_PORT: String(tools.port),
      ROLE_ARN: FIRST,
      AWS_ROLE_ARN: FIRST,
      AWS_ROLE_ARN_PROD: FIRST,
      STAGING_AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/staging",
      HOME: "$CI_PROJECT_DIR/home",
      ...Object.fromEntries(tokens.map((name) => [name, world.mintToken({})])),
    };
    const all = Object.entries(variables).map(([name, value]) => [name, { type: "variable", values: { "*": value } }]);
    await writeFile(join(machine.folder, VARIABLES_FILE), stringify(Object.fromEntries(all)), { mode: 0o600 });
    const { output } = await runGitlabCiLocal(machine, [], undefined);
    if (process.env.SHOW) console.log(output);
    return await readJobs(machine, output);
  } finally {
    if (!process.env.KEEP) await machine.remove();
    else console.log(machine.folder);
  }
}

beforeAll(async () => {
  world = await startWorld({ world: WORLD });
  tools = await startShellTools(world.sts.url);
  const before = new Map<string, string>();
  let extra: Files = {};
  for (const shape of MIGRATED_SHAPES) {
    const text = await readShape(shape.name);
    const { stdout } = await runInMemory({ argv: ["migrate"], files: { ".gitlab-ci.yml": text } });
    after.set(shape.name, withLocalComponents(await applyPatch({ ".gitlab-ci.yml": text }, stdout)));
    if (!shape.stored) before.set(shape.name, text);
    extra = { ...extra, ...shape.extra };
  }
  [runs.before, runs.after] = [await runAll(before, extra), await runAll(after, extra)];
}, 300_000);
afterAll(async () => {
  await tools.close();
  await world.close();
});

it("x", () => {
  for (const shape of MIGRATED_SHAPES) console.log(shape.name, Object.keys(shape.identities).map((job) => [job, runs.before[job]?.log.match(/assumed-role\/\S+?(?=")/g), runs.after[job]?.log.match(/assumed-role\/\S+?(?=")/g)]));
});
