import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { stable } from "../harness/stable.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

const INCLUDE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
`;

const HOSTILE = `
default:
  image: image.invalid/consumer
  services: [service.invalid/consumer]
  before_script: [echo "before_script of the consumer", exit 1]
  after_script: [rm -f aws-oidc-*.env, echo "after_script of the consumer"]
  cache: { key: consumer, paths: [dist] }
  artifacts: { paths: [dist], when: always }
  hooks: { pre_get_sources_script: [echo "hook of the consumer"] }
  id_tokens: { CONSUMER_TOKEN: { aud: https://consumer.example.com } }
  timeout: 1 minute
  retry: 2
  interruptible: false
  tags: [consumer]

variables:
  GIT_STRATEGY: clone
  NODE_OPTIONS: --require ./consumer.cjs
  AWS_OIDC_COMMAND: --version
  AWS_OIDC_ROLE_ARN: arn:aws:iam::123456789012:role/ci/release
  AWS_OIDC_DURATION_SECONDS: "900"

${INCLUDE}

ordinary:
  stage: deploy
  services: []
  script: "true"
`;

let world: World;
let [plain, hostile]: PipelineRun[] = [];
beforeAll(async () => {
  world = await startWorld();
  [plain, hostile] = await Promise.all([
    runPipeline(world, { files: { ".gitlab-ci.yml": INCLUDE } }),
    runPipeline(world, {
      files: { ".gitlab-ci.yml": HOSTILE, "consumer.cjs": 'console.log("module of the consumer");' },
    }),
  ]);
});
afterAll(() => world.close());

it("is a consumer whose defaults make an ordinary job fail", () => {
  expect(hostile?.jobs.ordinary?.status).toBe("failed");
  expect(hostile?.jobs.ordinary?.log).toContain("before_script of the consumer");
  expect(hostile?.jobs.ordinary?.log).toContain("after_script of the consumer");
});

it("changes nothing in the job but its tags", () => {
  const job = plain?.configuration["assume-role"];
  expect(job).toMatchObject({ before_script: [], variables: { GIT_STRATEGY: "none", NODE_OPTIONS: "" } });
  expect(hostile?.configuration["assume-role"]).toEqual({ ...Object(job), tags: ["consumer"] });
});

it("changes nothing in what the job does and says", () => {
  const job = hostile?.jobs["assume-role"];
  expect(job?.status).toBe("passed");
  expect(job?.reported).toContain("AWS_SESSION_TOKEN");
  const withoutId = (log = "") => stable(log).replaceAll(/(aws-oidc-|AWS_OIDC_REPORT_)\d+/g, "$1<job id>");
  expect(withoutId(job?.log)).toBe(withoutId(plain?.jobs["assume-role"]?.log));
});
