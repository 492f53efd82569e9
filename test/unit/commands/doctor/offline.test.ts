import { describe, expect, it } from "vitest";
import type { Problem } from "../../../../src/foundation/checked.ts";
import { AwsOidcError } from "../../../../src/foundation/errors.ts";
import { TimeLimitError, UnsuitableFileError } from "../../../../src/foundation/ports.ts";
import { buildIdTokenClaims } from "../../../../stand-ins/gitlab-job.ts";
import { findSecrets } from "../../../harness/secret-search.ts";
import { expectToldProblems } from "../../../harness/told-problems.ts";
import { encodeJwt } from "../../../harness/unsigned-jwt.ts";
import { type OfflineRun, runDoctorOffline } from "./run-offline.ts";

const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
const SUB = "project_path:acme/shop:ref_type:branch:ref:main";

function policyOf(conditions: object): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: PROVIDER },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: conditions,
      },
    ],
  });
}

const AUDIENCE = { "gitlab.com:aud": "https://gitlab.com" };
const EXACT = policyOf({ StringEquals: { ...AUDIENCE, "gitlab.com:sub": SUB } });
const CLAIMS = buildIdTokenClaims("https://gitlab.com", {}, new Date("2026-11-23T04:00:00Z"));

const run = (
  flags: readonly string[],
  files: Parameters<typeof runDoctorOffline>[1] = { "policy.json": EXACT },
  input?: Parameters<typeof runDoctorOffline>[2],
) => runDoctorOffline(flags, files, input);

function printed({ exitCode, stdout, stderr }: OfflineRun): string {
  return `exit code ${exitCode}\n${stdout}${stderr === "" ? "" : `--- stderr\n${stderr}`}`;
}

const POLICY = ["--trust-policy", "policy.json"];
const MAIN = ["--project", "acme/shop", "--branch", "main"];

async function decisionOf(flags: readonly string[], files?: Readonly<Record<string, string>>) {
  const { stdout, exitCode } = await run([...POLICY, ...flags, "--format", "json"], files);
  return { decision: JSON.parse(stdout).trustPolicy.decision, exitCode };
}

describe("a job that is described by flags", () => {
  it("is admitted", async () => {
    const told = printed(await run([...POLICY, ...MAIN]));
    expect(told).toMatch(
      /^exit code 0\n✔ ID token +claims of project_path:acme\/shop:ref_type:branch:ref:main$/m,
    );
    expect(told).toMatch(/^✔ Trust policy +Statement\[0\] allows this job\n +Not visible from here: /m);
    expect(told).toMatch(/\n\n✔ .+\n$/);
  });

  it.each([
    [["--branch", "main"], "allow", 0],
    [["--branch", "next"], "deny", 1],
    [["--tag", "main"], "deny", 1],
    [["--merge-request", "main"], "allow", 0],
    [["--merge-request", "feature"], "deny", 1],
    [["--branch", "main", "--merge-request"], "allow", 0],
    [["--branch", "main", "--audience", "sts.amazonaws.com"], "deny", 1],
    [["--branch", "main", "--issuer", "https://gitlab.example.com"], "deny", 1],
    [["--branch", "main", "--environment", "production"], "allow", 0],
    [["--branch", "main", "--role-arn", "arn:aws:iam::210987654321:role/deploy"], "deny", 1],
  ])("with %j gets the decision %s and the exit code %i", async (flags, decision, exitCode) => {
    expect(await decisionOf(["--project", "acme/shop", ...flags])).toEqual({ decision, exitCode });
  });

  it("is told what was not said of it, and stays open", async () => {
    const policy = policyOf({
      StringEquals: { ...AUDIENCE, "gitlab.com:sub": SUB, "gitlab.com:project_id": "4711" },
    });
    const files = { "policy.json": policy };
    expect(printed(await run([...POLICY, ...MAIN], files))).toMatchInlineSnapshot(`
      "exit code 0
      ✔ ID token      claims of project_path:acme/shop:ref_type:branch:ref:main
                      iss  https://gitlab.com
                      aud  https://gitlab.com
                      sub  project_path:acme/shop:ref_type:branch:ref:main
      ? Trust policy  whether it allows this job depends on claims that were not given
                      Statement[0] also tests gitlab.com:project_id, not given here.

      ? This does not show whether AWS gives the role; open: Trust policy

        → Add --project-id (on the page of the project).
      "
    `);
    expect(await decisionOf([...MAIN, "--project-id", "4711"], files)).toEqual({
      decision: "allow",
      exitCode: 0,
    });
    expect(await decisionOf([...MAIN, "--project-id", "1"], files)).toEqual({
      decision: "deny",
      exitCode: 1,
    });
  });
});

