import { describe, expect, it } from "vitest";
import { buildClaims, type DescribedJob, listClaims } from "../../../src/gitlab/claims.ts";
import { buildIdTokenClaims } from "../../../stand-ins/gitlab-job.ts";

const ISS = "https://gitlab.example.com";
const CLAIMS = buildIdTokenClaims(ISS, {}, new Date(0));

describe("listClaims", () => {
  it("lists what trust policies ask for", () => {
    expect(listClaims(CLAIMS, "withheld")).toEqual([
      `iss  ${ISS}`,
      `aud  ${ISS}`,
      "sub  project_path:acme/shop:ref_type:branch:ref:main",
    ]);
  });

  it("lists every claim to who asks for it, in columns", () => {
    const lines = listClaims({ iss: ISS, runner_id: 1, groups_direct: ["acme"] }, "shown");
    expect(lines).toEqual([`iss            ${ISS}`, "runner_id      1", 'groups_direct  ["acme"]']);
  });
});

describe("buildClaims", () => {
  const job: DescribedJob = {
    issuer: ISS,
    audience: ISS,
    project: "acme/web/shop",
    ref: { type: "branch", name: "main" },
    environment: undefined,
    projectId: undefined,
    namespaceId: undefined,
  };

  it.each([
    ["branch", "ref_type:branch"],
    ["tag", "ref_type:tag"],
    ["merge-request", "ref_type:branch"],
  ] as const)("says what GitLab would say for a %s", (type, refType) => {
    const claims = buildClaims({ ...job, ref: { type, name: "v1" } });
    expect(claims.sub).toBe(`project_path:acme/web/shop:${refType}:ref:v1`);
    expect(claims.pipeline_source).toBe(type === "merge-request" ? "merge_request_event" : undefined);
  });

  it.each(["branch", "tag"] as const)("agrees with a token of the same %s", (refType) => {
    const token = buildIdTokenClaims(
      ISS,
      { project: "acme/web/shop", projectId: "1", namespaceId: "2", ref: "r", refType },
      new Date(0),
    );
    const built = buildClaims({
      ...job,
      ref: { type: refType, name: "r" },
      projectId: "1",
      namespaceId: "2",
    });
    expect(token).toMatchObject(built);
  });

  it("leaves out what was not described", () => {
    expect(Object.keys(buildClaims(job))).not.toContain("project_id");
    expect(buildClaims({ ...job, environment: "production" }).environment).toBe("production");
  });
});
