import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runScript } from "../harness/run-script.ts";

const SUB = "project_path:acme/shop:ref_type:branch:ref:main";

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: { "gitlab.com:aud": "https://gitlab.com", "gitlab.com:sub": SUB } },
    },
  ],
};

const CLAIMS = { iss: "https://gitlab.com", aud: "https://gitlab.com", sub: SUB };

/** The command as somebody on a laptop types it, beside the two files. */
function run(claims: object, policyFile = "policy.json") {
  return runScript({
    argv: ["doctor", "--trust-policy", policyFile, "--claims", "claims.json", "--format", "json"],
    prepare: (folder) => {
      writeFileSync(
        join(folder, "policy.json"),
        JSON.stringify({ Role: { AssumeRolePolicyDocument: POLICY } }),
      );
      writeFileSync(join(folder, "claims.json"), JSON.stringify(claims));
    },
  });
}

it("allows: exit code 0", async () => {
  const { stdout, exitCode } = await run(CLAIMS);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "clear",
    trustPolicy: { decision: "allow", findings: [] },
  });
  expect(exitCode).toBe(0);
});

it("denies: exit code 1, with the finding and the statement that would do", async () => {
  const tag = SUB.replace("branch:ref:main", "tag:ref:v1");
  const { stdout, exitCode } = await run({ ...CLAIMS, sub: tag });
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "blocked",
    trustPolicy: { decision: "deny", causes: [{ id: "other-ref" }], findings: [{ id: "tag-vs-branch" }] },
    proposedStatement: { Condition: { StringEquals: { "gitlab.com:sub": tag } } },
  });
  expect(exitCode).toBe(1);
});

it("is asked wrongly: exit code 2", async () => {
  const { stderr, stdout, exitCode } = await run(CLAIMS, "nowhere.json");
  expect(stderr).toContain('"nowhere.json" cannot be read (ENOENT)');
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});
