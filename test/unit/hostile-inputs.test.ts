import { describe, expect, it } from "vitest";
import { buildIdTokenClaims } from "../../stand-ins/gitlab-job.ts";
import { START } from "../harness/memory-host.ts";
import { runInMemory } from "../harness/run-in-memory.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { encodeJwt } from "../harness/unsigned-jwt.ts";

const ISS = "https://gitlab.example.com";
const COMMANDS = [["assume-role"], ["doctor"], ["doctor", "--format=json"], ["trust-policy"]];

const mint = (change: Readonly<Record<string, unknown>>): string =>
  encodeJwt({ ...buildIdTokenClaims(ISS, {}, START), ...change });

describe("a token that was pasted into the wrong place, and that nobody told the script of", () => {
  const other = mint({ job_id: "31338" });
  const expectHidden = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): void =>
    expect(findSecrets(stdout + stderr, other.split("."))).toEqual([]);

  it.each([
    "AWS_OIDC_ROLE_ARN",
    "AWS_OIDC_REGION",
    "AWS_OIDC_SESSION_NAME",
    "AWS_OIDC_SESSION_POLICY",
    "AWS_OIDC_MANAGED_SESSION_POLICIES",
    "AWS_OIDC_ALLOWED_ACCOUNT_IDS",
    "AWS_OIDC_VARIABLE_PREFIX",
    "AWS_OIDC_VERIFY",
    "AWS_REGION",
    "AWS_MAX_ATTEMPTS",
  ])("is not shown: %s", async (name) => {
    expectHidden(await runInMemory({ env: { [name]: other } }));
  });

  it.each([[["assume-role", `--${other}`]], [[other]], [["doctor", "--explain", `no: ${other}`]]])(
    "nor in a flag: %#",
    async (argv) => {
      expectHidden(await runInMemory({ argv }));
    },
  );
});

describe("claims that hold more than text", () => {
  it.each([
    ["half of a surrogate pair", "ada\ud800@example.org"],
    ["an object that makes no text of itself", { toString: "x", valueOf: "y" }],
    ["a list of lists", [[["a"]]]],
    ["null", null],
  ])("are no reason to break down: %s", async (_, value) => {
    const names = ["ref", "user_email", "project_path", "environment", "\ud800"];
    const token = mint(Object.fromEntries(names.map((name) => [name, value])));
    for (const argv of COMMANDS) {
      const { stdout, stderr, exitCode } = await runInMemory({ argv, env: { GITLAB_OIDC_TOKEN: token } });
      expect(stdout + stderr).not.toContain("This is a bug");
      expect([0, 1, 2]).toContain(exitCode);
    }
  });
});

describe("a trust policy with far too much in it", () => {
  it.each([
    ["colons", ":".repeat(30_000)],
    ["names", Array.from({ length: 5000 }, (_, index) => `n${index}:v`).join(":")],
    ["wildcards", "*a".repeat(10_000)],
    ["separators", `project_path:a/b:ref_type:branch:ref:${";".repeat(60_000)}`],
    ["braces", `project_path:a/b:ref_type:branch:ref:${"{".repeat(60_000)}`],
    ["control characters", "a\u001b[2Jb\rc\u009bd\u202ee\nf section_start:1:x\r\u001b[0K"],
  ])("is explained without a flood, and at once: %s", async (_, value) => {
    const statement = {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: { "gitlab.example.com:sub": value } },
    };
    const startedMs = performance.now();
    const { stdout, stderr } = await runInMemory({
      argv: ["doctor", "--trust-policy-file=p.json"],
      files: { "p.json": JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) },
    });
    expect(stdout + stderr).not.toContain("This is a bug");
    expect(stdout).toContain("Trust policy");
    expect(stdout.length).toBeLessThan(100_000);
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});

describe("a list with far too much in it", () => {
  it.each([
    ["--project", Array.from({ length: 10_000 }, (_, index) => `p${index}`)],
    ["--group", Array.from({ length: 30_000 }, (_, index) => `g${index}`)],
  ])("is refused at once: %s", async (flag, items) => {
    const startedMs = performance.now();
    const argv = ["trust-policy", `${flag}=${items.join(",")}`];
    const { exitCode } = await runInMemory({ argv });
    expect(exitCode).toBe(2);
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });
});
