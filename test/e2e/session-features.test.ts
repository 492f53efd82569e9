import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { findExecutable } from "../harness/shells.ts";
import { readFiles } from "./consumer-project.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const CONSUMER = join(import.meta.dirname, "consumer");
const POLICY = {
  Version: "2012-10-17",
  Statement: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM.
    { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::shop-$CI_JOB_NAME-${aws:PrincipalAccount}/*" },
  ],
};
const HAS_CLI = findExecutable("aws") !== undefined;
const CLI = HAS_CLI ? "aws sts get-caller-identity --query Arn --output text" : "echo no AWS CLI";

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: narrowed
      role-arn: arn:aws:iam::123456789012:role/deploy
      region: eu-west-1
      variable-prefix: NARROWED_
      session-policy: '${JSON.stringify(POLICY)}'
      managed-session-policies: ReadOnlyAccess, arn:aws:iam::123456789012:policy/shop
      allowed-account-ids: "123456789012"
      profile: narrowed
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: narrowed-by-file
      role-arn: arn:aws:iam::123456789012:role/deploy
      variable-prefix: FILE_
      session-policy-file: policies/read-only.json
      git-strategy: fetch
      console-link: hidden
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: chained
      role-arn: arn:aws:iam::123456789012:role/deploy
      region: eu-central-1
      chained-role-arn: arn:aws:iam::210987654321:role/production
      external-id: acme-production
      session-tags: project, ref, team=shop
      transitive-tag-keys: team
      source-identity: $CI_PROJECT_NAME
      allowed-account-ids: "210987654321"
      console-link: shown

with-the-variables:
  extends: .chained-credentials
  stage: deploy
  needs: [chained]
  script:
    - node who-am-i.cjs fromEnv
    - ${CLI}

with-a-profile:
  extends: .narrowed-credentials
  stage: deploy
  needs: [narrowed, narrowed-by-file]
  before_script:
    - !reference [.narrowed-credentials, before_script]
    - echo "before_script of the job"
  script:
    - node who-am-i.cjs fromIni narrowed
    - export AWS_PROFILE=narrowed
    - ${CLI}
    - test -n "$FILE_AWS_SESSION_TOKEN" && test ! -e ~/.aws/config && test ! -e ~/.aws/credentials
`;

let world: World;
let run: PipelineRun;
beforeAll(async () => {
  world = await startWorld();
  run = await runPipeline(world, {
    files: {
      ...(await readFiles(CONSUMER)),
      "policies/read-only.json": JSON.stringify(POLICY, undefined, 2),
      ".gitlab-ci.yml": PIPELINE,
    },
    idTokens: { narrowed: {}, "narrowed-by-file": {}, chained: {} },
  });
});
afterAll(() => world.close());

function logOf(job: string): readonly string[] {
  return run.jobs[job]?.log.split("\n") ?? [];
}

function exchangeWith(parameter: string) {
  return world.sts.requests.find(({ parameters }) => parameter in parameters)?.parameters;
}

it("passes", () => {
  if (!HAS_CLI) console.warn("Not on this machine, so not tried: the AWS CLI");
  expect(Object.values(run.jobs).map(({ status }) => status)).toEqual(Array(5).fill("passed"));
  expect(run.exitCode).toBe(0);
});

it("narrows a session by a policy in the inputs, which GitLab does not expand, and by managed policies", () => {
  expect(exchangeWith("PolicyArns.member.1.arn")).toMatchObject({
    Policy: JSON.stringify(POLICY),
    "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "PolicyArns.member.2.arn": "arn:aws:iam::123456789012:policy/shop",
  });
});

// gitlab-ci-local gives every job the repository, so that the strategy can only be read in the configuration.
it("narrows a session by a file of the repository, which the job then fetches", () => {
  const policies = world.sts.requests.flatMap(({ parameters }) => parameters.Policy ?? []);
  expect(policies.map((policy) => JSON.parse(policy))).toEqual([POLICY, POLICY]);
  expect(run.configuration).toMatchObject({
    narrowed: { variables: { GIT_STRATEGY: "none" } },
    "narrowed-by-file": { variables: { GIT_STRATEGY: "fetch" } },
  });
});

it("assumes a second role with an external id, tags of the job and a source identity", () => {
  expect(exchangeWith("ExternalId")).toMatchObject({
    RoleArn: "arn:aws:iam::210987654321:role/production",
    ExternalId: "acme-production",
    "Tags.member.1.Key": "project",
    "Tags.member.1.Value": "acme/shop",
    "Tags.member.2.Key": "ref",
    "Tags.member.2.Value": "main",
    "Tags.member.3.Key": "team",
    "Tags.member.3.Value": "shop",
    "TransitiveTagKeys.member.1": "team",
    SourceIdentity: "shop",
  });
});

it("gives the guarded job of the second role that role, in the SDK and in the AWS CLI", () => {
  const arn = "arn:aws:sts::210987654321:assumed-role/production/GitLabRunner-1217-1000";
  expect(logOf("with-the-variables")).toContain(`fromEnv: ${arn}`);
  if (HAS_CLI) expect(logOf("with-the-variables")).toContain(arn);
});

it("gives the guarded job that wants one a profile, in the SDK and in the AWS CLI, and no files of ours in ~/.aws", () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000";
  expect(logOf("with-a-profile")).toContain("before_script of the job");
  expect(logOf("with-a-profile")).toContain(`fromIni: ${arn}`);
  if (HAS_CLI) expect(logOf("with-a-profile")).toContain(arn);
});

it("links from the job's page to the role that it became, unless that is switched off", () => {
  expect(run.jobs.chained?.annotations).toEqual({
    AWS: [
      {
        external_link: {
          label: "IAM role production",
          url: "https://console.aws.amazon.com/iam/home#/roles/details/production",
        },
      },
    ],
  });
  expect(run.jobs["narrowed-by-file"]?.annotations).toBeUndefined();
});
