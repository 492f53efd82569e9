import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../src/aws/trust-policy/evaluate.ts";
import { parseTrustPolicy } from "../../src/aws/trust-policy/parse-policy.ts";
import { buildRequestContext } from "../../src/aws/trust-policy/request-context.ts";
import type { TokenDescription } from "../fakes/gitlab-job.ts";
import { DEFAULT_ISS, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

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
  return /^ {2}1\. ([\s\S]*?)\n {2}2\. /m.exec(stderr)?.[1] ?? "";
}

describe("after a refusal, what the token itself shows comes first", () => {
  it("a fork", async () => {
    expect(transcript(await refuse(FORK))).toMatchInlineSnapshot(`
      "exit code 1; files: none; requests to STS: AssumeRoleWithWebIdentity
      --- stderr
      ! This pipeline is of a merge request from a fork: its token names the fork mallory/shop, not acme/shop. Trust policies for acme/shop do not admit it, and should not.
      ✖ AWS refused: the trust policy of deploy does not admit this job, or there is no such role
        role         arn:aws:iam::123456789012:role/deploy
        STS said     AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (HTTP 403, request <request id>)
        asked        STS at http://127.0.0.1:<port>
        token iss    https://gitlab.example.com
        token aud    https://gitlab.example.com
        token sub    project_path:mallory/shop:ref_type:branch:ref:patch-1
        token until  <instant>
        error        STS_REFUSED, trust-denied

      Most likely the identity provider, audience, signature and times of the token have passed, as STS checks those first.
      AWS gives this one answer whether the trust policy says no or the role does not exist.

      What it may be, most likely first
        1. This pipeline is of a merge request from a fork: its token names the fork mallory/shop, not acme/shop.
           That protects the role from code of strangers (GitLab 18.2.2 and later).
           → Run the job on branches of acme/shop, after the merge; do not admit the fork.
        2. The role is restricted to another branch or tag. Tokens of merge request pipelines say \`ref_type:branch\` and the source branch, here patch-1.
           → Run the job on the branch that the role admits, not in merge request pipelines:
             rules:
               - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
        3. OIDC is not configured for this project: the trust policy names another project or identity provider.
           → aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument > policy.json
             and give it to \`doctor --trust-policy policy.json\`, or compare it with the statement that the log of the job ends with.
        4. \`StringEquals\` is used with a wildcard, which it takes literally.
           → Use \`StringLike\` for the condition whose value has a \`*\`.
        5. There is no such role in account 123456789012: path, name and case count.
           → aws iam get-role --role-name deploy --query Role.Arn   # must print arn:aws:iam::123456789012:role/deploy
        6. The condition on \`gitlab.example.com:aud\` is not \`https://gitlab.example.com\`.
           → Change that condition, or the input \`audience\`.
        7. A condition tests another claim than \`aud\` or \`sub\`: for this issuer STS offers no others.
           → Put the claim into \`sub\` (\`ci_id_token_sub_claim_components\` of the project), and test \`gitlab.example.com:sub\`.
        8. Role or policy were made seconds ago.
           → Retry the job, or wait for them with the input \`propagation-wait-seconds: 15\`.
        9. A policy that no role shows forbids it: of the AWS organization (RCP), or of a VPC endpoint.
           → Ask who runs the organization; CloudTrail of account 123456789012 has the event AssumeRoleWithWebIdentity.

      This statement in the role's trust policy admits exactly this job:
      ! This pipeline is of a merge request from a fork: its token names the fork mallory/shop, not acme/shop. Trust policies for acme/shop do not admit it, and should not.
      ! branch patch-1 is not protected: every developer of the project can run code on it.
      {
        "Effect": "Allow",
        "Principal": {
          "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com"
        },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
          "StringEquals": {
            "gitlab.example.com:aud": "https://gitlab.example.com",
            "gitlab.example.com:sub": "project_path:mallory/shop:ref_type:branch:ref:patch-1"
          }
        }
      }
      "
    `);
  });

  const cases: readonly (readonly [string, TokenDescription, string])[] = [
    [
      "a merge request of the project itself",
      { pipelineSource: "merge_request_event", ref: "feature" },
      "`ref_type:branch` and the source branch, here feature",
    ],
    ["a tag", { refType: "tag", ref: "v1" }, "runs for the tag v1"],
    ["a customised `sub`", { subComponents: ["project_id", "ref_type", "ref"] }, "changes the form of `sub`"],
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
    FORK,
  ];

  it.each(tokens)("admits exactly the job that was refused: %j", async (token) => {
    const { stderr } = await refuse(token);
    const statement = JSON.parse(stderr.slice(stderr.indexOf("\n{\n")));
    const parsed = parseTrustPolicy(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    if (parsed.kind !== "policy") throw new Error("the proposal is no policy");
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
        "! The project is public: everybody may fork it, open merge requests, and read the logs of its jobs.\n{\n",
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
  expect(run.stderr).toMatch(/^! This pipeline is of a merge request from a fork \(project 666\), and yet/);
});
