import { describe, expect, it } from "vitest";
import { findInToken, listFindings } from "../../../src/gitlab/evidence.ts";
import { type GitLabJob, readJob } from "../../../src/gitlab/job.ts";
import { findNotices, type TokenFindingId } from "../../../src/gitlab/notices.ts";
import {
  buildIdTokenClaims,
  buildPredefinedVariables,
  type TokenDescription,
} from "../../../stand-ins/gitlab-job.ts";

const ISS = "https://gitlab.example.com";
const NOW = new Date("2026-11-23T04:00:00Z");
const FORK = {
  project: "mallory/shop",
  projectId: "666",
  namespaceId: "13",
  jobProject: { path: "acme/shop", id: "4711", namespaceId: "42" },
  pipelineSource: "merge_request_event",
  ref: "patch-1",
} as const;

function inspect(description: TokenDescription = {}, job: Partial<GitLabJob> = {}) {
  const claims = buildIdTokenClaims(ISS, description, NOW);
  const token = {
    iss: String(claims.iss),
    aud: String(claims.aud),
    sub: String(claims.sub),
    issuedAt: new Date(Number(claims.iat) * 1000),
    all: claims,
  };
  return [token, { ...readJob(buildPredefinedVariables(ISS, description)), ...job }, NOW] as const;
}

function find(description: TokenDescription = {}, job: Partial<GitLabJob> = {}) {
  return findInToken(...inspect(description, job));
}

const AUDIENCE = { aud: "sts.amazonaws.com" } as const;

describe("findInToken", () => {
  it("has nothing to say of an ordinary job with an audience of its own", () => {
    expect(find(AUDIENCE)).toEqual([]);
  });

  const cases: readonly [TokenFindingId, TokenDescription, Partial<GitLabJob>?][] = [
    ["default-audience", {}],
    ["issuer-differs", AUDIENCE, { serverUrl: "https://gitlab.internal" }],
    ["custom-sub", { ...AUDIENCE, subComponents: ["project_id", "ref_type", "ref"] }],
    ["merge-request", { ...AUDIENCE, pipelineSource: "merge_request_event", ref: "feature" }],
    ["tag", { ...AUDIENCE, refType: "tag", ref: "v1" }],
    ["unprotected-environment", { ...AUDIENCE, environment: { name: "production", isProtected: false } }],
    ["public-project", { ...AUDIENCE, projectVisibility: "public" }],
    ["clock-ahead", { ...AUDIENCE, issuedAt: new Date(NOW.getTime() + 600_000) }],
  ];

  it.each(cases)("tells of nothing but %s", (id, description, job) => {
    expect(find(description, job).map((finding) => finding.id)).toEqual([id]);
  });

  it("tells of a branch that is not the default one, or not protected, after a refusal only", () => {
    const [other, ...rest] = find({ ...AUDIENCE, ref: "feature" }, { defaultBranch: "main" });
    expect(other).toMatchObject({ id: "other-branch", weight: "evidence", explains: { rank: "first" } });
    expect(other?.text).toBe(
      "The pipeline runs for the branch feature, which is not the default branch, main.",
    );
    expect(rest).toEqual([]);
    const unprotected = find({ ...AUDIENCE, refProtected: false }, { defaultBranch: "main" });
    expect(unprotected.map(({ id }) => id)).toEqual(["other-branch", "unprotected-ref"]);
  });

  it("recognises the merge request of a fork by the project that the job runs in", () => {
    const [fork, ...others] = find({ ...AUDIENCE, ...FORK });
    expect(fork).toMatchObject({ id: "fork", weight: "notice" });
    expect(fork?.text).toContain("names the fork mallory/shop, not acme/shop");
    expect(others.map(({ id }) => id)).toEqual(["merge-request"]);
  });

  it("recognises it by the predefined variables where the token has no job_project_id (before GitLab 18.4)", () => {
    const claims = { job_project_id: undefined, job_project_path: undefined };
    const [fork] = find({ ...AUDIENCE, ...FORK, claims });
    expect(fork?.text).toContain("names the fork mallory/shop, not acme/shop");
  });

  it("warns of an instance that gives a fork the tokens of the parent", () => {
    const description = { ...AUDIENCE, pipelineSource: "merge_request_event", ref: "main" };
    const [warning] = find(description, { mergeRequestSourceProjectId: "666" });
    expect(warning).toMatchObject({ id: "fork-unnoticed", weight: "notice" });
    expect(warning?.text).toContain("18.2.2");
  });

  it("takes the merge request of the project's own branch for none of a fork", () => {
    const description = { ...AUDIENCE, pipelineSource: "merge_request_event", ref: "feature" };
    const ids = find(description, { mergeRequestSourceProjectId: "4711" }).map(({ id }) => id);
    expect(ids).toEqual(["merge-request"]);
  });

  it("takes a minute between two clocks for nothing", () => {
    expect(find({ ...AUDIENCE, issuedAt: new Date(NOW.getTime() + 60_000) })).toEqual([]);
  });

  it("puts a fork before everything else that a refusal could be due to", () => {
    const description = { ...FORK, refProtected: false, projectVisibility: "public" } as const;
    const [first] = find(description).filter(({ explains }) => explains?.topic === "trust-policy");
    expect(first?.explains?.cause.id).toBe("fork");
  });

  it("says nothing personal", () => {
    const everything = find({
      ...FORK,
      refProtected: false,
      projectVisibility: "public",
      subComponents: ["project_id"],
      environment: { name: "production" },
      issuedAt: new Date(NOW.getTime() + 600_000),
    });
    expect(everything.length).toBeGreaterThan(6);
    expect(JSON.stringify(everything)).not.toMatch(/ada/);
  });
});

describe("findNotices", () => {
  it.each<[string, TokenDescription, Partial<GitLabJob>]>([
    ["a token in which nothing is worth knowing", {}, {}],
    ["another issuer", {}, { serverUrl: "https://other.example.com" }],
    ["a fork", FORK, {}],
    ["a fork that the token does not name", {}, { mergeRequestSourceProjectId: "666" }],
    ["what only the doctor tells", { refProtected: false, refType: "tag" }, {}],
  ])("finds the notices of all that is found, and nothing else, for %s", (_, description, job) => {
    const notices = find(description, job).filter(({ weight }) => weight === "notice");
    expect(findNotices(...inspect(description, job))).toEqual(notices);
  });
});

describe("listFindings", () => {
  it("keeps back what only a refusal makes worth telling", () => {
    expect(listFindings(find())).toEqual([]);
    expect(listFindings(find({ refProtected: false }))).toEqual([
      "! branch main is not protected: every developer of the project can run code on it.",
    ]);
  });
});
