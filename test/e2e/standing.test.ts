import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { type PipelineRun, runPipeline } from "./pipeline.ts";

/*
 * The job stands where a job of the consumer would stand. gitlab-ci-local knows no default of GitLab's own for jobs without
 * rules; what GitLab does with one is in GitLab's hands as long as the component gives no rules (test/unit/config/templates).
 */

const PIPELINE = `
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - if: $CI_COMMIT_BRANCH
    - if: $CI_COMMIT_TAG

include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs: { role-arn: "arn:aws:iam::123456789012:role/deploy" }
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs: { role-arn: "arn:aws:iam::123456789012:role/deploy", job-name: role-of-deploy }
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs: { role-arn: "arn:aws:iam::123456789012:role/deploy", job-name: by-hand }
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs: { role-arn: "arn:aws:iam::123456789012:role/deploy", job-name: extended }

plain:
  stage: deploy
  script: "true"

role-of-deploy:
  rules: !reference [deploy, rules]

deploy:
  stage: deploy
  needs: [role-of-deploy]
  rules:
    - if: $CI_COMMIT_TAG
  script: "true"

by-hand:
  when: manual

.mine:
  tags: [mine]
  variables:
    AWS_OIDC_SESSION_NAME: from-mine

extended:
  extends: .mine
  environment: { name: production, action: access }
`;

const PIPELINES = {
  branch: {},
  tag: { variables: { CI_COMMIT_TAG: "v1.2.3", CI_COMMIT_BRANCH: "" } },
  "merge request": {
    variables: { CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_BRANCH: "" },
    manual: ["by-hand"],
  },
} as const;

type PipelineKind = keyof typeof PIPELINES;

let world: World;
let runs: Readonly<Record<PipelineKind, PipelineRun>>;
beforeAll(async () => {
  world = await startWorld();
  runs = { branch: await run("branch"), tag: await run("tag"), "merge request": await run("merge request") };
});
afterAll(() => world.close());

function run(kind: PipelineKind): Promise<PipelineRun> {
  return runPipeline(world, {
    ...PIPELINES[kind],
    files: { ".gitlab-ci.yml": PIPELINE },
    idTokens: {
      "assume-role": {},
      "role-of-deploy": {},
      "by-hand": {},
      extended: { environment: { name: "production" } },
    },
  });
}

it.each(Object.keys(PIPELINES) as PipelineKind[])(
  "runs with the plain job in the pipeline of a %s",
  (kind) => {
    const { jobs, output } = runs[kind];
    expect(output).not.toMatch(/^ FAIL/m);
    expect(jobs).toMatchObject({ "assume-role": { status: "passed" }, plain: { status: "passed" } });
  },
);

describe("named again", () => {
  const isIn = (job: string) =>
    Object.fromEntries(Object.entries(runs).map(([kind, { jobs }]) => [kind, Object.hasOwn(jobs, job)]));

  it("has the rules of the job that uses it", () => {
    const onTags = { branch: false, tag: true, "merge request": false };
    expect([isIn("role-of-deploy"), isIn("deploy")]).toEqual([onTags, onTags]);
  });

  it("waits for somebody with `when: manual`", () => {
    expect(isIn("by-hand")).toEqual({ branch: false, tag: false, "merge request": true });
  });

  it("takes extends, tags and an environment, and still runs the component's script", () => {
    const { configuration, jobs } = runs.branch;
    expect(jobs.extended?.log).toContain("✔ arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-");
    expect(configuration.extended).toMatchObject({
      tags: ["mine"],
      environment: { name: "production", action: "access" },
    });
  });
});
