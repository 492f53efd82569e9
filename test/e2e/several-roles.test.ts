import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { findExecutable } from "../harness/shells.ts";
import { readFiles } from "./consumer-project.ts";
import { type PipelineOptions, type PipelineRun, runPipeline } from "./pipeline.ts";
import { describeRoles, withSecondRole } from "./world-of-roles.ts";

const CONSUMER = join(import.meta.dirname, "consumer");
const HAS_CLI = findExecutable("aws") !== undefined;
const SESSION_MS = 1000;
/** AWS accepts requests signed by a clock that is wrong by less than five minutes. */
const STARTED_MS = Date.now() - 4 * 60_000;
const OTHER_AUDIENCE = "https://other.example.com";

const INCLUDE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs:
      job-name: state_role
      role-arn: arn:aws:iam::111111111111:role/state
      region: eu-central-1
      profile: state
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs:
      job-name: production_role
      role-arn: arn:aws:iam::222222222222:role/first
      audience: ${OTHER_AUDIENCE}
      chained-role-arn: arn:aws:iam::333333333333:role/second
      external-id: acme
      duration-seconds: 900
      region: eu-central-1
      profile: production
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs:
      job-name: hub_role
      role-arn: arn:aws:iam::222222222222:role/first
      audience: ${OTHER_AUDIENCE}
      region: eu-central-1
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs: { role-arn: "arn:aws:iam::111111111111:role/state" }
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: staging-role
      role-arn: arn:aws:iam::111111111111:role/state
      variable-prefix: STAGING_
      profile: staging
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: release-role
      role-arn: arn:aws:iam::444444444444:role/release
      variable-prefix: RELEASE_
      profile: release
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs: { role-arn: "arn:aws:iam::111111111111:role/state" }
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs: { job-name: again, role-arn: "arn:aws:iam::444444444444:role/release" }

`;

/** The sessions of its job end while it runs. */
const LONG_PIPELINE = `${INCLUDE.split(/^(?=.*\/assume-role@)/m)[0]}
renewed:
  extends: [.state_role, .production_role]
  script: node profiles.cjs state production -
`;

const PIPELINE = `${INCLUDE}
by-extends:
  stage: test
  extends: [.production_role, .state_role]
  script:
    - node who-am-i.cjs fromIni production
    - node who-am-i.cjs fromIni state
    - node who-am-i.cjs fromNodeProviderChain
    - ${HAS_CLI ? "HOME=$AWS_CONFIG_FILE.home aws --profile production sts get-caller-identity --query Arn --output text" : "echo no AWS CLI"}
    - ${HAS_CLI ? "HOME=$AWS_CONFIG_FILE.home aws sts get-caller-identity --query Arn --output text" : "echo no AWS CLI"}

by-reference:
  stage: test
  extends: [.state_role, .production_role]
  before_script:
    - !reference [.state_role, before_script]
    - !reference [.production_role, before_script]
    - echo "before_script of the job"
  script:
    - node who-am-i.cjs fromIni production
    - node who-am-i.cjs fromIni state
    - node who-am-i.cjs fromNodeProviderChain

credentials:
  extends: [.staging-role-credentials, .release-role-credentials]
  stage: deploy
  needs: [staging-role, release-role]
  script:
    - node who-am-i.cjs fromIni staging
    - node who-am-i.cjs fromIni release
    - node who-am-i.cjs fromNodeProviderChain

both-components:
  extends: [.production_role, .release-role-credentials]
  stage: deploy
  needs: [release-role]
  script:
    - node who-am-i.cjs fromIni production
    - node who-am-i.cjs fromIni release
    - node who-am-i.cjs fromNodeProviderChain

by-the-tool-itself:
  stage: test
  extends: .hub_role
  script:
    - node who-am-i.cjs fromTokenFile
    - node who-am-i.cjs fromTemporaryCredentials '{"params":{"RoleArn":"arn:aws:iam::333333333333:role/second","ExternalId":"acme","RoleSessionName":"tool"}}'

two-without-a-profile:
  stage: deploy
  extends: [.hub_role, .aws_web_identity]
  script: echo deployed

two-at-once:
  extends: .assume-role-credentials
  stage: deploy
  needs: [assume-role, again]
  script: echo deployed
