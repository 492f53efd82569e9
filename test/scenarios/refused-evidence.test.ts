import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../src/aws/trust-policy/evaluate/evaluate.ts";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { buildRequestContext } from "../../src/aws/trust-policy/model/request.ts";
import type { TokenDescription } from "../../stand-ins/gitlab-job.ts";
import { DEFAULT_ISS, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const FORK: TokenDescription = {
  project: "mallory/shop",
  projectId: "666",
  namespaceId: "13",
  jobProject: { path: "acme/shop", id: "4711", namespaceId: "42" },
  pipelineSource: "merge_request_event",
  ref: "patch-1",
  refProtected: false,
};

async function refuse(token: TokenDescription, env: Readonly<Record<string, string>> = {}) {
  const run = await runInWorld(world, { env: { ...world.environment(token), ...env } });
  expect(run.exitCode).toBe(1);
  return run;
}

/** The first of the causes, without its number. */
function firstCause(stderr: string): string {
  return unwrapped(/^ {2}1\. ([\s\S]*?)\n {2}2\. /m.exec(stderr)?.[1] ?? "");
}

describe("after a refusal, what the token itself shows comes first", () => {
  it("a fork", async () => {
    const { stderr, actions, files } = await refuse(FORK);
    expect({ actions, files }).toEqual({ actions: ["AssumeRoleWithWebIdentity"], files: [] });
    const log = unwrapped(stderr);
    expect(log).toMatch(
      /^! This pipeline is for a merge request from a fork: its token names the fork mallory\/shop, not acme\/shop/,
    );
    expect(log).toMatch(
      / trust-denied .*strangers' code .*→ Run the job on branches of acme\/shop, .*do not admit the fork\. $/,
    );
    expect(log).not.toContain('"Effect"');
  });

  const cases: readonly (readonly [string, TokenDescription, string])[] = [
    [
      "a merge request of the project itself",
      { pipelineSource: "merge_request_event", ref: "feature" },
      "`ref_type:branch` and the source branch, here feature",
    ],
    ["a tag", { refType: "tag", ref: "v1" }, "runs for the tag v1"],
    [
      "a customised `sub`",
      { subComponents: ["project_id", "ref_type", "ref"] },
      "has changed the form of `sub`",
    ],
  ];

  it.each(cases)("%s", async (_, token, expected) => {
    expect(firstCause((await refuse(token)).stderr)).toContain(expected);
  });

  it("clocks that differ", async () => {
    const future = new Date(Date.now() + 20 * 60_000);
    const run = await refuse({ issuedAt: future });
    expect(run.stderr).toMatch(/^! By this machine's clock the token was issued 20 min in the future/);
    expect(firstCause(run.stderr)).toContain("GitLab's clock is ahead, or this one behind");
  });

  it("an issuer that is not this instance", async () => {
    const run = await refuse({ claims: { iss: "https://tokens.example.com" } });
    expect(firstCause(run.stderr)).toContain("The token's issuer is https://tokens.example.com");
  });
});

describe("the proposed statement", () => {
  const tokens: readonly TokenDescription[] = [
    { ref: "feature" },
    { refType: "tag", ref: "v1" },
    { subComponents: ["project_id", "ref_type", "ref"] },
  ];

  it.each(tokens)("admits exactly the job that was refused: %j", async (token) => {
    const { stderr } = await refuse(token);
    const statement = JSON.parse(stderr.slice(stderr.indexOf("\n{\n")));
    const parsed = parseTrustPolicy(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    if (parsed.kind !== "policy") throw new Error("the proposal is not a policy");
    const outcomeFor = (claims: Readonly<Record<string, unknown>>) =>
      evaluateTrustPolicy(
        parsed.policy,
        buildRequestContext({
          role: { arn: ROLES.deploy, partition: "aws", accountId: "123456789012" },
          issuer: DEFAULT_ISS,
          claims,
        }),
      ).outcome;
    const sub = /token sub +(\S+)/.exec(stderr)?.[1];
    expect(outcomeFor({ iss: DEFAULT_ISS, aud: DEFAULT_ISS, sub })).toBe("allowed");
    expect(outcomeFor({ iss: DEFAULT_ISS, aud: DEFAULT_ISS, sub: `${sub}x` })).toBe("implicitly-denied");
  });

  it("says what else it lets in", async () => {
    const { stderr } = await refuse({ ref: "feature", refProtected: false, projectVisibility: "public" });
    expect(stderr).toContain(
      "This statement in the role's trust policy admits exactly this job:\n" +
        "! branch feature is not protected: every developer of the project can run code on it.\n" +
        "! The project is public: anyone can fork it, open merge requests and read its job logs.\n{\n",
    );
  });
});

it("is silent about all of that while nothing is refused", async () => {
  const token = {
    refProtected: false,
    projectVisibility: "public",
    environment: { name: "production" },
  } as const;
  const run = await runInWorld(world, { env: world.environment(token) });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toBe("");
});

it("warns at once of an instance that hands the project's tokens to forks", async () => {
  const token = { pipelineSource: "merge_request_event" };
  const env = { ...world.environment(token), CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "666" };
  const run = await runInWorld(world, { env });
  expect(run.stderr).toMatch(/^! This pipeline is for a merge request from a fork \(project 666\), but/);
});
