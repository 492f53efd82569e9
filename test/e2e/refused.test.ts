import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy

deploy:
  stage: deploy
  needs: [assume-role]
  script: echo deployed

later-stage:
  stage: .post
  script: echo done
`;

let world: World;
let run: PipelineRun;
beforeAll(async () => {
  world = await startWorld();
  run = await runPipeline(world, {
    files: { ".gitlab-ci.yml": PIPELINE },
    idTokens: { "assume-role": { ref: "feature" } },
  });
});
afterAll(() => world.close());

it("fails the job with what AWS said", () => {
  expect(run.exitCode).toBe(1);
  expect(run.jobs["assume-role"]?.status).toBe("failed");
  expect(run.jobs["assume-role"]?.log).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  expect(run.jobs["assume-role"]?.log).toContain("project_path:acme/shop:ref_type:branch:ref:feature");
});

it("lets nothing run after it", () => {
  expect(Object.keys(run.jobs)).toEqual(["assume-role"]);
});

it("leaves no report, whole or in part", () => {
  expect(run.files).toContain(".gitlab-ci-local/output/assume-role.log");
  expect(run.files.filter((path) => /aws-oidc\.env|\.tmp$/.test(path))).toEqual([]);
});
