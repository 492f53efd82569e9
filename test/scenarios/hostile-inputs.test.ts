import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Text that a terminal or GitLab's log would act upon, and how it is shown. */
const SENT = "a\u001b[2Jb\rc\u009bd\u202ee\nf section_start:1:x\r\u001b[0K";
const SHOWN = "a\\u001b[2Jb\\u000dc\\u009bd\\u202ee\\u000af section\\u005fstart:1:x\\u000d\\u001b[0K";

describe("a token that was pasted into the wrong place, and that nobody told the script of", () => {
  it.each([
    "AWS_OIDC_ROLE_ARN",
    "AWS_OIDC_REGION",
    "AWS_OIDC_SESSION_NAME",
    "AWS_OIDC_SESSION_POLICY",
    "AWS_OIDC_SESSION_POLICY_FILE",
    "AWS_OIDC_MANAGED_SESSION_POLICIES",
    "AWS_OIDC_ALLOWED_ACCOUNT_IDS",
    "AWS_OIDC_VARIABLE_PREFIX",
    "AWS_OIDC_STS_ENDPOINT",
    "AWS_OIDC_TIMEOUT_SECONDS",
    "AWS_OIDC_VERIFY",
    "AWS_REGION",
    "AWS_MAX_ATTEMPTS",
    "AWS_CA_BUNDLE",
    "HTTP_PROXY",
  ])("is not shown: %s", async (name) => {
    const other = world.mintToken({ jobId: "31338" });
    const run = await runInWorld(world, { env: { [name]: other } });
    expect(findSecrets(run.stdout + run.stderr, other.split("."))).toEqual([]);
  });

  it("nor in a flag", async () => {
    const other = world.mintToken({ jobId: "31338" });
    for (const argv of [["assume-role", `--${other}`], [other], ["doctor", "--explain", `no: ${other}`]]) {
      const run = await runInWorld(world, { argv });
      expect(findSecrets(run.stdout + run.stderr, other.split("."))).toEqual([]);
    }
  });
});

describe("claims that hold more than text", () => {
  const run = (claims: Readonly<Record<string, unknown>>, argv = ["doctor", "--personal-claims=shown"]) =>
    runInWorld(world, { argv, env: { GITLAB_OIDC_TOKEN: world.mintToken({ claims }) } });

  it.each(["ref", "project_path", "environment", "user_login"])(
    "are shown on one line, by the doctor: %s",
    async (name) => {
      const { stdout, stderr } = await run({ user_email: "x", [name]: SENT });
      expect(stdout).toContain(`${name} `);
      expect(stdout + stderr).toContain(SHOWN);
      expect(stdout + stderr).not.toMatch(/(?![\n\t])\p{Cc}|\u202e/u);
    },
  );

  it("are shown on one line after a refusal", async () => {
    const { stderr } = await run({ sub: SENT, ref: SENT }, ["assume-role"]);
    expect(unwrapped(stderr)).toContain(`token sub ${unwrapped(SHOWN)} `);
  });

  it.each([
    ["half of a surrogate pair", "ada\ud800@example.org"],
    ["an object that makes no text of itself", { toString: "x", valueOf: "y" }],
    ["a list of lists", [[["a"]]]],
    ["null", null],
  ])("are no reason to break down: %s", async (_, value) => {
    for (const argv of [["assume-role"], ["doctor"], ["doctor", "--format=json"], ["trust-policy"]]) {
      const claims = {
        ref: value,
        user_email: value,
        project_path: value,
        environment: value,
        "\ud800": value,
      };
      const { stdout, stderr, exitCode } = await run(claims, argv);
      expect(stdout + stderr).not.toContain("This is a bug");
      expect([0, 1, 2]).toContain(exitCode);
    }
  });

  it("are refused when nobody could write them down again", async () => {
    const nested: unknown = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`);
    const { stderr, exitCode } = await run({ ref: nested }, ["assume-role"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("GITLAB_OIDC_TOKEN: ");
  });
});

describe("a trust policy with far too much in it", () => {
  it.each([
    ["colons", ":".repeat(30_000)],
    ["names", Array.from({ length: 5000 }, (_, index) => `n${index}:v`).join(":")],
    ["wildcards", "*a".repeat(10_000)],
    ["control characters", SENT],
  ])("is explained without a flood, and at once: %s", async (_, value) => {
    const statement = (operator: string) => ({
      Effect: "Allow",
      Principal: {
        Federated: `arn:aws:iam::123456789012:oidc-provider/${world.issuer.iss.replace("https://", "")}`,
      },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { [operator]: { [`${world.issuer.iss.replace("https://", "")}:sub`]: value } },
    });
    const policy = { Version: "2012-10-17", Statement: [statement("StringEquals")] };
    const prepare = (folder: string): void => writeFileSync(join(folder, "p.json"), JSON.stringify(policy));
    const run = await runInWorld(world, { argv: ["doctor", "--trust-policy-file=p.json"], prepare });
    expect(run.stdout + run.stderr).not.toContain("This is a bug");
    expect(run.stdout).toContain("Trust policy");
    expect(run.stdout.length).toBeLessThan(100_000);
    expect(run.elapsedMs).toBeLessThan(30_000);
  });
});

it("takes colours and marks out of an error that is to be explained, and shows what it says", async () => {
  const text = `An error occurred (Teapot) when calling the X operation: ${SENT}`;
  const { stdout } = await runInWorld(world, { argv: ["doctor", "--explain", text] });
  expect(stdout).toMatch(/^ {2}message +ab cde f/m);
  expect(stdout).not.toMatch(/(?![\n\t])\p{Cc}|\u202e|section_start/u);
});
