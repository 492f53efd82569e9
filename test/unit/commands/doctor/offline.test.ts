import { describe, expect, it } from "vitest";
import { runCli } from "../../../../src/cli.ts";
import { buildIdTokenClaims } from "../../../fakes/gitlab-job.ts";
import { createMemoryHost } from "../../../harness/memory-host.ts";

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

const noNetwork = (): never => {
  throw new Error("the doctor asks nobody offline");
};

/** The doctor on a laptop: no job, no network, a policy and perhaps claims in files. */
async function run(
  flags: readonly string[],
  files: Readonly<Record<string, string>> = { "policy.json": EXACT },
) {
  const host = createMemoryHost({ env: { NO_COLOR: "1" }, files });
  const exitCode = await runCli(["doctor", ...flags], host, {
    connectSts: noNetwork,
    fetchPage: noNetwork,
    findWay: noNetwork,
  });
  return { exitCode, stdout: host.stdout(), stderr: host.stderr() };
}

function printed({ exitCode, stdout, stderr }: Awaited<ReturnType<typeof run>>): string {
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
    expect(printed(await run([...POLICY, ...MAIN]))).toMatchInlineSnapshot(`
      "exit code 0
      ✔ ID token      claims of project_path:acme/shop:ref_type:branch:ref:main
                      iss  https://gitlab.com
                      aud  https://gitlab.com
                      sub  project_path:acme/shop:ref_type:branch:ref:main
      ✔ Trust policy  Statement[0] allows this job
                      Not visible from here: policies of the AWS organization (SCP, RCP) and of VPC endpoints.

      ✔ Nothing that was looked at stands in the way
      "
    `);
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
      ? Trust policy  whether it allows this job turns on claims that were not given
                      Statement[0] also tests gitlab.com:project_id, of which nothing was said here.
                      → Add --project-id: the number is on the page of the project or group.

      ✔ Nothing that was looked at stands in the way; open: Trust policy
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

  it("say that the policy turns on what cannot be seen from here", async () => {
    const policy = policyOf({
      StringEquals: { ...AUDIENCE, "gitlab.com:sub": SUB },
      IpAddress: { "aws:SourceIp": "192.0.2.1" },
    });
    const result = await run(flags, { ...files, "policy.json": policy });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toMatch(
      /^\? Trust policy +whether it allows this job turns on what cannot be seen/m,
    );
    expect(result.stdout).toContain("Nothing that was looked at stands in the way; open: Trust policy");
  });
});

describe("a trust policy alone", () => {
  it("is searched for the known mistakes", async () => {
    const wide = policyOf({ StringEquals: { "gitlab.com:sub": "project_path:acme/*" } });
    expect(printed(await run(POLICY, { "policy.json": wide }))).toMatchInlineSnapshot(`
      "exit code 1
      – ID token      no claims were given: see --claims and --project
      ✖ Trust policy  The trust policy has a mistake by which it never matches
                      ! never matches (eq-wildcard), Statement[0].Condition.StringEquals["gitlab.com:sub"]: "StringEquals" takes "*" and "?" literally, so "gitlab.com:sub" never matches. Use "StringLike". With that alone the policy would be too wide: narrow it first.
                      ! too wide (no-aud), Statement[0].Condition: "Condition" does not ask for "gitlab.com:aud": tokens made for any audience of the provider are taken. Add it under "StringEquals".

      ✖ The trust policy has a mistake by which it never matches

        Statement[0].Condition.StringEquals["gitlab.com:sub"]
        "StringEquals" takes "*" and "?" literally, so "gitlab.com:sub" never matches. Use "StringLike".
        With that alone the policy would be too wide: narrow it first.
        → Correct it in the policy.

      ! The trust policy is too wide: see what is said of it above
      "
    `);
  });

  it("that IAM would not take stands in the way", async () => {
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
    expect(printed(result)).toMatchInlineSnapshot(`
      "exit code 2
      --- stderr
      ✖ The configuration has 7 problems.

        --colour: not an option of this command
          expected an option of doctor
          → Run \`doctor --help\` for the list.

        --issuer: "gitlab.com"
          expected the \`iss\` of the tokens: a URL such as https://gitlab.example.com
          → Write https:// and the host.

        --project: "shop"
          expected the path of a project with its groups: acme/shop
          → Copy it from the project's URL, without the host.

        --branch, --tag, --merge-request: --branch and --tag
          expected one of them, since a pipeline runs for one ref
          → Give --branch main, --tag v1.2.3 or --merge-request my-branch.

        --project-id: "x"
          expected a whole number
          → Copy it from the page of the project or group, where it is called ID.

        --trust-policy: "nowhere.json" cannot be read (ENOENT)
          expected the path of a regular file of at most 64 KiB
          → Check the path; for a file of the repository set \`git-strategy: fetch\` too.

        --format: "xml"
          expected one of text, json
          → Set --format to one of these words, in lower case.
      "
    `);
  });

  const policy = [...POLICY, ...MAIN];
  const claims = ["--claims", "c"];
  const wrong: readonly { what: string; flags: readonly string[]; file?: string; found: string }[] = [
    {
      what: "a policy that is no JSON",
      flags: policy,
      file: "Version: 2012",
      found: "holds no trust policy",
    },
    { what: "a policy that is something else", flags: policy, file: "[]", found: "holds no trust policy" },
    { what: "claims that are no JSON", flags: claims, file: "eyJhbGciOi", found: "holds no JSON object" },
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
    { what: "nothing at all", flags: [], found: "neither a job nor claims nor a trust policy" },
    { what: "a role that is none", flags: [...MAIN, "--role-arn", "deploy"], found: "is not an ARN" },
  ];

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
    expect(JSON.parse(json.stdout)).toMatchObject({ id: "trust-denied" });
  });

  it("admits what it does not know", async () => {
    const { stdout } = await run(["--explain", "something odd"]);
    expect(stdout).toMatch(/^✖ AWS refused: unknown code, something odd\n {2}message {2}something odd\n/);
  });

  it("explains a connection that failed", async () => {
    expect((await run(["--explain", "connect ECONNREFUSED"])).stdout).toMatch(/^✖ STS .* ECONNREFUSED/);
  });
});
