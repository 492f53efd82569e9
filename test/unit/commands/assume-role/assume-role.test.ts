import { describe, expect, it } from "vitest";
import type { AssumeRoleWithWebIdentityInput, StsTarget } from "../../../../src/aws/sts/sts.ts";
import { Secret } from "../../../../src/foundation/secret.ts";
import { ROLE_ARN } from "../../../harness/assume-role-config.ts";
import { platformError } from "../../../harness/memory-host.ts";
import {
  assumedRole,
  runInMemory,
  SECRET_ACCESS_KEY,
  SESSION_TOKEN,
} from "../../../harness/run-in-memory.ts";
import { ACCESS_DENIED, refusal, stsError } from "../../../harness/sts-errors.ts";

const REPORT = "aws-oidc-31337.env";

describe("a run that succeeds", () => {
  it("writes the report for the job's user only", async () => {
    const { exitCode, written } = await runInMemory({ env: { AWS_OIDC_REGION: "eu-central-1" } });
    expect(exitCode).toBe(0);
    expect(written.get(REPORT)).toEqual({
      mode: 0o600,
      contents: [
        "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE",
        `AWS_SECRET_ACCESS_KEY=${SECRET_ACCESS_KEY}`,
        `AWS_SESSION_TOKEN=${SESSION_TOKEN}`,
        "AWS_CREDENTIAL_EXPIRATION=2026-11-23T05:00:00Z",
        "AWS_ACCOUNT_ID=123456789012",
        "AWS_REGION=eu-central-1",
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_OIDC_REPORT_31337=AWS_ACCESS_KEY_ID",
        "",
      ].join("\n"),
    });
  });

  it("asks for what the configuration says", async () => {
    const inputs: unknown[] = [];
    await runInMemory({
      env: { AWS_OIDC_DURATION_SECONDS: "900", AWS_OIDC_SESSION_NAME: "shop" },
      sts: {
        assumeRoleWithWebIdentity: async (input) => {
          inputs.push(input);
          return assumedRole(input);
        },
      },
    });
    expect(inputs).toMatchObject([
      { roleArn: ROLE_ARN, roleSessionName: "shop", durationSeconds: 900, idToken: expect.any(Secret) },
    ]);
  });

  it("says so when the credentials are over by the machine's clock", async () => {
    const assumeRoleWithWebIdentity = async (input: AssumeRoleWithWebIdentityInput) => {
      const { arn, credentials } = assumedRole(input);
      return { arn, credentials: { ...credentials, expiration: new Date("2026-11-23T03:00:00Z") } };
    };
    const { exitCode, stdout } = await runInMemory({ sts: { assumeRoleWithWebIdentity } });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "2026-11-23 03:00:00 UTC (already past by this machine's clock, which must be ahead)",
    );
  });

  it("says who we are, until when and how long that is", async () => {
    const { stdout, stderr, written } = await runInMemory({
      env: { AWS_OIDC_REGION: "eu-central-1" },
    });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^✔ arn:aws:sts::123456789012:assumed-role\/deploy\/GitLabRunner-4711-90210\n/);
    expect(stdout).toMatch(/^ {2}account {6}123456789012$/m);
    expect(written.get(REPORT)?.contents).toContain("\nAWS_ACCOUNT_ID=123456789012\n");
    expect(stdout).toMatch(/^ {2}until {8}2026-11-23 05:00:00 UTC \(1 h\)$/m);
    expect(stdout).toMatch(/^ {2}answered by {2}STS eu-central-1, in 0\.0 s$/m);
  });

  it("notes before it begins what may surprise later", async () => {
    const { exitCode, stderr } = await runInMemory({
      env: { CI_SERVER_URL: "https://gitlab.internal", AWS_PROFILE: "ops" },
    });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^! .*https:\/\/gitlab\.internal[\s\S]*^! AWS_PROFILE is set/m);
  });

  it("says so when nobody verified the identity", async () => {
    const { stdout } = await runInMemory({ env: { AWS_OIDC_VERIFY: "none" } });
    expect(stdout).toMatch(
      /^✔ arn:aws:sts::123456789012:assumed-role\/deploy\/GitLabRunner-4711-90210 \(not verified\)\n/,
    );
    expect(stdout).toMatch(/^ {2}account {6}123456789012$/m);
  });

  it("names both roles of a chain", async () => {
    const { stdout } = await runInMemory({
      env: {
        AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/production",
        AWS_OIDC_VERIFY: "none",
      },
    });
    expect(stdout).toMatch(/^ {2}account {6}210987654321$/m);
    expect(stdout).toMatch(new RegExp(`^ {2}through {6}${ROLE_ARN}$`, "m"));
  });

  it("tells of the first repetition, and of the first that asks another Region", async () => {
    const failures = [
      (target: StsTarget) => stsError({ kind: "network", code: "ECONNRESET" }, "read ECONNRESET", { target }),
      ...Array.from(
        { length: 4 },
        () => (target: StsTarget) => refusal("Throttling", "Rate exceeded", { target }),
      ),
    ];
    const { exitCode, stdout } = await runInMemory({
      env: { AWS_OIDC_REGION: "eu-central-1", AWS_OIDC_FALLBACK_REGIONS: "eu-west-1" },
      sts: {
        assumeRoleWithWebIdentity: async (input, target) => {
          const failure = failures.shift();
          if (failure !== undefined) throw failure(target);
          return assumedRole(input);
        },
      },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ {2}STS eu-central-1: read ECONNRESET; asking STS eu-west-1$/m);
    expect(stdout).toMatch(/^ {2}STS eu-west-1: Rate exceeded; retrying, for up to \d+ s$/m);
    expect(stdout.match(/ (?:asking|retrying)/g)).toHaveLength(2);
    expect(stdout).toMatch(/^ {2}answered by {2}STS eu-west-1, in \d+\.\d s$/m);
  });
});

