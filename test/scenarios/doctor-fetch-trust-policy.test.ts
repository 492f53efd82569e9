import { afterEach, describe, expect, it } from "vitest";
import type { Listener } from "../../stand-ins/http-listener.ts";
import { type IamWorld, startIam } from "../fakes/iam.ts";
import { runScript } from "../harness/run-script.ts";

const ROLE = "arn:aws:iam::123456789012:role/deploy";
const SECRET = "9drTJvcXLB89EXAMPLELB8923FB892xMFI/+aBcD";
const TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==";

const trustPolicy = {
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
};

const WORLD: IamWorld = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: SECRET,
  roles: { deploy: { arn: ROLE, trustPolicy } },
};

const MAIN = ["--project", "acme/shop", "--branch", "main"];

let iam: Listener | undefined;
afterEach(() => iam?.close());

async function run(world: IamWorld, { flags = MAIN, role = ROLE, env = {} }: Partial<Asked> = {}) {
  iam = await startIam(world);
  return runScript({
    argv: ["doctor", "--fetch-trust-policy", "--role-arn", role, ...flags],
    env: {
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_SESSION_TOKEN: world.sessionToken,
      AWS_ENDPOINT_URL_IAM: iam.origin,
      ...env,
    },
    secrets: () => [SECRET, TOKEN],
  });
}

interface Asked {
  readonly flags: readonly string[];
  readonly role: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

describe("the trust policy of a role", () => {
  it.each([
    ["long-term", WORLD],
    ["temporary", { ...WORLD, sessionToken: TOKEN }],
  ])("is fetched with %s credentials", async (_, world) => {
    const { stdout, stderr, exitCode } = await run(world);
    expect(stderr).toBe("");
    expect(stdout).toContain("✔ Trust policy  Statement[0] allows this job");
    expect(exitCode).toBe(0);
  });

  it("is looked at alone where no job is described", async () => {
    const { stdout, exitCode } = await run(WORLD, { flags: ["--strict"] });
    expect(stdout).toContain("? Trust policy  whom it admits cannot be told without a token");
    expect(exitCode).toBe(1);
  });
});

describe("what goes wrong", () => {
  const other = "arn:aws:iam::210987654321:role/deploy";
  const cases: readonly ({ what: string; world?: IamWorld; told: readonly string[] } & Partial<Asked>)[] = [
    {
      what: "no permission",
      world: { ...WORLD, denies: true },
      told: ["IAM answered AccessDenied (HTTP 403)", `→ Allow iam:GetRole on ${ROLE}`],
    },
    {
      what: "no such role",
      world: { ...WORLD, roles: {} },
      told: ["IAM answered NoSuchEntity (HTTP 404)", "→ Check the role's name"],
    },
    {
      what: "the account of another role of that name",
      role: other,
      told: [`these credentials find another role with that name: ${ROLE}`],
    },
    {
      what: "a wrong secret key",
      world: { ...WORLD, secretAccessKey: "another" },
      told: ["IAM answered SignatureDoesNotMatch (HTTP 403)"],
    },
    {
      what: "an old session",
      world: { ...WORLD, sessionToken: "new" },
      env: { AWS_SESSION_TOKEN: TOKEN },
      told: ["IAM answered InvalidClientTokenId", "→ Get new credentials:\n      eval"],
    },
    {
      what: "no credentials",
      env: { AWS_ACCESS_KEY_ID: undefined },
      told: [
        "no AWS credentials in the environment",
        '\n      eval "$(aws configure export-credentials --profile <profile> --format env)"\n',
      ],
    },
    {
      what: "the name of a profile only",
      env: { AWS_ACCESS_KEY_ID: undefined, AWS_PROFILE: "acme-dev; id" },
      told: [`\n      eval "$(aws configure export-credentials --profile 'acme-dev; id' --format env)"\n`],
    },
    {
      what: "no connection",
      env: { AWS_ENDPOINT_URL_IAM: "http://127.0.0.1:1" },
      told: ["IAM cannot be reached: ", "ECONNREFUSED"],
    },
    { what: "a job", env: { GITLAB_CI: "true" }, told: ["given in a job", "this is for laptops"] },
    {
      what: "a policy besides",
      flags: [...MAIN, "--trust-policy", "x.json"],
      told: ["given together with --trust-policy"],
    },
    { what: "no role", role: "", told: ["given without --role-arn"] },
  ];

  it.each(["http://iam.example.com", "iam.example.com"])(
    "sends nothing where it could be read on the way: %s",
    async (origin) => {
      const { stdout, stderr, exitCode } = await run(WORLD, {
        flags: MAIN,
        role: ROLE,
        env: { AWS_ENDPOINT_URL_IAM: origin },
      });
      expect(stderr).toContain("  AWS_ENDPOINT_URL_IAM: something other than an https URL\n");
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    },
  );

  it.each(cases)("is told: $what", async ({ world = WORLD, told, flags = MAIN, role = ROLE, env = {} }) => {
    const { stdout, stderr, exitCode } = await run(world, { flags, role, env });
    expect(stderr).toContain("  --fetch-trust-policy: ");
    for (const text of told) expect(stderr).toContain(text);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  });
});
