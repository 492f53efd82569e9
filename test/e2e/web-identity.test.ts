import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { findExecutable } from "../harness/shells.ts";
import { readFiles } from "./consumer-project.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const CONSUMER = join(import.meta.dirname, "consumer");
const HAS_CLI = findExecutable("aws") !== undefined;
const CLI = HAS_CLI ? "aws sts get-caller-identity --query Arn --output text" : "echo no AWS CLI";
/** The AWS CLI keeps sessions in its home, and would leave them on the machine; this folder is removed with the token. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the shell.
const HOME = 'export HOME="${AWS_WEB_IDENTITY_TOKEN_FILE%/*}"';

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
      region: eu-central-1
      profile: shop
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs:
      job-name: release_identity
      role-arn: arn:aws:iam::123456789012:role/ci/release
      session-name: release
      region: eu-west-1

by-extends:
  extends: .aws_web_identity
  variables:
    AWS_ACCESS_KEY_ID: AKIAOFTHEPROJECT
    AWS_SECRET_ACCESS_KEY: key-of-the-project
  script:
    - node who-am-i.cjs fromTokenFile
    - node who-am-i.cjs fromIni shop
    - ${HOME}
    - ${CLI}
    - mkdir made && echo made > made/file.txt
  artifacts: { paths: [made] }

by-reference:
  stage: deploy
  id_tokens: !reference [.release_identity, id_tokens]
  variables: !reference [.release_identity, variables]
  before_script:
    - !reference [.release_identity, before_script]
    - echo "before_script of the job"
  script:
    - cat made/file.txt
    - node who-am-i.cjs fromTokenFile
`;

let world: World;
let run: PipelineRun;
beforeAll(async () => {
  world = await startWorld();
  run = await runPipeline(world, {
    files: { ...(await readFiles(CONSUMER)), ".gitlab-ci.yml": PIPELINE },
    idTokens: { "by-extends": {}, "by-reference": { ref: "v1.2.3", refType: "tag" } },
  });
});
afterAll(() => world.close());

function logOf(job: string): readonly string[] {
  return run.jobs[job]?.log.split("\n") ?? [];
}

it("passes", () => {
  if (!HAS_CLI) console.warn("Not on this machine, so not tried: the AWS CLI");
  expect(Object.values(run.jobs).map(({ status }) => status)).toEqual(["passed", "passed"]);
  expect(run.exitCode).toBe(0);
});

it("lets the SDK exchange the token by itself, from the file and by a profile, and the AWS CLI too", () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000";
  expect(logOf("by-extends")).toEqual(
    expect.arrayContaining([`fromTokenFile: ${arn}`, `fromIni: ${arn}`, ...(HAS_CLI ? [arn] : [])]),
  );
});

it("removes in the job what would win over the web identity, and says so", () => {
  expect(logOf("by-extends")).toContain(
    "aws-oidc: AWS_ACCESS_KEY_ID is set in this job and would be used instead of the role, so it is removed here",
  );
});

it("works by !reference beside a before_script of the job, for a second role, under another name", () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/release/release";
  expect(logOf("by-reference")).toEqual(
    expect.arrayContaining(["before_script of the job", `fromTokenFile: ${arn}`]),
  );
});

it("leaves the job its artifacts, and nobody a token", () => {
  expect(logOf("by-reference")).toContain("made");
  expect(run.files.filter((path) => path.includes("aws-oidc-"))).toEqual([]);
});
