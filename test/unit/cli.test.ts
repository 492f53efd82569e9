import { describe, expect, it } from "vitest";
import { examplesOf } from "../../src/config/inputs/usage.ts";
import { AwsOidcError, type ErrorCode } from "../../src/foundation/errors.ts";
import { VERSION } from "../../src/foundation/version.ts";
import { JOB_ENVIRONMENT } from "../harness/assume-role-config.ts";
import { type InMemoryOptions, runInMemory } from "../harness/run-in-memory.ts";

const COMMANDS = ["assume-role", "doctor", "trust-policy", "migrate", "sandbox"];

describe("without a run", () => {
  it.each([["--version"], ["-V"], ["version"]])("prints the version for %s", async (word) => {
    expect(await runInMemory({ argv: [word] })).toMatchObject({
      exitCode: 0,
      stdout: `${VERSION}\n`,
      stderr: "",
    });
  });

  it.each([[["--help"]], [["-h"]], [["help"]]])("prints the help for %j", async (argv) => {
    const { exitCode, stdout, stderr } = await runInMemory({ argv });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const name of COMMANDS) expect(stdout).toContain(`\n  ${name} `);
  });

  it.each([
    ["--help behind it", (name: string) => [name, "--help"]],
    ["-h behind it", (name: string) => [name, "-h"]],
    ["help before it", (name: string) => ["help", name]],
  ])("prints the help of every command for %s", async (_, argvFor) => {
    for (const name of COMMANDS) {
      const { exitCode, stdout } = await runInMemory({ argv: argvFor(name) });
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Usage: node aws-oidc.cjs ${name} [options]`);
    }
  });

  it.each([
    [["asume-role"], '"asume-role"'],
    [["--role-arn", "x"], '"--role-arn"'],
    [["help", "doktor"], '"doktor"'],
  ])("lists the commands for %j", async (argv, found) => {
    const { exitCode, stdout, stderr } = await runInMemory({ argv });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(
      `command: ${found}\n    expected one of ${[...COMMANDS, "completion"].join(", ")}\n`,
    );
  });
});

it("prints the help, as a mistake, where nothing is asked", async () => {
  const { exitCode, stdout, stderr } = await runInMemory({ argv: [] });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("Usage: node aws-oidc.cjs <command> [options]");
});

describe("flags", () => {
  const roleOf = (...flags: readonly string[]) =>
    runInMemory({ argv: ["assume-role", ...flags], env: { AWS_OIDC_ROLE_ARN: "of the variable" } });

  it.each([[["--role-arn", "of the flag"]], [["--role-arn=of the flag"]]])(
    "give the value in %j",
    async (flags) => {
      const { stderr } = await roleOf(...flags);
      expect(stderr).toContain('--role-arn: "of the flag" contains white space');
    },
  );

  it("may hold line breaks and equals signs behind their own", async () => {
    const { stderr } = await roleOf("--role-arn=arn:a=b\nc");
    expect(stderr).toContain('--role-arn: "arn:a=b\\nc" contains white space');
  });

  it("may be empty where a variable is, which no name is proposed for", async () => {
    const { stderr } = await roleOf("--session-name", "");
    expect(stderr).toContain('--session-name: ""\n');
    expect(stderr).toContain("→ Omit it, or check that the variable it comes from is set");
  });

  it.each([
    [["--role-arn"], "--role-arn: no value"],
    [["--role-arn", "old", "--role-arn=new"], "--role-arn: given 2 times"],
    [["--role-arn", "--region=eu-west-1"], "--role-arn: no value"],
    [["--role"], "--role: not an option of this command"],
    [["--role=x"], "--role: not an option of this command"],
    [["--stage", "x"], "--stage: not an option of this command"],
    [["--Role-Arn", "x"], "--Role-Arn: not an option of this command"],
    [["-r"], "-r: not an option of this command"],
    [["stray"], "stray: not an option of this command"],
    [["--claims", "x"], "--claims: not an option of this command"],
    [["--profile", "x"], "--profile: not an option of this command"],
  ])("are told when they are wrong: %j", async (flags, problem) => {
    const { exitCode, stderr } = await roleOf(...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`\n  ${problem}\n`);
  });
});

describe("the examples of --help work", () => {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "gitlab.com:aud": "https://gitlab.com",
            "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main",
          },
        },
      },
    ],
  });
  const examples = (["assume-role", "doctor", "trust-policy"] as const).flatMap((name) =>
    examplesOf(name, "$0"),
  );

  it.each(examples)("%s", async (example) => {
    const [, line = ""] = example.replaceAll("\\\n", "").split("$0 ");
    const words = line.match(/"[^"]*"|\S+/g) ?? [];
    const argv = words.map((word) => word.replaceAll('"', ""));
    const laptop = { GITLAB_CI: undefined, GITLAB_OIDC_TOKEN: undefined, CI_SERVER_URL: undefined };
    const env = argv[0] === "assume-role" ? {} : laptop;
    const { exitCode, stdout } = await runInMemory({ argv, env, input: policy });
    expect({ exitCode, isAnswered: stdout.length > 100 }).toEqual({ exitCode: 0, isAnswered: true });
  });
});

describe("a near miss gets a hint", () => {
  it.each([
    [["-v"], "Did you mean --version? Run `node aws-oidc.cjs --help`"],
    [["doktor"], "Did you mean doctor? Run `node aws-oidc.cjs --help`"],
    [["trustpolicy"], "Did you mean trust-policy?"],
    [["help", "asume-role"], "Did you mean assume-role?"],
    [["doctor", "--polict", "x"], "Run `node aws-oidc.cjs doctor --help` for the list."],
    [["doctor", "--trust-polcy", "x"], "Did you mean --trust-policy? Run `node aws-oidc.cjs doctor --help`"],
    [["doctor", "--projectId", "1"], "Did you mean --project-id?"],
    [["doctor", "-project", "acme/shop"], "Did you mean --project?"],
    [["doctor", "--format", "jsno"], "Did you mean --format json?"],
    [["assume-role", "--verify", "Identity"], "Did you mean --verify identity?"],
    [["trust-policy", "--format", "cloudfromation"], "Did you mean --format cloudformation?"],
  ])("%j", async (argv, hint) => {
    const { exitCode, stderr } = await runInMemory({ argv, env: { GITLAB_OIDC_TOKEN: undefined } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(hint);
  });

  it("and what is near to nothing gets none", async () => {
    const { stderr } = await runInMemory({ argv: ["doctor", "--colour", "--format", "xml"] });
    expect(stderr).not.toContain("Did you mean");
  });
});

describe("flags of the other commands", () => {
  it("of doctor: its own, and those of assume-role", async () => {
    const argv = ["doctor", "--project", "acme/shop", "--region", "eu-west-1", "--group", "x"];
    const { exitCode, stderr } = await runInMemory({ argv, env: { GITLAB_OIDC_TOKEN: undefined } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--group: not an option of this command");
    expect(stderr).not.toMatch(/--(?:project|region):/);
  });

  it("of trust-policy: its own, of which one without a value is a switch", async () => {
    const argv = ["trust-policy", "--project", "acme/shop", "--any-ref", "--region", "eu-west-1"];
    const { exitCode, stderr } = await runInMemory({ argv });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--region: not an option of this command");
    expect(stderr).not.toMatch(/--(?:project|any-ref):/);
  });
});

/** A run in which the connection to STS throws. */
function throwing(error: unknown, options: InMemoryOptions = {}) {
  return runInMemory({
    ...options,
    connectSts: () => Promise.reject(error),
  });
}

describe("an error that is thrown on purpose", () => {
  it.each<[ErrorCode, string, number]>([
    ["CONFIG_INVALID", "the proxy is not a URL", 2],
    ["CREDENTIALS_SHADOWED", "set already", 2],
    ["REPORT_TOO_LARGE", "too large", 1],
  ])("%s, %s, ends with %i", async (code, message, exitCode) => {
    const run = await throwing(new AwsOidcError(code, message, { hint: "Do this." }));
    expect(run).toMatchObject({ exitCode, stdout: "", stderr: `✖ ${message}\n\n  ${code}\n  → Do this.\n` });
  });
});

it.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
])("a job that %s cancels ends with %i, whatever the message says", async (signal, exitCode) => {
  const error = new AwsOidcError("CANCELLED", "cancelled", { hint: "Retry.", cause: signal });
  expect(await throwing(error)).toMatchObject({ exitCode });
});

describe("an error that nobody expected", () => {
  it("is told as a bug, without its stack", async () => {
    const run = await throwing(new RangeError("Invalid time value"));
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(/^✖ Unexpected: Invalid time value\n\n {2}This is a bug\.\n {2}→ Report it/);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it("is told with its stack where that is asked for", async () => {
    const run = await throwing(new RangeError("Invalid time value"), { env: { AWS_OIDC_DEBUG: "true" } });
    expect(run.stderr).toMatch(/^RangeError: Invalid time value\n\s+at /);
    expect(run.stderr).toContain("✖ Unexpected: Invalid time value");
  });

  it("is told without a stack that it does not have", async () => {
    const error = Object.assign(new Error("thrown far away"), { stack: undefined });
    const run = await throwing(error, { env: { AWS_OIDC_DEBUG: "true" } });
    expect(run.stderr).toMatch(/^thrown far away\n✖ Unexpected: thrown far away\n/);
  });

  it("is told even if it is no error", async () => {
    expect((await throwing("a text", { env: { AWS_OIDC_DEBUG: "true" } })).stderr).toMatch(
      /^✖ Unexpected: a text\n/,
    );
  });
});

describe("secrets of the environment are masked from the start", () => {
  it("the ID token, whole and in parts", async () => {
    const token = JOB_ENVIRONMENT.GITLAB_OIDC_TOKEN ?? "";
    const { stderr } = await throwing(new Error(`${token} and ${token.split(".")[1]}`));
    expect(stderr).toContain("Unexpected: [MASKED] and [MASKED]");
  });

  it.each(["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])("the password of the proxy in %s", async (name) => {
    const env = { [name]: "http://ada:correct-horse@proxy:3128" };
    const { stderr } = await throwing(new Error("cannot connect to http://ada:correct-horse@proxy:3128"), {
      env,
    });
    expect(stderr).toContain("http://ada:[MASKED]@proxy:3128");
  });

  it.each([
    ["without a scheme", "ada:correct-horse@proxy:3128", "correct-horse"],
    ["with a slash and an at sign in it", "http://ada:correct/ho@rse@proxy:3128", "correct/ho@rse"],
    ["percent-encoded, as it is sent", "http://ada:correct%23horse@proxy:3128", "correct#horse"],
  ])("the password of a proxy %s", async (_, proxy, password) => {
    const { stderr } = await throwing(new Error(`refused: ${password}`), { env: { HTTPS_PROXY: proxy } });
    expect(stderr).toContain("Unexpected: refused: [MASKED]\n");
  });

  it.each(["CI_JOB_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])(
    "%s, also in an input that holds it by mistake",
    async (name) => {
      const env = { [name]: "arn:wJalrXUtnFEMI/K7MDENG", AWS_OIDC_ROLE_ARN: "arn:wJalrXUtnFEMI/K7MDENG" };
      const { stderr } = await runInMemory({ env });
      expect(stderr).toContain('role-arn: "[MASKED]" is not an ARN');
    },
  );

  it("and a token of any length", async () => {
    const { exitCode, stderr } = await runInMemory({ env: { GITLAB_OIDC_TOKEN: "a".repeat(130_000) } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("GITLAB_OIDC_TOKEN: something that is not a JSON Web Token");
  });

  it("but not what only looks like a proxy's", async () => {
    const env = { HTTPS_PROXY: "http://proxy:3128", NO_PROXY_PASSWORD: "http://a:not-a-secret@b" };
    const { stderr } = await throwing(new Error("not-a-secret at http://proxy:3128"), { env });
    expect(stderr).toContain("not-a-secret at http://proxy:3128");
  });
});
