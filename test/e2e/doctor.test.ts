import { afterAll, beforeAll, expect, it } from "vitest";
import { ROLES, startWorld, type World } from "../fakes/world.ts";
import { type PipelineOptions, runPipeline } from "./pipeline.ts";

/** Nobody listens there, so that the doctor's look at the instance ends on loopback. */
const ISS = "https://127.0.0.1:1";

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/doctor@$CI_COMMIT_SHA
    inputs:
      role-arn: ${ROLES.deploy}
      trust-policy-file: policy.json
      git-strategy: fetch

deploy:
  stage: deploy
  script: echo deployed
`;

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${ISS.slice("https://".length)}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: { "127.0.0.1:1:sub": "project_path:acme/shop:ref_type:branch:ref:main" } },
    },
  ],
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ iss: ISS });
});
afterAll(() => world.close());

function run(options: Partial<PipelineOptions> = {}) {
  return runPipeline(world, {
    files: { ".gitlab-ci.yml": PIPELINE, "policy.json": JSON.stringify(POLICY) },
    idTokens: { "aws-oidc-doctor": { ref: "feature" } },
    ...options,
  });
}

it("waits until somebody starts it, and holds up nothing", async () => {
  const { exitCode, jobs } = await run();
  expect(Object.keys(jobs)).toEqual(["deploy"]);
  expect(exitCode).toBe(0);
});

it("may fail, says why, and leaves nothing behind", async () => {
  const { exitCode, jobs, files, output } = await run({ manual: ["aws-oidc-doctor"] });
  expect(output).toContain(
    "aws-oidc-doctor > ✖ AWS refused: the trust policy of deploy does not admit this job\n",
  );
  expect(output).toContain("The role is restricted to another branch or tag");
  expect(output).toMatch(/^ WARN +aws-oidc-doctor/m);
  expect(jobs.deploy?.status).toBe("passed");
  expect(exitCode).toBe(0);
  expect(files.filter((path) => /aws-oidc\.env|annotations/.test(path))).toEqual([]);
});
