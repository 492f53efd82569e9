import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findSecrets } from "../harness/secret-search.ts";
import { findShells, readCommands, runCommands, type Shell } from "../harness/shells.ts";

const JOB = "$[[ inputs.job-name ]]";
const BEFORE_SCRIPT = readCommands("web-identity", JOB, "before_script");
const AFTER_SCRIPT = readCommands("web-identity", JOB, "after_script");

const TOKEN = [
  "eyJoZWFkZXIiOiJvZiB0aGUgdG9rZW4ifQ",
  "eyJwYXlsb2FkIjoib2YgdGhlIHRva2VuIn0",
  "c2lnbmF0dXJlLW9m",
].join(".");
const ENV = {
  CI_JOB_ID: "4711",
  GITLAB_OIDC_TOKEN: TOKEN,
  AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:role/ci/deploy",
  AWS_OIDC_SESSION_NAME: "GitLabRunner-1-2",
  AWS_OIDC_REGION: "eu-central-1",
  AWS_OIDC_PROFILE: "",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-web-identity-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  shell: Shell,
  script: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
) {
  const ended = runCommands(shell, [...BEFORE_SCRIPT, ...script], { folder, env: { ...ENV, ...env } });
  expect(findSecrets(ended.stderr, [TOKEN]), "secrets on stderr").toEqual([]);
  return ended;
}

describe.each(findShells())("in $name", (shell) => {
  it("tells the tools of the job the role and the token file, in a file for its user only", () => {
    const { exitCode, stdout } = run(shell, [
      'echo "$AWS_ROLE_ARN $AWS_ROLE_SESSION_NAME $AWS_REGION $AWS_DEFAULT_REGION $AWS_WEB_IDENTITY_TOKEN_FILE"',
      'ls -l "$AWS_WEB_IDENTITY_TOKEN_FILE" | cut -c1-10; ls -ld "$(dirname "$AWS_WEB_IDENTITY_TOKEN_FILE")" | cut -c1-10',
      'cp "$AWS_WEB_IDENTITY_TOKEN_FILE" ./copy',
    ]);
    expect(stdout.replaceAll(folder, "<tmp>")).toBe(
      [
        "aws-oidc: this job is arn:aws:iam::123456789012:role/ci/deploy to the AWS SDKs and tools, as GitLabRunner-1-2",
        "arn:aws:iam::123456789012:role/ci/deploy GitLabRunner-1-2 eu-central-1 eu-central-1 <tmp>/aws-oidc-4711/token",
        "-rw-------",
        "drwx------",
        "",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(join(folder, "copy"), "utf8")).toBe(TOKEN);
  });

  it("removes the token when the job ends, also when it fails", () => {
    expect(run(shell, ["test -s $AWS_WEB_IDENTITY_TOKEN_FILE", "false", "echo not reached"])).toMatchObject({
      exitCode: 1,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("removes it in after_script where the job has a trap of its own", () => {
    expect(run(shell, ["trap 'echo mine' EXIT"]).stdout).toContain("mine");
    expect(existsSync(join(folder, "aws-oidc-4711/token"))).toBe(true);
    expect(runCommands(shell, AFTER_SCRIPT, { folder, env: ENV }).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("removes the variables that would win over the web identity, and says so", () => {
    const stale = {
      AWS_ACCESS_KEY_ID: "AKIAOFTHEPROJECT",
      AWS_PROFILE: "default",
      AWS_SECURITY_TOKEN: "old",
    };
    const { stdout, stderr } = run(
      shell,
      ['env | grep -E "^AWS_(ACCESS_KEY_ID|PROFILE|SECURITY_TOKEN)=" || echo removed'],
      stale,
    );
    expect(stdout).toContain("\nremoved\n");
    expect(stderr.split("\n").map((line) => line.split(" ")[1])).toEqual([
      "AWS_ACCESS_KEY_ID",
      "AWS_SECURITY_TOKEN",
      "AWS_PROFILE",
      undefined,
    ]);
    expect(stderr).not.toContain("AKIAOFTHEPROJECT");
  });

  it("writes a profile where one is wanted", () => {
    const { stdout } = run(shell, ['cat "$AWS_CONFIG_FILE"'], { AWS_OIDC_PROFILE: "shop" });
    expect(stdout.replaceAll(folder, "<tmp>").split("\n").slice(1)).toEqual([
      "[profile shop]",
      "role_arn = arn:aws:iam::123456789012:role/ci/deploy",
      "role_session_name = GitLabRunner-1-2",
      "web_identity_token_file = <tmp>/aws-oidc-4711/token",
      "region = eu-central-1",
      "",
    ]);
  });

  it("leaves Region variables alone where none is given", () => {
    const { stdout } = run(shell, ['echo "<$AWS_REGION>"'], { AWS_OIDC_REGION: "", AWS_REGION: "us-east-2" });
    expect(stdout).toContain("<us-east-2>");
  });

  it("tells every problem at once, and runs nothing of the job", () => {
    const { exitCode, stdout, stderr } = run(shell, ["echo reached"], {
      GITLAB_OIDC_TOKEN: undefined,
      AWS_OIDC_ROLE_ARN: "$DEPLOY_ROLE",
      AWS_OIDC_SESSION_NAME: "group/project",
      AWS_OIDC_REGION: "Frankfurt",
      AWS_OIDC_PROFILE: "a profile",
    });
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatchInlineSnapshot(`
      "aws-oidc: the job has no ID token; extend the hidden job, or take over its \`id_tokens\` too: id_tokens: !reference [.aws-web-identity, id_tokens]
      aws-oidc: role-arn is the literal text $DEPLOY_ROLE, which GitLab did not expand; define that CI/CD variable
      aws-oidc: session-name is group/project; expected 2 to 64 letters, digits and _+=,.@-
      aws-oidc: region is Frankfurt; expected an AWS Region such as eu-central-1
      aws-oidc: profile is a profile; expected letters, digits and _.- only
      "
    `);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ["another token", { GITLAB_OIDC_TOKEN: "glcbt-64_abc" }, "something else than an ID token"],
    ["no role", { AWS_OIDC_ROLE_ARN: "" }, "role-arn is empty"],
    [
      "a user's ARN",
      { AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:user/me" },
      "role-arn is arn:aws:iam::123456789012:user/me",
    ],
    ["an account id of 11 digits", { AWS_OIDC_ROLE_ARN: "arn:aws:iam::12345678901:role/me" }, "role-arn is"],
    ["what is no ARN", { AWS_OIDC_ROLE_ARN: "s3cr3t" }, "role-arn is a text of 6 characters and no ARN"],
    ["a session name of one character", { AWS_OIDC_SESSION_NAME: "a" }, "session-name is a;"],
    ["a session name of 65 characters", { AWS_OIDC_SESSION_NAME: "a".repeat(65) }, "session-name is"],
  ])("refuses %s", (_, env, message) => {
    const { exitCode, stderr } = run(shell, [], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it("says which folder it cannot write to", () => {
    mkdirSync(join(folder, "aws-oidc-4711"));
    const { exitCode, stderr } = run(shell, [], { TMPDIR: join(folder, "missing") });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${join(folder, "missing")}/aws-oidc-4711 cannot be written; set TMPDIR`);
  });
});