describe("the claims of a token in a file", () => {
  const files = { "policy.json": EXACT, "claims.json": JSON.stringify(CLAIMS) };
  const flags = [...POLICY, "--claims", "claims.json"];

  it("are admitted, without a word on the person", async () => {
    const { stdout, exitCode } = await run(flags, files);
    expect(stdout).toContain("✔ Trust policy  Statement[0] allows this job");
    expect(stdout).not.toMatch(/\bada\b/);
    expect(exitCode).toBe(0);
  });

  it("are shown whole to who asks for that", async () => {
    const { stdout } = await run([...flags, "--personal-claims", "shown"], files);
    expect(stdout).toMatch(/user_email +ada@example\.com/);
    expect(stdout).toMatch(/user_login +ada$/m);
  });

  it("keep an address back even where the policy names it too", async () => {
    const policy = policyOf({
      StringEquals: { "gitlab.com:user_email": "ada@example.com", "gitlab.com:sub": "x" },
    });
    const { stdout } = await run([...flags, "--format=json"], { ...files, "policy.json": policy });
    expect(JSON.parse(stdout).trustPolicy.decision).toBe("deny");
    expect(stdout).not.toContain("ada@example.com");
  });

  it("keep back whatever a correction of the policy repeats", async () => {
    const policy = policyOf({ StringEquals: { ...AUDIENCE, "gitlab.com:user_login": "ada*" } });
    const { stdout } = await run([...flags, "--format=json"], { ...files, "policy.json": policy });
    expect(JSON.parse(stdout).trustPolicy.findings).toContainEqual(
      expect.objectContaining({ id: "eq-wildcard" }),
    );
    expect(stdout).not.toContain("ada*");
  });

  it("say that the policy depends on what cannot be seen from here", async () => {
    const policy = policyOf({
      StringEquals: { ...AUDIENCE, "gitlab.com:sub": SUB },
      IpAddress: { "aws:SourceIp": "192.0.2.1" },
    });
    const result = await run(flags, { ...files, "policy.json": policy });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toMatch(
      /^\? Trust policy +whether it allows this job depends on what cannot be seen/m,
    );
    expect(result.stdout).toContain("This does not show whether AWS gives the role; open: Trust policy");
  });
});

