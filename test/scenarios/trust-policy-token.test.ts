import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../src/aws/trust-policy/evaluate/evaluate.ts";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { buildRequestContext } from "../../src/aws/trust-policy/model/request.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

const PERSON = {
  userId: "70007000",
  userLogin: "ada-lovelace",
  userEmail: "ada.lovelace@example.com",
  claims: { user_identities: [{ provider: "saml", extern_uid: "lovelace-uid" }] },
};

let world: World;
beforeAll(async () => {
  world = await startWorld({ iss: "https://gitlab.com" });
});
afterAll(() => world.close());

const argv = ["trust-policy"];

describe("in a job with an ID token, without flags", () => {
  it("proposes the policy for exactly this job", async () => {
    const run = await runInWorld(world, { argv, env: world.environment(PERSON) });
    expect(run).toMatchObject({ exitCode: 0, actions: [] });
    expect(JSON.parse(run.stdout).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "gitlab.com:aud": "https://gitlab.com",
            "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main",
            "gitlab.com:project_id": "4711",
            "gitlab.com:namespace_id": "42",
          },
        },
      },
    ]);
  });

  it("admits the token that it was made from, and not that of another branch", async () => {
    const { GITLAB_OIDC_TOKEN: token = "", ...env } = world.environment(PERSON);
    const run = await runInWorld(world, { argv, env: { ...env, GITLAB_OIDC_TOKEN: token } });
    const parsed = parseTrustPolicy(run.stdout);
    if (parsed.kind !== "policy") throw new Error("no policy");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const role = { arn: "", partition: "aws", accountId: "123456789012" };
    const outcomeOf = (change: object) =>
      evaluateTrustPolicy(
        parsed.policy,
        buildRequestContext({ role, issuer: claims.iss, claims: { ...claims, ...change } }),
      ).outcome;
    expect(outcomeOf({})).toBe("allowed");
    expect(outcomeOf({ sub: `${claims.sub}-2` })).toBe("implicitly-denied");
  });

  it.each(["json", "cloudformation", "terraform", "cli"])("shows nothing personal as %s", async (format) => {
    const run = await runInWorld(world, {
      argv: [...argv, "--format", format],
      env: world.environment(PERSON),
    });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("project_path:acme/shop:ref_type:branch:ref:main");
    expect(run.stdout + run.stderr).not.toMatch(/lovelace|70007000/);
  });

  it("says what makes even that more than it seems", async () => {
    const token = { ref: "feature/x", refProtected: false };
    const run = await runInWorld(world, { argv, env: world.environment(token) });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(/^! branch feature\/x is not protected: .*\n$/);
  });

  it("refuses a token that no policy can admit", async () => {
    const run = await runInWorld(world, { argv, env: world.environment({ claims: { azp: ["a", "b"] } }) });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toMatch(/^✖ the ID token has no single "aud" or "azp" to ask for$/m);
  });

  it("refuses what is not a token, and does not print it", async () => {
    const run = await runInWorld(world, { argv, env: { GITLAB_OIDC_TOKEN: "glcbt-64_not-an-id-token" } });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("GITLAB_OIDC_TOKEN: something that is not a JSON Web Token");
    expect(run.stderr).not.toContain("glcbt");
  });
});

it("does not look at the token when flags describe the scope", async () => {
  const flags = ["--project", "acme/other", "--branch", "stable", "--account", "999999999999"];
  const run = await runInWorld(world, { argv: [...argv, ...flags] });
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('"gitlab.com:sub": "project_path:acme/other:ref_type:branch:ref:stable"');
  expect(run.stdout).toContain("arn:aws:iam::999999999999:oidc-provider/gitlab.com");
});
