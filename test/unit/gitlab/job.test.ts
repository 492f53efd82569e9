import { describe, expect, it } from "vitest";
import { parseJob, readJob } from "../../../src/gitlab/job.ts";
import { reportFiles } from "../../../src/gitlab/reports.ts";
import { buildPredefinedVariables } from "../../../stand-ins/gitlab-job.ts";

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

describe("the names of the reports", () => {
  it("hold the job's id", () => {
    expect(reportFiles(readJob({ CI_JOB_ID: "31337" }))).toEqual({
      dotenv: "aws-oidc-31337.env",
      annotations: "aws-oidc-31337.annotations.json",
    });
  });

  it("do without one outside of a job", () => {
    expect(reportFiles(readJob({})).dotenv).toBe("aws-oidc.env");
  });

  it.each(["1/../../2", "", "-1", "1\n2", "x"])("never come from what is not an id: %j", (id) => {
    expect(reportFiles(readJob({ CI_JOB_ID: id })).dotenv).toBe("aws-oidc.env");
    expect(parseJob({ CI_JOB_ID: id }).ok).toBe(id === "");
  });
});
