import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { readFiles } from "./consumer-project.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const SHOP = join(import.meta.dirname, "../../demo/shop");

const PIPELINE = `
stages: [build, deploy, verify]

include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
      region: eu-central-1

.names of variables:
  script: env | cut -d= -f1

build:
  stage: build
  script: mkdir public && echo "<h1>Shop</h1>" > public/index.html
  artifacts:
    paths: [public]

deploy:
  stage: deploy
  needs: [build, assume-role]
  script:
    - cat public/index.html
    - node who-am-i.cjs
    - !reference [.names of variables, script]

same-stage-without-needs:
  extends: .names of variables
  stage: deploy

later-stage:
  extends: .names of variables
  stage: verify

later-stage-without-dependencies:
  extends: .names of variables
  stage: verify
  dependencies: []
`;

const REPORTED = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ACCOUNT_ID",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
];

let world: World;
let run: PipelineRun;
beforeAll(async () => {
  world = await startWorld();
  run = await runPipeline(world, { files: { ...(await readFiles(SHOP)), ".gitlab-ci.yml": PIPELINE } });
});
afterAll(() => world.close());

function logOf(job: string): readonly string[] {
  return run.jobs[job]?.log.split("\n") ?? [];
}

/** Of the variables that the component reports, those that a job saw. */
function reportedVariablesSeenBy(job: string): readonly string[] {
  const seen = logOf(job);
  expect(seen).toContain("CI_JOB_NAME");
  return REPORTED.filter((name) => seen.includes(name));
}

it("passes", () => {
  expect(run.output).not.toContain("WARN");
  expect(Object.values(run.jobs).map(({ status }) => status)).toEqual(Array(6).fill("passed"));
  expect(run.exitCode).toBe(0);
});

it("shows one readable line for the script, where the token went, and who the job became", () => {
  expect(logOf("assume-role").slice(0, 3)).toEqual([
    expect.stringMatching(
      /^\$ # aws-oidc \d+\.\d+\.\d+ carries its own script, with SHA-256 [0-9a-f]{64} # collapsed multi-line command$/,
    ),
    expect.stringMatching(/^! AWS_ENDPOINT_URL_STS: /),
    "✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000",
  ]);
});

it("lets a job of the same stage that needs it call AWS with nothing but its environment", () => {
  expect(logOf("deploy")).toContain("arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000");
  expect(
    world.sts.requests.map(({ action, authorized, region }) => ({ action, authorized, region })),
  ).toEqual([
    { action: "AssumeRoleWithWebIdentity", authorized: undefined, region: undefined },
    { action: "GetCallerIdentity", authorized: true, region: "eu-central-1" },
    { action: "GetCallerIdentity", authorized: true, region: "eu-central-1" },
  ]);
});

it("leaves that job the files of the build it needs as well", () => {
  expect(logOf("deploy")).toContain("<h1>Shop</h1>");
});

it("gives every variable of the report to the job that needs it, and to jobs of later stages", () => {
  const mark = expect.stringMatching(/^AWS_OIDC_REPORT_\d+$/);
  expect(run.jobs["assume-role"]?.reported).toEqual([...REPORTED, mark]);
  expect(reportedVariablesSeenBy("deploy")).toEqual(REPORTED);
  expect(reportedVariablesSeenBy("later-stage")).toEqual(REPORTED);
});

it("gives none to a job of the same stage that does not need it", () => {
  expect(reportedVariablesSeenBy("same-stage-without-needs")).toEqual([]);
});

it("gives none to a job of a later stage without dependencies", () => {
  expect(reportedVariablesSeenBy("later-stage-without-dependencies")).toEqual([]);
});
