import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runnerScript } from "../harness/gitlab-runner.ts";
import { findSecrets } from "../harness/secret-search.ts";
import {
  type Delivery,
  findDeliveries,
  findExecutable,
  findShells,
  findUsualDeliveries,
  readCommands,
  runCommands,
  type Shell,
} from "../harness/shells.ts";

const BEFORE_SCRIPT = readCommands("web-identity", "deploy", "before_script");
const AFTER_SCRIPT = readCommands("web-identity", "deploy", "after_script");

const TOKEN = [
  "eyJoZWFkZXIiOiJvZiB0aGUgdG9rZW4ifQ",
  "eyJwYXlsb2FkIjoib2YgdGhlIHRva2VuIn0",
  "c2lnbmF0dXJlLW9m",
].join(".");
const ENV = {
  CI_JOB_ID: "4711",
  GITLAB_OIDC_TOKEN_deploy: TOKEN,
  AWS_OIDC_ROLE_ARN_deploy: "arn:aws:iam::123456789012:role/ci/deploy",
  AWS_OIDC_SESSION_NAME_deploy: "GitLabRunner-1-2",
  AWS_OIDC_REGION_deploy: "eu-central-1",
  AWS_OIDC_PROFILE_deploy: "",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-web-identity-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  delivery: Pick<Delivery, "shell" | "render">,
  script: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
) {
  const ended = runCommands(delivery, [...BEFORE_SCRIPT, ...script], { folder, env: { ...ENV, ...env } });
  expect(findSecrets(ended.stderr, [TOKEN]), "secrets on stderr").toEqual([]);
  return ended;
}

