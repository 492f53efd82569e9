import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listener } from "../../stand-ins/http-listener.ts";
import { AWS_PROGRAM, type RunAwsCommand, serveAwsProgram, standInAwsCli } from "../fakes/aws-cli.ts";
import { createIamAccount, type IamAccount } from "../fakes/iam-account.ts";
import { type RequestFate, startIamAccount, troubleIam } from "../fakes/iam-account-server.ts";
import { type AwsCli, startRealAwsCli } from "../harness/aws-cli.ts";
import { runScript } from "../harness/run-script.ts";
import { findExecutable, findShells } from "../harness/shells.ts";

const ACCOUNT_ID = "123456789012";
const PROVIDER_ARN = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/gitlab.com`;

const SHELLS = findShells();
const [BASH] = SHELLS;
if (BASH === undefined) throw new Error("no bash");

const REAL = findExecutable("aws") === undefined ? [] : ["the real AWS CLI"];
if (REAL.length === 0) console.warn("Not on this machine, so not tried: the AWS CLI");

let folder: string;
let script: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-commands-"));
  writeFileSync(join(folder, "aws"), AWS_PROGRAM, { mode: 0o755 });
  script = await commandsFor("main");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function commandsFor(branch: string, ...flags: readonly string[]): Promise<string> {
  const role = ["--role-name", "deploy", "--managed-policies", "ReadOnlyAccess,AWSBillingReadOnlyAccess"];
  const scope = ["--account", ACCOUNT_ID, "--project", "acme/shop", "--branch", branch];
  return (await runScript({ argv: ["trust-policy", "--format", "cli", ...scope, ...role, ...flags] })).stdout;
}

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Circumstances {
  readonly account: IamAccount;
  readonly shell?: (typeof SHELLS)[number];
  readonly fate?: (call: number) => RequestFate;
  readonly commands?: string;
}

const apply = ({ account, fate = () => "served", ...rest }: Circumstances): Promise<Run> =>
  applyWith(standInAwsCli(troubleIam(account, fate)), rest);

/** Runs the script as a file of its own, with that AWS CLI. */
async function applyWith(
  aws: RunAwsCommand,
  { shell = BASH, commands = script }: Omit<Circumstances, "account"> = {},
): Promise<Run> {
  const server = await serveAwsProgram(aws);
  const [program = "", ...argv] = shell?.command ?? [];
  const child = spawn(program, argv, {
    cwd: folder,
    env: { PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder, ...server.env },
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  child.stdin.end(commands);
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  await server.close();
  return { exitCode, ...printed };
}

const contentsOf = ({ providers, roles }: IamAccount) => ({ providers: [...providers], roles: [...roles] });

const MADE = {
  providers: [[PROVIDER_ARN, { url: "https://gitlab.com", audiences: ["https://gitlab.com"] }]],
  roles: [
    [
      "deploy",
      {
        name: "deploy",
        description: "Assumed by GitLab CI/CD jobs with their ID token",
        maxSessionSeconds: 3600,
        trustPolicy: expect.stringContaining('"project_path:acme/shop:ref_type:branch:ref:main"'),
        policyArns: ["ReadOnlyAccess", "AWSBillingReadOnlyAccess"].map(
          (name) => `arn:aws:iam::aws:policy/${name}`,
        ),
      },
    ],
  ],
};

/** All calls of the first run. */
const CALLS = 7;

describe.each(SHELLS)("the commands in $name", (shell) => {
  it("make provider and role, and change nothing when they are run again", async () => {
    const account = createIamAccount(ACCOUNT_ID);
    const first = await apply({ account, shell });
    expect(first).toEqual({
      exitCode: 0,
      stdout: `arn:aws:iam::${ACCOUNT_ID}:role/deploy\n`,
      stderr: "",
    });
    expect(account.asked.length).toBe(CALLS);
    expect(contentsOf(account)).toEqual(MADE);
    const again = await apply({ account, shell });
    expect(again).toMatchObject({ exitCode: 0, stdout: `arn:aws:iam::${ACCOUNT_ID}:role/deploy\n` });
    expect(contentsOf(account)).toEqual(MADE);
  });

  it.each(Array.from({ length: CALLS }, (_, index) => index + 1))(
    "finish the work after call %i was refused",
    async (refused) => {
      const account = createIamAccount(ACCOUNT_ID);
      const { exitCode, stderr } = await apply({
        account,
        shell,
        fate: (call) => (call === refused ? "refused" : "served"),
      });
      // Whether something is there is asked by the second and the fourth; a refusal then shows in what follows.
      expect([exitCode === 0, stderr]).toEqual(
        [2, 4].includes(refused) ? [true, ""] : [false, expect.stringContaining("AccessDenied")],
      );
      expect(await apply({ account, shell })).toMatchObject({ exitCode: 0 });
      expect(contentsOf(account)).toEqual(MADE);
    },
  );
});

it.each([3, 5, 6])("the commands finish the work after the answer to call %i was lost", async (lost) => {
  const account = createIamAccount(ACCOUNT_ID);
  const fate = (call: number): RequestFate => (call === lost ? "answer-lost" : "served");
  expect(await apply({ account, fate })).toMatchObject({ exitCode: 254 });
  expect(await apply({ account })).toMatchObject({ exitCode: 0 });
  expect(contentsOf(account)).toEqual(MADE);
});

it("the commands bring an older role up to date, and show what its trust policy was", async () => {
  const account = createIamAccount(ACCOUNT_ID);
  await apply({ account });
  const commands = await commandsFor(
    "stable",
    "--max-session-seconds",
    "7200",
    "--audience",
    "https://sts.example.com",
  );
  const { exitCode, stderr } = await apply({ account, commands });
  expect(exitCode).toBe(0);
  expect(stderr).toContain("The role deploy exists. This is its trust policy, which will now be replaced:");
  expect(stderr).toContain("ref_type:branch:ref:main");
  expect(account.providers.get(PROVIDER_ARN)?.audiences).toEqual([
    "https://gitlab.com",
    "https://sts.example.com",
  ]);
  expect(account.roles.get("deploy")).toMatchObject({
    maxSessionSeconds: 7200,
    trustPolicy: expect.stringContaining("ref_type:branch:ref:stable"),
  });
});

describe("the commands for several roles", () => {
  const BOUNDARY = `arn:aws:iam::${ACCOUNT_ID}:policy/boundary`;
  const made = (name: string, sub: string) =>
    expect.objectContaining({
      name,
      permissionsBoundary: BOUNDARY,
      trustPolicy: expect.stringContaining(sub),
    });
  let commands: string;
  beforeAll(async () => {
    const shared = ["--account", ACCOUNT_ID, "--project", "acme/shop", "--permissions-boundary", BOUNDARY];
    const roles = [
      ...["--role", "production", "--branch", "main", "--protected-environment"],
      ...["--role", "build", "--branch", "build", "--session-tags", "team=shop"],
    ];
    commands = (await runScript({ argv: ["trust-policy", "--format", "cli", ...shared, ...roles] })).stdout;
  });

  const expectAll = (account: IamAccount): void => {
    expect([...account.roles.values()]).toEqual([
      made("production", "environment_protected:true:deployment_tier:*:ref_type:branch:ref:main"),
      made("build", "environment_protected:*:deployment_tier:*:ref_type:branch:ref:build"),
    ]);
    const { inlinePolicies = {} } = account.roles.get("build") ?? {};
    expect(JSON.parse(inlinePolicies["session-tags"] ?? "").Statement[0].Resource).toBe(
      `arn:aws:iam::${ACCOUNT_ID}:role/build`,
    );
  };

  it.each([3, 5, 7, 8])("make them all, also where call %i was refused first", async (refused) => {
    const account = createIamAccount(ACCOUNT_ID);
    const fate = (call: number): RequestFate => (call === refused ? "refused" : "served");
    expect((await apply({ account, commands, fate })).exitCode).not.toBe(0);
    expect(await apply({ account, commands })).toMatchObject({ exitCode: 0 });
    expectAll(account);
  });

  it("give a boundary to a role that has none yet, before it trusts anybody else", async () => {
    const account = createIamAccount(ACCOUNT_ID);
    await apply({ account, commands });
    for (const role of account.roles.values())
      account.roles.set(role.name, { ...role, permissionsBoundary: undefined });
    account.asked.length = 0;
    expect(await apply({ account, commands })).toMatchObject({ exitCode: 0 });
    expectAll(account);
    const actions = account.asked.map((parameters) => parameters.get("Action"));
    expect(actions.indexOf("PutRolePermissionsBoundary")).toBeLessThan(
      actions.indexOf("UpdateAssumeRolePolicy"),
    );
    expect(actions).not.toContain("CreateRole");
  });
});

it("the commands leave a role alone that is for something else", async () => {
  const account = createIamAccount(ACCOUNT_ID);
  const role = {
    name: "deploy",
    description: undefined,
    maxSessionSeconds: 3600,
    trustPolicy: "{}",
    policyArns: [],
  };
  account.roles.set("deploy", role);
  const { exitCode, stderr } = await apply({ account });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    "The role deploy exists for another purpose: None. Choose another name for this one.\n",
  );
  expect(account.roles.get("deploy")).toBe(role);
});

describe.each(REAL)("%s", () => {
  let account: IamAccount;
  let server: Listener;
  let cli: AwsCli;
  beforeAll(async () => {
    account = createIamAccount(ACCOUNT_ID);
    server = await startIamAccount(troubleIam(account, (call) => (call === 6 ? "refused" : "served")));
    cli = await startRealAwsCli({
      folder,
      env: {
        AWS_ENDPOINT_URL: server.origin,
        AWS_REGION: "us-east-1",
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "example",
        AWS_EC2_METADATA_DISABLED: "true",
      },
    });
  });
  afterAll(async () => {
    await cli.close();
    await server.close();
  });

  it("does the same", async () => {
    expect(await applyWith(cli.run)).toMatchObject({ stderr: expect.stringContaining("AccessDenied") });
    const again = await applyWith(cli.run);
    expect(again).toMatchObject({ exitCode: 0, stdout: `arn:aws:iam::${ACCOUNT_ID}:role/deploy\n` });
    expect(again.stderr).toContain("ref_type:branch:ref:main");
    expect(contentsOf(account)).toEqual(MADE);
  });
});
