import { expect, it } from "vitest";
import { readJob } from "../../../src/gitlab/job.ts";
import { buildPredefinedVariables } from "../../fakes/gitlab-job.ts";

it("reads what GitLab says about the job", () => {
  expect(readJob(buildPredefinedVariables("https://gitlab.example.com", {}))).toMatchObject({
    serverUrl: "https://gitlab.example.com",
    projectId: "4711",
    projectPath: "acme/shop",
    pipelineId: "90210",
    jobName: "assume-role",
    jobUrl: "https://gitlab.example.com/acme/shop/-/jobs/31337",
  });
});

it("takes an empty variable for an absent one", () => {
  expect(readJob({ CI_SERVER_URL: "", CI_PROJECT_ID: undefined })).toMatchObject({
    serverUrl: undefined,
    projectId: undefined,
  });
});
