import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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

it("allows, as it does others: exit code 0, and too wide; what it does not judge is listed", async () => {
  const trusting = (AWS: string) => ({ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" });
  const account = "arn:aws:iam::999999999999:root";
  const Statement = [...POLICY.Statement, trusting("*"), trusting(account)];
  const { stdout, exitCode } = await runScript({
    argv: ["doctor", "--trust-policy", "policy.json", "--claims", "claims.json"],
    prepare: (folder) => {
      writeFileSync(join(folder, "policy.json"), JSON.stringify({ ...POLICY, Statement }));
      writeFileSync(join(folder, "claims.json"), JSON.stringify(CLAIMS));
    },
  });
  expect(stdout).toMatch(
    /^! Trust policy +Statement\[0\] allows this job, but the policy lets in others too$/m,
  );
  expect(stdout).toContain(`? not judged, Statement[2]: it trusts ${account}, `);
  expect(stdout).toMatch(
    /\n! The trust policy is too wide: see the findings above; not judged: Statement\[2\]/,
  );
  expect(exitCode).toBe(0);
});

it("is asked wrongly: exit code 2", async () => {
  const { stderr, stdout, exitCode } = await run(CLAIMS, "nowhere.json");
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "misconfigured",
    problems: [{ subject: "--trust-policy", found: '"nowhere.json" cannot be read (ENOENT)' }],
  });
  expect(stderr).toBe("");
  expect(exitCode).toBe(2);
});

it("takes the instance of a described job from the policy, so that no other one is advised", async () => {
  const text = JSON.stringify(POLICY).replaceAll("gitlab.com", "gitlab.example.com");
  const describe = ["--project", "acme/shop", "--branch", "main", "--format", "json"];
  for (const written of [text, JSON.stringify(encodeURIComponent(text)), `\ufeff${text}`]) {
    const { stdout, exitCode } = await runScript({
      argv: ["doctor", "--trust-policy", "policy.json", ...describe],
      prepare: (folder) => writeFileSync(join(folder, "policy.json"), written),
    });
    expect(stdout).not.toContain("//gitlab.com");
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "clear", trustPolicy: { decision: "allow" } });
    expect(exitCode).toBe(0);
  }
});

it("explains nothing that is empty, and starts no exchange in its place", async () => {
  const { stderr, exitCode } = await runScript({
    argv: ["doctor", "--explain", " "],
    env: {
      GITLAB_CI: "true",
      GITLAB_OIDC_TOKEN: "a.b.c",
      AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy",
    },
  });
  expect(stderr).toContain("--explain: an empty text");
  expect(exitCode).toBe(2);
});

it("does not advise to open a pattern of tags to branches", async () => {
  const [statement] = POLICY.Statement;
  const Condition = {
    StringEquals: { "gitlab.com:aud": "https://gitlab.com" },
    StringLike: { "gitlab.com:sub": "project_path:acme/shop:ref_type:tag:ref:v*" },
  };
  const { stdout } = await runScript({
    argv: ["doctor", "--trust-policy", "policy.json", "--project", "acme/shop", "--branch", "main"],
    prepare: (folder) =>
      writeFileSync(
        join(folder, "policy.json"),
        JSON.stringify({ ...POLICY, Statement: [{ ...statement, Condition }] }),
      ),
  });
  expect(stdout).toContain("Run the job where the role expects it.");
  expect(stdout).not.toContain('Write "ref_type:branch"');
  expect(stdout).not.toMatch(/ref_type:branch:ref:v\*/);
});

describe("standard input of a process", () => {
  const argv = ["doctor", "--trust-policy", "-", "--project", "acme/shop", "--branch", "main"];
  const pipe = (input: string | Buffer) =>
    runScript({
      argv,
      node: ["/bin/sh", "-c", 'exec cat input | "$0" "$@"', process.execPath],
      prepare: (folder) => writeFileSync(join(folder, "input"), input),
    });

  it.each([
    ["as it is", JSON.stringify(POLICY)],
    ["in UTF-16", Buffer.from(`\ufeff${JSON.stringify(POLICY)}`, "utf16le")],
  ])("holds the policy, %s", async (_, input) => {
    const { stdout, exitCode } = await pipe(input);
    expect(stdout).toContain("✔ Trust policy  Statement[0] allows this job");
    expect(exitCode).toBe(0);
  });

  it("of more than 64 KiB is refused", async () => {
    const { stderr, exitCode } = await pipe(" ".repeat(1_000_000));
    expect(stderr).toContain("--trust-policy: standard input is more than 64 KiB");
    expect(exitCode).toBe(2);
  });

  it("that is not there is empty", async () => {
    const { stderr, exitCode } = await runScript({ argv });
    expect(stderr).toContain("--trust-policy: nothing came on standard input");
    expect(exitCode).toBe(2);
  });
});
