import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { readFiles } from "./consumer-project.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const SHOP = join(import.meta.dirname, "../../demo/shop");

const PIPELINE = `
stages: [credentials, deploy]

include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: assume-branch
      stage: credentials
      role-arn: $BRANCH_ROLE
      variable-prefix: BRANCH_
      session-name: branch
      region: eu-west-1
      image: $CONSUMER_IMAGE
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: assume-release
      stage: credentials
      role-arn: arn:aws:iam::123456789012:role/ci/release
      variable-prefix: RELEASE_
      duration-seconds: 43200
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: assume-never
      stage: credentials
      role-arn: arn:aws:iam::123456789012:role/deploy

assume-release:
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
      variables: { AWS_OIDC_SESSION_NAME: from-a-rule }

assume-never:
  rules: [{ when: never }]

.as:
  stage: deploy
  script:
    - export AWS_ACCESS_KEY_ID="$(printenv "$\{PREFIX}AWS_ACCESS_KEY_ID")"
    - export AWS_SECRET_ACCESS_KEY="$(printenv "$\{PREFIX}AWS_SECRET_ACCESS_KEY")"
    - export AWS_SESSION_TOKEN="$(printenv "$\{PREFIX}AWS_SESSION_TOKEN")"
    - node who-am-i.cjs

as-branch:
  extends: .as
  variables: { PREFIX: BRANCH_, AWS_REGION: eu-west-1 }

as-release:
  extends: .as
  needs: [assume-release]
  variables: { PREFIX: RELEASE_, AWS_REGION: eu-west-1 }
`;

let world: World;
let run: PipelineRun;
beforeAll(async () => {
  world = await startWorld();
  run = await runPipeline(world, {
    files: { ...(await readFiles(SHOP)), ".gitlab-ci.yml": PIPELINE },
    variables: { BRANCH_ROLE: "arn:aws:iam::123456789012:role/deploy", CONSUMER_IMAGE: "node:24" },
    idTokens: { "assume-branch": {}, "assume-release": { ref: "v1.2.3", refType: "tag" } },
  });
});
afterAll(() => world.close());

it("runs the jobs by their names, in their stage and by their rules", () => {
  expect(Object.keys(run.jobs).sort()).toEqual([
    "as-branch",
    "as-release",
    "assume-branch",
    "assume-release",
  ]);
  expect(Object.values(run.jobs).map(({ status }) => status)).toEqual(Array(4).fill("passed"));
});

it("puts the prefix before every name of the report, so that two of them do not mix", () => {
  expect(run.jobs["assume-branch"]?.reported).toEqual([
    "BRANCH_AWS_ACCESS_KEY_ID",
    "BRANCH_AWS_SECRET_ACCESS_KEY",
    "BRANCH_AWS_SESSION_TOKEN",
    "BRANCH_AWS_CREDENTIAL_EXPIRATION",
    "BRANCH_AWS_ACCOUNT_ID",
    "BRANCH_AWS_REGION",
    "BRANCH_AWS_DEFAULT_REGION",
    expect.stringMatching(/^AWS_OIDC_REPORT_\d+$/),
  ]);
  expect(run.jobs["assume-release"]?.reported).toEqual([
    "RELEASE_AWS_ACCESS_KEY_ID",
    "RELEASE_AWS_SECRET_ACCESS_KEY",
    "RELEASE_AWS_SESSION_TOKEN",
    "RELEASE_AWS_CREDENTIAL_EXPIRATION",
    "RELEASE_AWS_ACCOUNT_ID",
    expect.stringMatching(/^AWS_OIDC_REPORT_\d+$/),
  ]);
});

it("gives one job the credentials of both, by their prefix", () => {
  expect(run.jobs["as-branch"]?.log).toContain("arn:aws:sts::123456789012:assumed-role/deploy/branch\n");
  expect(run.jobs["as-release"]?.log).toContain(
    "arn:aws:sts::123456789012:assumed-role/release/from-a-rule\n",
  );
});

it("takes a role and an image from variables of the project", () => {
  expect(run.jobs["assume-branch"]?.log).toContain("assumed-role/deploy/branch");
  expect(run.configuration["assume-branch"]).toMatchObject({ image: { name: "$CONSUMER_IMAGE" } });
});

it("hands a number on as one", () => {
  const exchange = world.sts.requests.find(({ parameters }) => parameters.RoleArn?.endsWith("/release"));
  expect(exchange?.parameters.DurationSeconds).toBe("43200");
});