describe("a run that fails", () => {
  it("leaves no report, that of an earlier run included", async () => {
    const run = await runInMemory({
      files: { [REPORT]: "AWS_ACCESS_KEY_ID=stale\n" },
      sts: { assumeRoleWithWebIdentity: () => Promise.reject(refusal("AccessDenied", ACCESS_DENIED)) },
    });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("AccessDenied");
    expect([...run.written.keys()]).toEqual([]);
  });

  it("masks new credentials in an answer that quotes them, as AWS does for a wrong signature", async () => {
    const message =
      "The request signature we calculated does not match the signature you provided. The Canonical String for this " +
      `request should have been 'POST\n/\n\nx-amz-security-token:${SESSION_TOKEN}' with ${SECRET_ACCESS_KEY}`;
    const run = await runInMemory({
      env: { AWS_OIDC_DEBUG: "true" },
      sts: {
        getCallerIdentity: () =>
          Promise.reject(refusal("SignatureDoesNotMatch", message, { httpStatus: 403 })),
      },
    });
    expect(run.exitCode).toBe(1);
    expect(run.stdout + run.stderr).toContain("[MASKED]");
    expect(run.stdout + run.stderr).not.toContain(SESSION_TOKEN);
    expect(run.stdout + run.stderr).not.toContain(SECRET_ACCESS_KEY);
  });

  it("reports every problem of the configuration, wrong flags first, and leaves no report", async () => {
    const run = await runInMemory({
      argv: ["assume-role", "--rgion", "eu-west-1"],
      env: { AWS_OIDC_VERIFY: "maybe" },
      files: { [REPORT]: "AWS_ACCESS_KEY_ID=stale\n" },
    });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toMatch(
      /^✖ The configuration has 2 problems; nothing was sent to AWS\.\n\n {2}--rgion: /,
    );
    expect(run.stderr).toContain('\n  verify: "maybe"\n');
    expect(run.written.size).toBe(0);
  });

  it("goes no further for a wrong flag, even if all else is right", async () => {
    const run = await runInMemory({ argv: ["assume-role", "--rgion", "eu-west-1"] });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.written.size).toBe(0);
  });

  it("says that a report would be too large, and writes none", async () => {
    const sessionToken = new Secret("t".repeat(5000), "session token");
    const run = await runInMemory({
      sts: {
        assumeRoleWithWebIdentity: async (input) => {
          const { arn, credentials } = assumedRole(input);
          return { arn, credentials: { ...credentials, sessionToken } };
        },
      },
    });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("REPORT_TOO_LARGE");
    expect(run.written.size).toBe(0);
  });
});

describe("files that cannot be written or removed", () => {
  it.each([
    ["ENOSPC", "Free space on the runner's disk"],
    ["EDQUOT", "Free some of the runner user's disk quota"],
    ["ENOENT", "The job's working folder disappeared"],
    ["EACCES", "Run the job in a folder that its user can write to."],
  ])("a report with %s", async (code, hint) => {
    const writeWhole = (path: string) => {
      if (path === REPORT) throw platformError(code);
    };
    const run = await runInMemory({ failing: { writeWhole } });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(
      new RegExp(`^✖ aws-oidc-31337\\.env: the report cannot be written \\(${code}\\)\n`),
    );
    expect(run.stderr).toContain(`REPORT_NOT_WRITTEN\n  → ${hint}`);
  });

  it.each(["EISDIR", "ERR_FS_EISDIR"])("a folder in the report's place: %s", async (code) => {
    const remove = (path: string) => {
      if (path === REPORT) throw platformError(code);
    };
    const run = await runInMemory({ failing: { remove } });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^✖ aws-oidc-31337\.env: .* cannot be replaced \(EISDIR\)\n/);
    expect(run.stderr).toContain("→ Remove the folder with that name");
  });

  it("a failure without a code", async () => {
    const remove = () => {
      throw new Error("no code");
    };
    const run = await runInMemory({ failing: { remove } });
    expect(run.stderr).toContain("cannot be replaced (unknown reason)");
  });
});
