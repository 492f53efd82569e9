import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { createMachine, type Machine } from "./machine.ts";

const GITLAB_CI_LOCAL = createRequire(import.meta.url).resolve("gitlab-ci-local");
const ROLE = "arn:aws:iam::123456789012:role/deploy";

/** Ten lines. */
const PIPELINE = `include:
  - component: $CI_SERVER_FQDN/acme/aws-oidc/assume-role@1
    inputs:
      role-arn: ${ROLE}

deploy:
  stage: deploy
  needs: [assume-role]
  extends: .assume-role-credentials
  script: echo "deployed to $AWS_ACCOUNT_ID"
`;

const TRUST_POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "gitlab.example.com:aud": "https://gitlab.example.com",
          "gitlab.example.com:sub": "project_path:acme/shop:ref_type:branch:ref:main",
        },
      },
    },
  ],
};

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const started: ChildProcess[] = [];
let machine: Machine;
beforeAll(async () => {
  machine = await createMachine();
});
afterEach(() => {
  // Only a test that has failed leaves one running.
  for (const child of started.splice(0)) child.kill("SIGTERM");
});
afterAll(() => machine.remove());

/** A repository with the pipeline and the policy, and the script beside them: nothing else of ours. */
async function createProject(branch: string): Promise<string> {
  const cwd = join(machine.folder, branch);
  await mkdir(cwd);
  await copyFile(inject("bundle"), join(cwd, "aws-oidc.cjs"));
  await writeFile(join(cwd, ".gitlab-ci.yml"), PIPELINE);
  await writeFile(join(cwd, "trust.json"), JSON.stringify(TRUST_POLICY));
  const git = (...argv: readonly string[]) => promisify(execFile)("git", argv, { cwd, env: machine.env });
  await git("init", "--quiet", `--initial-branch=${branch}`);
  await git("remote", "add", "origin", "https://gitlab.example.com/acme/shop.git");
  return cwd;
}

function start(cwd: string, ...operands: readonly string[]): ChildProcess {
  const argv = ["aws-oidc.cjs", "sandbox", "--trust-policy", "trust.json", ...operands];
  const child = spawn(process.execPath, argv, { cwd, env: machine.env, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  return child;
}

function endOf(child: ChildProcess): Promise<Ended> {
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output.stderr += chunk;
  });
  return new Promise((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, ...output }));
  });
}

/** Waits for a text on standard error, and gives what stood there until then. */
function until(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = "";
    child.stderr?.on("data", (chunk) => {
      seen += chunk;
      if (seen.includes(text)) resolve(seen);
    });
  });
}

/** Processes with the environment of the machine; where there is no /proc, none is seen. */
async function processesLeft(): Promise<readonly string[]> {
  const ids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    ids.map(async (id) => ({ id, text: await readFile(`/proc/${id}/environ`, "latin1").catch(() => "") })),
  );
  return environments.filter(({ text }) => text.includes(`HOME=${machine.env.HOME}\0`)).map(({ id }) => id);
}

async function expectNothingLeft(stderr: string): Promise<void> {
  const [address = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr) ?? [];
  await expect(fetch(address, { method: "POST" })).rejects.toThrow("fetch failed");
  await expect.poll(processesLeft).toEqual([]);
  expect(await readdir(machine.env.TMPDIR ?? "")).toEqual([]);
}

describe("the released script in a folder with a pipeline of ten lines", () => {
  const PROGRAM = ["--", process.execPath, GITLAB_CI_LOCAL, "--force-shell-executor", "--shell-isolation"];

  it("runs it on main, where STS admits it, and on another branch, where it is refused and told why", async () => {
    const [main, other] = (await Promise.all(
      ["main", "try-it"].map(async (branch) => endOf(start(await createProject(branch), ...PROGRAM))),
    )) as [Ended, Ended];

    expect(main.stdout).toContain("deployed to 123456789012");
    expect(main.stderr).toContain(`✔ STS admitted ${ROLE}: statement 1 of its trust policy\n`);
    expect(main.exitCode).toBe(0);

    expect(other.stdout).not.toContain("deployed");
    expect(other.stderr).toContain(
      [
        `✖ STS refused ${ROLE}: AccessDenied`,
        "    statement 1 of its trust policy, StringEquals gitlab.example.com:sub",
        "      wanted  project_path:acme/shop:ref_type:branch:ref:main",
        "      found   project_path:acme/shop:ref_type:branch:ref:try-it",
      ].join("\n"),
    );
    expect(other.exitCode).toBe(1);
    await expectNothingLeft(main.stderr);
    await expectNothingLeft(other.stderr);
    expect((await readdir(join(machine.folder, "main"))).sort()).toEqual([
      ".git",
      ".gitlab-ci-local",
      ".gitlab-ci.yml",
      "aws-oidc.cjs",
      "trust.json",
    ]);
  });
});

describe("a sandbox that is ended", () => {
  it("ends the program, and what that has started", async () => {
    const child = start(await createProject("ended"), "--", "sh", "-c", "sleep 600 & echo started >&2; wait");
    const ended = endOf(child);
    await until(child, "started\n");
    // The sandbox, the shell and what it has started; a process that is just becoming a program shows no environment.
    const areSeen = async () => (await processesLeft()).length === 3;
    await expect.poll(areSeen).toBe(existsSync("/proc/self/environ"));
    child.kill("SIGTERM");
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(143);
    await expectNothingLeft(stderr);
  });

  it("removes the file with the variables, which nobody else could read", async () => {
    const child = start(await createProject("waiting"));
    const ended = endOf(child);
    const said = await until(child, "Ctrl+C");
    const [, path = ""] = /\(\. (\S+) && gitlab-ci-local\)/.exec(said) ?? [];
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { stdout } = await promisify(execFile)(
      "sh",
      ["-c", `. ${path} && git ls-remote "$1"`, "sh", "https://gitlab.example.com/acme/aws-oidc.git"],
      { env: machine.env },
    );
    expect(stdout).toMatch(/\trefs\/tags\/\d+\.\d+\.\d+\n$/);
    child.kill("SIGINT");
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(0);
    await expectNothingLeft(stderr);
  });

  it("says which program it could not start, for a pipeline of any size", async () => {
    const cwd = await createProject("absent");
    await appendFile(join(cwd, ".gitlab-ci.yml"), `# ${"long".repeat(20_000)}\n`);
    // By its path: a folder on the user's that nobody may search would make it another error.
    const { exitCode, stderr } = await endOf(start(cwd, "--", "./no-such-program"));
    expect(stderr).toContain("✖ ./no-such-program cannot be started (ENOENT)");
    expect(exitCode).toBe(2);
    await expectNothingLeft(stderr);
  });
});