describe.each(findDeliveries())("in $name", (delivery) => {
  it("tells the tools of the job the role and the token file, in a file for its user only", () => {
    const { exitCode, stdout } = run(delivery, [
      'echo "$AWS_ROLE_ARN $AWS_ROLE_SESSION_NAME $AWS_REGION $AWS_DEFAULT_REGION $AWS_WEB_IDENTITY_TOKEN_FILE"',
      'ls -l "$AWS_WEB_IDENTITY_TOKEN_FILE" | cut -c1-10; ls -ld "$(dirname "$AWS_WEB_IDENTITY_TOKEN_FILE")" | cut -c1-10',
      'cp "$AWS_WEB_IDENTITY_TOKEN_FILE" ./copy',
    ]);
    expect(stdout.replaceAll(folder, "<tmp>")).toBe(
      [
        "aws-oidc: this job is arn:aws:iam::123456789012:role/ci/deploy to the AWS SDKs and tools, as GitLabRunner-1-2",
        "arn:aws:iam::123456789012:role/ci/deploy GitLabRunner-1-2 eu-central-1 eu-central-1 <tmp>/aws-oidc-4711/deploy.token",
        "-rw-------",
        "drwx------",
        "",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(join(folder, "copy"), "utf8")).toBe(TOKEN);
  });

  it("removes the token when the job ends, also when it fails", () => {
    expect(
      run(delivery, ["test -s $AWS_WEB_IDENTITY_TOKEN_FILE", "false", "echo not reached"]),
    ).toMatchObject({
      exitCode: 1,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("removes it in after_script where the job has a trap of its own", () => {
    expect(run(delivery, ["trap 'echo mine' EXIT"]).stdout).toContain("mine");
    expect(existsSync(join(folder, "aws-oidc-4711/deploy.token"))).toBe(true);
    expect(runCommands(delivery, AFTER_SCRIPT, { folder, env: ENV }).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(["", "shop.tmp"])("removes it there also from the runner's own folder: %j", (runnerFolder) => {
    const runner = runnerFolder && join(folder, runnerFolder);
    const env = { RUNNER_TEMP_PROJECT_DIR: runner };
    run(delivery, ["trap 'echo mine' EXIT"], env);
    const made = join(runner || folder, "aws-oidc-4711");
    expect(existsSync(made)).toBe(true);
    expect(runCommands(delivery, AFTER_SCRIPT, { folder, env: { ...ENV, ...env } }).exitCode).toBe(0);
    expect(existsSync(made)).toBe(false);
  });

  it("removes nothing else there, whatever the job's id is", () => {
    for (const name of ["aws-oidc-1", "important"]) mkdirSync(join(folder, name));
    const env = { ...ENV, CI_JOB_ID: "1/../important" };
    expect(runCommands(delivery, AFTER_SCRIPT, { folder, env }).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(["aws-oidc-1", "important"]);
  });

  it("works where files are not overwritten, and with a path that only a profile could not take", () => {
    const env = { TMPDIR: join(folder, "m\u00fcller (ci)") };
    mkdirSync(env.TMPDIR);
    const { exitCode } = runCommands(delivery, ["set -C", ...BEFORE_SCRIPT, ...BEFORE_SCRIPT], {
      folder,
      env: { ...ENV, ...env },
    });
    expect(exitCode).toBe(0);
  });

  it("removes the variables that would win over the web identity, and says so", () => {
    const stale = {
      AWS_ACCESS_KEY_ID: "AKIAOFTHEPROJECT",
      AWS_PROFILE: "default",
      AWS_SECURITY_TOKEN: "old",
    };
    const { stdout, stderr } = run(
      delivery,
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
    const { stdout } = run(delivery, ['cat "$AWS_CONFIG_FILE"'], { AWS_OIDC_PROFILE_deploy: "shop" });
    const settings = [
      "role_arn = arn:aws:iam::123456789012:role/ci/deploy",
      "web_identity_token_file = <tmp>/aws-oidc-4711/deploy.token",
      "role_session_name = GitLabRunner-1-2",
      "region = eu-central-1",
    ];
    expect(stdout.replaceAll(folder, "<tmp>").split("\n").slice(1)).toEqual([
      "[profile shop]",
      ...settings,
      "[default]",
      ...settings,
      "",
    ]);
  });

  it("does not print the token where commands are traced, and goes on with the trace afterwards", () => {
    const ended = runCommands(delivery, ["set -x", ...BEFORE_SCRIPT, "echo traced"], { folder, env: ENV });
    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toMatch(/^\++ echo traced$/m);
    expect(findSecrets(ended.stdout + ended.stderr, [TOKEN])).toEqual([]);
  });

  it("tells every problem at once, and runs nothing of the job", () => {
    const { exitCode, stdout, stderr } = run(delivery, ["echo reached"], {
      GITLAB_OIDC_TOKEN_deploy: undefined,
      AWS_OIDC_ROLE_ARN_deploy: "$DEPLOY_ROLE",
      AWS_OIDC_SESSION_NAME_deploy: "group/project",
      AWS_OIDC_REGION_deploy: "Frankfurt",
      AWS_OIDC_PROFILE_deploy: "a profile",
    });
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatchInlineSnapshot(`
      "aws-oidc: the job has no ID token; extend the hidden job, or use its "id_tokens" too: id_tokens: !reference [.deploy, id_tokens]
      aws-oidc: role-arn is $DEPLOY_ROLE, which GitLab did not expand; define that CI/CD variable
      aws-oidc: session-name is group/project; expected 2 to 64 letters, digits and _+=,.@-
      aws-oidc: region is Frankfurt; expected an AWS Region such as eu-central-1
      aws-oidc: profile is a profile; expected letters, digits and _.- only
      "
    `);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says which folder it cannot write to", () => {
    mkdirSync(join(folder, "aws-oidc-4711"));
    const { exitCode, stderr } = run(delivery, [], { TMPDIR: join(folder, "missing") });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `the folder ${join(folder, "missing")}/aws-oidc-4711 cannot be created; if another user`,
    );
  });
});

describe.each(findUsualDeliveries())("in $name", (delivery) => {
  it("leaves Region variables alone where none is given", () => {
    const { stdout } = run(delivery, ['echo "<$AWS_REGION>"'], {
      AWS_OIDC_REGION_deploy: "",
      AWS_REGION: "us-east-2",
    });
    expect(stdout).toContain("<us-east-2>");
  });

  it.each([
    ["another token", { GITLAB_OIDC_TOKEN_deploy: "glcbt-64_abc" }, "something other than an ID token"],
    ["no role", { AWS_OIDC_ROLE_ARN_deploy: "" }, "role-arn is empty"],
    [
      "a user's ARN",
      { AWS_OIDC_ROLE_ARN_deploy: "arn:aws:iam::123456789012:user/me" },
      "role-arn is arn:aws:iam::123456789012:user/me",
    ],
    [
      "an account id of 11 digits",
      { AWS_OIDC_ROLE_ARN_deploy: "arn:aws:iam::12345678901:role/me" },
      "role-arn is",
    ],
    [
      "what is no ARN",
      { AWS_OIDC_ROLE_ARN_deploy: "s3cr3t" },
      "role-arn is a text of 6 characters, not an ARN",
    ],
    [
      "a role ARN with a line of its own",
      { AWS_OIDC_ROLE_ARN_deploy: "arn:aws:iam::123456789012:role/x\ncredential_process = touch owned" },
      "role-arn has a character that no role ARN has",
    ],
    [
      "a Region with a line of its own",
      { AWS_OIDC_REGION_deploy: "eu-west-1\ncredential_process = touch owned" },
      "region is a text of 42 characters; expected",
    ],
    [
      "a session name that would colour the log",
      { AWS_OIDC_SESSION_NAME_deploy: "\u001b[31mred" },
      "session-name is a text of 8 characters;",
    ],
    ["a job id that leads elsewhere", { CI_JOB_ID: "1/../../x" }, "CI_JOB_ID is not a number"],
    [
      "a folder whose path would break a line of a profile",
      { TMPDIR: "/tmp/a\nb", AWS_OIDC_PROFILE_deploy: "shop" },
      "the path of TMPDIR, or of the runner",
    ],
    ["a session name of one character", { AWS_OIDC_SESSION_NAME_deploy: "a" }, "session-name is a;"],
    ["a session name of 65 characters", { AWS_OIDC_SESSION_NAME_deploy: "a".repeat(65) }, "session-name is"],
  ])("refuses %s", (_, env, message) => {
    const { exitCode, stderr } = run(delivery, [], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

/** A job that says that it runs, then waits for its end. */
async function startJob(delivery: Delivery, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const [program, ...argv] = delivery.shell.command;
  const child = spawn(program, argv, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...ENV, ...env },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  // It is the command that says so: the shell then waits for it.
  const command = 'sh -c "echo running; exec sleep 60"';
  child.stdin.end(delivery.render([...BEFORE_SCRIPT, command], join(folder, "script")));
  let output = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes("running\n")) return child;
  }
  throw new Error(`the job did not start: ${output}`);
}

/**
 * As a runner does: to every process of the job, of which none is left once nobody can write to its log. Again now and then,
 * since a shell notes a signal that comes just before it starts a command when that command has ended; not at once, since a
 * signal would end the command that cleans up, too.
 */
async function endJob(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, "close", { signal: AbortSignal.timeout(20_000) });
  child.stdout?.resume();
  const signalAll = (): void => {
    try {
      process.kill(-Number(child.pid), signal);
    } catch {
      // None is left.
    }
  };
  const again = setInterval(signalAll, 2000);
  signalAll();
  await closed.finally(() => clearInterval(again));
}

function foldersIn(parent: string): readonly string[] {
  return readdirSync(parent).filter((name) => name.startsWith("aws-oidc-"));
}

describe.each(findDeliveries())("the folder, in $name", (delivery) => {
  it("lies in the runner's own folder where machines are shared, even one that is not there yet", () => {
    const runner = join(folder, "builds/acme/shop.tmp");
    const env = { RUNNER_TEMP_PROJECT_DIR: runner };
    const { stdout } = run(delivery, ['echo "$AWS_WEB_IDENTITY_TOKEN_FILE"'], env);
    expect(stdout).toContain(`\n${runner}/aws-oidc-4711/deploy.token\n`);
    expect(foldersIn(runner)).toEqual([]);
  });

  it("does not lie in a path that a runner has not made out, as of the SSH executor", () => {
    const env = { RUNNER_TEMP_PROJECT_DIR: "$PWD/builds/acme/shop.tmp" };
    const { stdout } = run(delivery, ['echo "$AWS_WEB_IDENTITY_TOKEN_FILE"'], env);
    expect(stdout).toContain(`\n${folder}/aws-oidc-4711/deploy.token\n`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("goes with the container where there is one", () => {
    const env = { CI_DISPOSABLE_ENVIRONMENT: "true", RUNNER_TEMP_PROJECT_DIR: join(folder, "shop.tmp") };
    const { stdout } = run(delivery, ['echo "$AWS_WEB_IDENTITY_TOKEN_FILE"'], env);
    expect(stdout).toContain(`\n${folder}/aws-oidc-4711/deploy.token\n`);
  });

  it("is found by its whole path where TMPDIR is a relative one", () => {
    mkdirSync(join(folder, "tmp"));
    const { stdout } = run(delivery, ['echo "$AWS_WEB_IDENTITY_TOKEN_FILE"'], { TMPDIR: "tmp" });
    expect(stdout).toContain(`\n${folder}/tmp/aws-oidc-4711/deploy.token\n`);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "is removed when the job is told to end by %s",
    async (signal) => {
      await endJob(await startJob(delivery, {}), signal);
      expect(foldersIn(folder)).toEqual([]);
    },
  );

  it("of another job is left alone in a container, whose processes others cannot see", () => {
    mkdirSync(join(folder, "aws-oidc-4710"));
    writeFileSync(join(folder, "aws-oidc-4710/pid"), "999999999");
    expect(run(delivery, [], { CI_DISPOSABLE_ENVIRONMENT: "true" }).exitCode).toBe(0);
    expect(foldersIn(folder)).toEqual(["aws-oidc-4710"]);
    expect(run(delivery, []).exitCode).toBe(0);
    expect(foldersIn(folder)).toEqual([]);
  });

  it("is a new one where a link with the right number lies there", () => {
    const plant = [
      "mkdir elsewhere && echo $$ > elsewhere/pid && ln -s elsewhere aws-oidc-4711",
      "mkdir -p gone && echo 999999999 > gone/pid && ln -s gone aws-oidc-4709",
    ];
    const { exitCode } = runCommands(delivery, [...plant, ...BEFORE_SCRIPT], { folder, env: ENV });
    expect(exitCode).toBe(0);
    expect(readdirSync(join(folder, "elsewhere"))).toEqual(["pid"]);
    expect(readdirSync(folder)).toContain("aws-oidc-4709");
  });

  it("is removed by the next job when the job was killed, and by none while it runs", async () => {
    const child = await startJob(delivery, { CI_JOB_ID: "4710" });
    expect(run(delivery, []).exitCode).toBe(0);
    expect(foldersIn(folder)).toEqual(["aws-oidc-4710"]);
    await endJob(child, "SIGKILL");
    expect(readFileSync(join(folder, "aws-oidc-4710/deploy.token"), "utf8")).toBe(TOKEN);
    expect(run(delivery, []).exitCode).toBe(0);
    expect(foldersIn(folder)).toEqual([]);
  });

  it("replaces a link that somebody laid there, and leaves what it led to alone", () => {
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "aws-oidc-4711"));
    expect(run(delivery, ['test -s "$AWS_WEB_IDENTITY_TOKEN_FILE"']).exitCode).toBe(0);
    expect(readdirSync(join(folder, "elsewhere"))).toEqual([]);
  });
});

const SET_PRIVILEGES = findExecutable("setpriv");
const CAN_BE_OTHERS = process.getuid?.() === 0 && SET_PRIVILEGES !== undefined;
const [JOB_USER, OTHER_USER] = [65_533, 65_534];

/** The same shell as another user. */
function asUser(shell: Shell, user: number): Shell {
  const privileges = [`--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  return { ...shell, command: [SET_PRIVILEGES ?? "", ...privileges, ...shell.command] };
}

it("is told when other users cannot be tried", () => {
  if (!CAN_BE_OTHERS) console.warn("Only root can be another user, so not tried: a folder of another user");
});

describe.each(CAN_BE_OTHERS ? findShells() : [])("in $name", (shell) => {
  it("stops where another user of the machine has made the folder before", () => {
    chmodSync(folder, 0o1777);
    const planted = join(folder, "aws-oidc-4711");
    mkdirSync(planted, { mode: 0o777 });
    writeFileSync(join(planted, "config"), "[default]\ncredential_process = touch owned\n");
    for (const path of [planted, join(planted, "config")]) chownSync(path, OTHER_USER, OTHER_USER);
    const delivery = {
      shell: asUser(shell, JOB_USER),
      render: (commands: readonly string[]) => runnerScript(commands, shell),
    };
    const { exitCode, stderr, stdout } = run(delivery, ["echo reached"]);
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(
      `the folder ${planted} cannot be created; if another user of this machine owns it`,
    );
    expect(readdirSync(planted)).toEqual(["config"]);
  });
});