describe("an ID token as it is", () => {
  const token = encodeJwt(CLAIMS);
  const flags = [...POLICY, "--claims"];

  it.each([
    ["from a file", "token.jwt", ""],
    ["from a file that ends with a line break", "line.jwt", ""],
    ["from standard input", "-", `${token}\r\n`],
  ])("is decoded %s, and never shown", async (_, path, input) => {
    const files = { "policy.json": EXACT, "token.jwt": token, "line.jwt": `${token}\n` };
    const { exitCode, stdout } = await run([...flags, path], files, input);
    expect(stdout).toContain("✔ Trust policy  Statement[0] allows this job");
    expect(stdout).toContain(`claims of ${SUB}\n`);
    expect(findSecrets(stdout, [token])).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it("says when it has expired, and goes on", async () => {
    const old = encodeJwt(buildIdTokenClaims("https://gitlab.com", {}, new Date("2026-11-20T04:00:00Z")));
    const { exitCode, stdout } = await run([...flags, "-"], undefined, old);
    expect(stdout).toMatch(/It expired at 2026-11-20 0\d:\d\d:00 UTC; its claims are compared anyway\./);
    expect(exitCode).toBe(0);
  });

  it("stays masked where a policy has it in it", async () => {
    const policy = policyOf({ StringEquals: { ...AUDIENCE, "gitlab.com:sub": token } });
    for (const format of ["text", "json"]) {
      const told = await run([...flags, "-", "--format", format], { "policy.json": policy }, token);
      expect(findSecrets(told.stdout, [token])).toEqual([]);
      expect(told.exitCode).toBe(1);
    }
  });

  it.each([
    ["is cut off", token.slice(0, 40), "--claims: something that is not a JSON Web Token"],
    ["has another one behind it", `${token} ${token}`, "--claims: a token that contains white space"],
    [
      "has two audiences",
      encodeJwt({ ...CLAIMS, aud: ["a", "b"] }),
      '--claims, claim "aud": 2 audiences: a, b',
    ],
    [
      "has no time",
      encodeJwt({ ...CLAIMS, exp: "soon" }),
      '--claims, claim "exp": missing or of the wrong type',
    ],
  ])("is refused when it %s", async (_, text, problem) => {
    const { exitCode, stderr } = await run([...flags, "-"], undefined, text);
    expect(stderr).toContain(`  ${problem}\n`);
    expect(findSecrets(stderr, [token])).toEqual([]);
    expect(exitCode).toBe(2);
  });
});

describe("standard input", () => {
  const flags = ["--trust-policy", "-", ...MAIN];

  it("holds a trust policy, as `aws iam get-role` prints it", async () => {
    const answer = JSON.stringify({ Role: { AssumeRolePolicyDocument: JSON.parse(EXACT) } });
    const { exitCode, stdout } = await run(flags, {}, answer);
    expect(stdout).toContain("✔ Trust policy  Statement[0] allows this job");
    expect(exitCode).toBe(0);
  });

  it("holds the text of an error", async () => {
    const { exitCode, stdout } = await run(["--explain", "-"], {}, "ExpiredTokenException: Token expired\n");
    expect(stdout).toMatch(/^✖ .*expired/);
    expect(exitCode).toBe(0);
  });

  const wrong: readonly {
    readonly what: string;
    readonly argv?: readonly string[];
    readonly input: string | Error;
    readonly problem: string;
  }[] = [
    { what: "is empty", input: " \n", problem: "--trust-policy: nothing came on standard input" },
    {
      what: "is a terminal",
      input: new UnsuitableFileError("a terminal"),
      problem: "--trust-policy: standard input is a terminal",
    },
    {
      what: "is too large",
      argv: ["--claims", "-"],
      input: new UnsuitableFileError("more than 64 KiB"),
      problem: "--claims: standard input is more than 64 KiB",
    },
    {
      what: "never ends",
      input: new TimeLimitError(600_000),
      problem: "--trust-policy: standard input did not end within 10 minutes",
    },
    {
      what: "is asked for twice",
      argv: ["--trust-policy", "-", "--claims", "-"],
      input: EXACT,
      problem: "--trust-policy, --claims: - given 2 times",
    },
    {
      what: "holds something else",
      input: "An error occurred",
      problem: "--trust-policy: standard input contains no trust policy",
    },
  ];

  it.each(wrong)("is a problem when it $what", async ({ argv = flags, input, problem }) => {
    const { exitCode, stdout, stderr } = await run(argv, {}, input);
    expect(stderr).toContain(`  ${problem}\n`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  it("is given up when the run is cancelled", async () => {
    const cancelled = new AwsOidcError("CANCELLED", "cancelled", { hint: "Retry.", cause: "SIGINT" });
    expect(await run(flags, {}, cancelled)).toMatchObject({ exitCode: 130 });
  });

  it.each([
    [
      "text",
      "ROLE\tarn:aws:iam::123456789012:role/deploy\t2026-01-01\nASSUMEROLEPOLICYDOCUMENT\t2012-10-17\n",
    ],
    ["text", "2012-10-17\nSTATEMENT\tsts:AssumeRoleWithWebIdentity\tAllow\n"],
    ["a table", "-----------------------\n|        GetRole      |\n+---------------------+\n"],
    ["YAML", "Role:\n  Arn: arn:aws:iam::123456789012:role/deploy\n"],
  ])("in the AWS CLI's other formats is told so: %s", async (format, input) => {
    const { exitCode, stderr } = await run(flags, {}, input);
    expect(stderr).toContain(`standard input contains ${format}, as the AWS CLI prints it`);
    expect(stderr).toContain(
      "→ Add --output json:\n      aws iam get-role --role-name <role> --output json |\n        node aws-oidc.cjs",
    );
    expect(exitCode).toBe(2);
  });
});

describe("nothing that decides", () => {
  const wide = policyOf({ StringLike: { ...AUDIENCE, "gitlab.com:sub": "project_path:acme/*" } });
  const cases: readonly { what: string; flags: readonly string[]; policy?: string; verdict: string }[] = [
    { what: "claims without a policy", flags: MAIN, verdict: "unknown" },
    { what: "a policy without claims", flags: POLICY, verdict: "unknown" },
    {
      what: "a policy that asks for what nobody told",
      flags: [...POLICY, ...MAIN],
      policy: policyOf({
        StringEquals: { ...AUDIENCE, "gitlab.com:sub": SUB, "gitlab.com:project_id": "1" },
      }),
      verdict: "unknown",
    },
    { what: "a policy that is too wide", flags: [...POLICY, ...MAIN], policy: wide, verdict: "too-wide" },
  ];

  it.each(cases)(
    "$what: $verdict, exit code 1 only with --strict",
    async ({ flags, policy = EXACT, verdict }) => {
      const files = { "policy.json": policy };
      const { stdout, exitCode } = await run(flags, files);
      expect(stdout).not.toMatch(/^✔ (?!ID token|Trust policy)/m);
      expect(exitCode).toBe(0);
      const strict = await run([...flags, "--strict", "--format", "json"], files);
      expect(JSON.parse(strict.stdout)).toMatchObject({ schemaVersion: 1, verdict });
      expect(strict.exitCode).toBe(1);
    },
  );

  it("says what to give", async () => {
    expect((await run(MAIN)).stdout).toContain("  → Pass the role's trust policy with --trust-policy.\n");
    expect((await run(POLICY)).stdout).toContain("  → Describe the job with --project and one of --branch");
  });

  it("is not what --strict is for where all is well", async () => {
    expect(await run([...POLICY, ...MAIN, "--strict"])).toMatchObject({ exitCode: 0 });
  });
});

describe("a trust policy alone", () => {
  it("is searched for the known mistakes", async () => {
    const wide = policyOf({ StringEquals: { "gitlab.com:sub": "project_path:acme/*" } });
    expect(printed(await run(POLICY, { "policy.json": wide }))).toMatchInlineSnapshot(`
      "exit code 1
      – ID token      no claims given: see --claims and --project
      ✖ Trust policy  The trust policy has a mistake, so it never matches
                      ! never matches (eq-wildcard),
                        Statement[0].Condition.StringEquals["gitlab.com:sub"]: "StringEquals" takes "*"
                        and "?" literally, so "gitlab.com:sub" never matches. Use "StringLike". That alone
                        would make the policy too wide: narrow it first.
                      ! too wide (no-aud), Statement[0].Condition: "Condition" does not test
                        "gitlab.com:aud": tokens for any audience of the provider are accepted. Add it
                        under "StringEquals".

      ✖ The trust policy has a mistake, so it never matches

        Statement[0].Condition.StringEquals["gitlab.com:sub"]
        "StringEquals" takes "*" and "?" literally, so "gitlab.com:sub" never matches. Use "StringLike".
        That alone would make the policy too wide: narrow it first.
        → Correct it in the policy.

      ! The trust policy is too wide: see the findings above
      "
    `);
  });

  it("that IAM would not accept blocks the job", async () => {
    const { stdout, exitCode } = await run(POLICY, { "policy.json": EXACT.replace("Allow", "allow") });
    expect(stdout).toMatch(/✖ Trust policy +This is not a valid trust policy: IAM refuses it/);
    expect(stdout).toContain("Statement[0].Effect");
    expect(exitCode).toBe(1);
  });
});

describe("a wrong use", () => {
  it("is told all at once, and ends with exit code 2", async () => {
    const result = await run([
      ...["--trust-policy", "nowhere.json", "--project", "shop", "--branch", "a", "--tag", "b"],
      ...["--issuer", "gitlab.com", "--project-id", "x", "--format", "xml", "--colour"],
    ]);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expectToldProblems(result, [
      ["--colour", "not an option of this command"],
      ["--format", /^"xml" one of text, json/],
      ["--issuer", /^"gitlab.com" .*Write https:\/\//],
      ["--project", /^"shop" a project's path/],
      ["--branch, --tag, --merge-request", "--branch and --tag"],
      ["--project-id", /^"x" a whole number/],
      ["--trust-policy", /^"nowhere.json" cannot be read \(ENOENT\)/],
    ]);
  });

  const policy = [...POLICY, ...MAIN];
  const claims = ["--claims", "c"];
  const wrong: readonly { what: string; flags: readonly string[]; file?: string; found: string }[] = [
    {
      what: "a policy that is not JSON",
      flags: policy,
      file: "Version: 2012",
      found: "contains no trust policy",
    },
    { what: "a policy that is something else", flags: policy, file: "[]", found: "contains no trust policy" },
    {
      what: "the policies of several roles",
      flags: policy,
      file: '{"build":{"Statement":[]},"deploy":{"Statement":[]}}',
      found: "contains no trust policy",
    },
    {
      what: "a project as `git clone` names it",
      flags: ["--project", "acme/shop.git", "--branch", "main"],
      found: '"acme/shop.git"',
    },
    {
      what: "claims that are no JSON",
      flags: claims,
      file: "eyJhbGciOi",
      found: "something that is not a JSON Web Token",
    },
    {
      what: "claims without a subject",
      flags: claims,
      file: '{"iss":"https://a","aud":["b"]}',
      found: "no text for sub",
    },
    {
      what: "claims with two audiences",
      flags: claims,
      file: '{"iss":"i","sub":"s","aud":["b","c"]}',
      found: "no text for aud",
    },
    {
      what: "claims and a description",
      flags: [...claims, ...MAIN],
      file: "{}",
      found: "together with --project, --branch",
    },
    { what: "a project without a ref", flags: ["--project", "acme/shop"], found: "none of them" },
    {
      what: "a merge request without a branch",
      flags: ["--project", "acme/shop", "--merge-request"],
      found: "--merge-request",
    },
    { what: "nothing at all", flags: [], found: "no job, claims or trust policy" },
    {
      what: "a role alone",
      flags: ["--role-arn", "arn:aws:iam::123456789012:role/deploy"],
      found: "no job, claims or trust policy",
    },
    {
      what: "a detail of no job",
      flags: [...POLICY, "--environment", "x"],
      found: "without --project or --claims",
    },
    {
      what: "a project that a variable lost",
      flags: [...POLICY, "--project="],
      found: "--project: an empty value",
    },
    { what: "a switch with a value", flags: [...policy, "--strict=yes"], found: '--strict: "yes"' },
    { what: "an invalid role", flags: [...MAIN, "--role-arn", "deploy"], found: "is not an ARN" },
  ];

  it.each(wrong)("is $what, for machines too", async ({ flags, file = "", found }) => {
    const files = { "policy.json": file, c: file };
    const { stderr, stdout, exitCode } = await run([...flags, "--format", "json"], files);
    const { verdict, problems } = JSON.parse(stdout);
    expect({ verdict, stderr, exitCode }).toEqual({ verdict: "misconfigured", stderr: "", exitCode: 2 });
    const told = problems.map(({ subject, found: what }: Problem) => `${subject}: ${what}`).join("\n");
    expect(told).toContain(found);
  });

  it.each(wrong)("is $what", async ({ flags, file = "", found }) => {
    const { stderr, stdout, exitCode } = await run(flags, { "policy.json": file, c: file });
    expect(stderr).toContain(found);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

describe("--explain", () => {
  const text = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";

  it("explains an error of another tool, as text and for machines", async () => {
    const { stdout, exitCode } = await run(["--explain", text]);
    expect(stdout).toMatch(/^✖ AWS refused: the trust policy of <role> does not admit this job/);
    expect(stdout).toMatch(/code +AccessDenied$/m);
    expect(exitCode).toBe(0);
    const json = await run(["--explain", text, "--format", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: "explained",
      explanation: { id: "trust-denied" },
    });
  });

  it("explains a connection that failed", async () => {
    expect((await run(["--explain", "connect ECONNREFUSED"])).stdout).toMatch(/^✖ The server refused/);
  });
});
