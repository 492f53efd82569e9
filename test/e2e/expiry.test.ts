import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { readFiles } from "./consumer-project.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const CONSUMER = join(import.meta.dirname, "consumer");

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      job-name: other-account
      role-arn: arn:aws:iam::123456789012:role/deploy
      chained-role-arn: arn:aws:iam::210987654321:role/audit
      allowed-account-ids: "123456789012"
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/web-identity@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
      region: eu-central-1

too-late:
  extends: .assume-role-credentials
  stage: deploy
  needs: [assume-role]
  script: echo deployed

without-needs:
  extends: .assume-role-credentials
  stage: deploy
  needs: []
  script: echo deployed

long-job:
  extends: .aws_web_identity
  stage: deploy
  needs: [assume-role]
  script: node refresh.cjs
`;

const SESSION_MS = 1000;
/** AWS accepts requests signed by a clock that is wrong by less than five minutes. */
const STARTED_MS = Date.now() - 4 * 60_000;

/** The clock of the stand-ins stands still in the past, until the SDK of the long job has been served. */
function now(): Date {
  const isServed = world?.sts.requests.some(
    ({ action, region, status }) =>
      action === "GetCallerIdentity" && region === "eu-central-1" && status === 200,
  );
  return new Date(STARTED_MS + (isServed ? 2 * SESSION_MS : 0));
}

let world: World | undefined;
let run: PipelineRun;
beforeAll(async () => {
  world = await startWorld({ clock: now, sts: { maxSessionLifetimeMs: SESSION_MS } });
  run = await runPipeline(world, {
    files: { ...(await readFiles(CONSUMER)), ".gitlab-ci.yml": PIPELINE },
    idTokens: { "assume-role": {}, "other-account": {}, "long-job": {} },
  });
});
afterAll(() => world?.close());

it("stops a guarded job whose credentials have expired, before its script, and says what to do", () => {
  expect(run.jobs["too-late"]?.status).toBe("failed");
  expect(run.jobs["too-late"]?.log).toMatch(
    /^aws-oidc: the credentials expired \d+ minutes ago; retry the job assume-role, then this one$/m,
  );
  expect(run.jobs["too-late"]?.log).not.toContain("deployed");
});

it("stops a guarded job that does not need the one with the credentials", () => {
  expect(run.jobs["without-needs"]?.status).toBe("failed");
  expect(run.jobs["without-needs"]?.log).toContain(
    "aws-oidc: no credentials of the job assume-role here; name it in 'needs'",
  );
  expect(run.jobs["without-needs"]?.log).not.toContain("deployed");
});

it("lets an SDK refresh its session from the token file after the first has ended", () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000";
  expect(run.jobs["long-job"]?.log.split("\n").filter((line) => line.includes(": "))).toEqual(
    expect.arrayContaining([
      `at first: ${arn}`,
      "later, with the same session: ExpiredToken",
      `later, by itself: ${arn}`,
    ]),
  );
});

it("refuses a role of an account that is not allowed, and publishes nothing", () => {
  expect(run.jobs["other-account"]).toMatchObject({ status: "failed", reported: [] });
  expect(run.jobs["other-account"]?.log).toContain("allowed-account-ids");
});
