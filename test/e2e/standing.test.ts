import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { type PipelineOptions, type PipelineRun, runPipeline } from "./pipeline.ts";

/*
 * The job stands where a job of the consumer would stand. gitlab-ci-local knows no default of GitLab's own for jobs without
 * rules; what GitLab does with one is in GitLab's hands as long as the component gives no rules (test/unit/config/templates).
 */

const INCLUDE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
`;

const PLAIN = `
plain:
  stage: deploy
  script: "true"
`;

const BRANCHES_TAGS_AND_MERGE_REQUESTS = `
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - if: $CI_COMMIT_BRANCH
    - if: $CI_COMMIT_TAG
`;

const PIPELINES = {
  branch: {},
  tag: { CI_COMMIT_TAG: "v1.2.3", CI_COMMIT_BRANCH: "" },
  "merge request": { CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_BRANCH: "" },
} as const;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function run(yaml: string, options: Omit<PipelineOptions, "files"> = {}): Promise<PipelineRun> {
  return runPipeline(world, { ...options, files: { ".gitlab-ci.yml": yaml } });
}

function jobsOf({ jobs, output }: PipelineRun): readonly string[] {
  expect(output).not.toMatch(/^ FAIL/m);
  return Object.keys(jobs).sort();
}

it.each(Object.entries(PIPELINES))(
  "runs with the plain job in the pipeline of a %s",
  async (_, variables) => {
    const { jobs } = await run(`${BRANCHES_TAGS_AND_MERGE_REQUESTS}${INCLUDE}${PLAIN}`, { variables });
    expect(Object.keys(jobs).sort()).toEqual(["assume-role", "plain"]);
    expect(jobs.plain?.status).toBe("passed");
  },
);

describe("named again", () => {
  it("has the rules of the job that uses it", async () => {
    const yaml = `${INCLUDE}
assume-role:
  rules: !reference [deploy, rules]

deploy:
  stage: deploy
  needs: [assume-role]
  rules:
    - if: $CI_COMMIT_TAG
  script: "true"

test:
  stage: test
  script: "true"
`;
    expect(jobsOf(await run(yaml))).toEqual(["test"]);
    expect(jobsOf(await run(yaml, { variables: PIPELINES.tag }))).toEqual(["assume-role", "deploy", "test"]);
  });

  it("waits for somebody with `when: manual`", async () => {
    const yaml = `${INCLUDE}
assume-role:
  when: manual

test:
  stage: test
  script: "true"
`;
    expect(jobsOf(await run(yaml))).toEqual(["test"]);
    expect(jobsOf(await run(yaml, { manual: ["assume-role"] }))).toEqual(["assume-role", "test"]);
  });

  it("takes extends, tags and an environment, and still runs the component's script", async () => {
    const { configuration, jobs } = await run(
      `${INCLUDE}
.mine:
  tags: [mine]
  variables:
    AWS_OIDC_SESSION_NAME: from-mine

assume-role:
  extends: .mine
  environment: { name: production, action: access }
`,
      { idTokens: { "assume-role": { environment: { name: "production" } } } },
    );
    expect(jobs["assume-role"]?.log).toContain(
      "✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-",
    );
    expect(configuration["assume-role"]).toMatchObject({
      tags: ["mine"],
      environment: { name: "production", action: "access" },
    });
  });
});