`;

const ROLES = withSecondRole(
  describeRoles(
    {
      "arn:aws:iam::111111111111:role/state": "main",
      "arn:aws:iam::222222222222:role/first": "main",
      "arn:aws:iam::444444444444:role/release": "main",
    },
    { "222222222222": OTHER_AUDIENCE },
  ),
  {
    first: "arn:aws:iam::222222222222:role/first",
    second: "arn:aws:iam::333333333333:role/second",
    externalId: "acme",
  },
);
const TOKENS = { of: { production_role: { aud: OTHER_AUDIENCE }, hub_role: { aud: OTHER_AUDIENCE } } };

let longWorld: World | undefined;
let world: World;
let longRun: PipelineRun;
let run: PipelineRun;

/** The clock of the long job stands still until its three clients have been served once. */
function now(): Date {
  const served = longWorld?.sts.requests.filter(
    ({ action, status }) => action === "GetCallerIdentity" && status === 200,
  );
  return new Date(STARTED_MS + ((served?.length ?? 0) >= 3 ? 2 * SESSION_MS : 0));
}

async function runFor(
  pipelineWorld: World,
  pipeline: string,
  idTokens: NonNullable<PipelineOptions["idTokens"]>,
) {
  const files = { ...(await readFiles(CONSUMER)), ".gitlab-ci.yml": pipeline };
  return runPipeline(pipelineWorld, { files, idTokens });
}

beforeAll(async () => {
  world = await startWorld({ world: ROLES });
  longWorld = await startWorld({ clock: now, world: ROLES, sts: { maxSessionLifetimeMs: SESSION_MS } });
  [longRun, run] = await Promise.all([
    runFor(longWorld, LONG_PIPELINE, { renewed: TOKENS }),
    runFor(world, PIPELINE, {
      "by-extends": TOKENS,
      "by-reference": TOKENS,
      "both-components": TOKENS,
      "by-the-tool-itself": TOKENS,
      "two-without-a-profile": TOKENS,
      "staging-role": {},
      "release-role": {},
      "assume-role": {},
      again: {},
    }),
  ]);
});
afterAll(async () => {
  await world.close();
  await longWorld?.close();
});

const NAME = "GitLabRunner-1217-1000";
const STATE = `arn:aws:sts::111111111111:assumed-role/state/${NAME}`;
const PRODUCTION = `arn:aws:sts::333333333333:assumed-role/second/${NAME}`;
const RELEASE = `arn:aws:sts::444444444444:assumed-role/release/${NAME}`;

function answersOf(job: string, { jobs } = run): readonly string[] {
  expect(jobs[job], jobs[job]?.log).toMatchObject({ status: "passed" });
  return (
    jobs[job]?.log.split("\n").filter((line) => /^(?!aws-oidc).*: (arn:|Expired)|^arn:/.test(line)) ?? []
  );
}

it("gives the job the ID tokens of both, each with its audience", () => {
  expect(run.configuration["by-extends"]).toMatchObject({
    id_tokens: {
      GITLAB_OIDC_TOKEN_state_role: { aud: "$CI_SERVER_URL" },
      GITLAB_OIDC_TOKEN_production_role: { aud: OTHER_AUDIENCE },
    },
  });
});

it("lets the SDK renew the session of every profile, the second role's among them", () => {
  expect(answersOf("renewed", longRun)).toEqual([
    `state at first: ${STATE}`,
    `production at first: ${PRODUCTION}`,
    `- at first: ${STATE}`,
    "state with the same session: ExpiredToken",
    "production with the same session: ExpiredToken",
    "- with the same session: ExpiredToken",
    `state later: ${STATE}`,
    `production later: ${PRODUCTION}`,
    `- later: ${STATE}`,
  ]);
});

it("makes the first of two roles the default, by extends", () => {
  if (!HAS_CLI) console.warn("Not on this machine, so not tried: the AWS CLI");
  expect(answersOf("by-extends")).toEqual([
    `fromIni: ${PRODUCTION}`,
    `fromIni: ${STATE}`,
    `fromNodeProviderChain: ${PRODUCTION}`,
    ...(HAS_CLI ? [PRODUCTION, PRODUCTION] : []),
  ]);
});

it("makes the first of two roles the default, by !reference", () => {
  expect(answersOf("by-reference")).toEqual([
    `fromIni: ${PRODUCTION}`,
    `fromIni: ${STATE}`,
    `fromNodeProviderChain: ${STATE}`,
  ]);
});

it("does the same with the credentials of two jobs", () => {
  expect(answersOf("credentials")).toEqual([
    `fromIni: ${STATE}`,
    `fromIni: ${RELEASE}`,
    `fromNodeProviderChain: ${STATE}`,
  ]);
});

it("mixes both components", () => {
  expect(answersOf("both-components")).toEqual([
    `fromIni: ${PRODUCTION}`,
    `fromIni: ${RELEASE}`,
    `fromNodeProviderChain: ${PRODUCTION}`,
  ]);
});

it("lets a tool assume the second role by itself, where the job has the first", () => {
  expect(answersOf("by-the-tool-itself")).toEqual([
    `fromTokenFile: arn:aws:sts::222222222222:assumed-role/first/${NAME}`,
    "fromTemporaryCredentials: arn:aws:sts::333333333333:assumed-role/second/tool",
  ]);
});

it("stops a job of two roles without a profile, rather than let the second win", () => {
  expect(run.jobs["two-without-a-profile"]).toMatchObject({ status: "failed" });
  expect(run.jobs["two-without-a-profile"]?.log).toContain("are both for tools that name no profile");
  expect(run.jobs["two-without-a-profile"]?.log).not.toContain("deployed");
});

it("stops a job that gets the same variables from two jobs", () => {
  expect(run.jobs["two-at-once"]).toMatchObject({ status: "failed" });
  expect(run.jobs["two-at-once"]?.log).toContain(
    "aws-oidc: two jobs set AWS_ACCESS_KEY_ID in this one, and GitLab does not define which wins",
  );
  expect(run.jobs["two-at-once"]?.log).not.toContain("deployed");
});
