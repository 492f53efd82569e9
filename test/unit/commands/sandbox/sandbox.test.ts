import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Environment } from "../../../../src/foundation/ports.ts";
import { VERSION } from "../../../../src/foundation/version.ts";
import { runInMemory } from "../../../harness/run-in-memory.ts";
import { assumeRole, CHECKOUT, createMemoryWorkbench, type Program } from "./workbench.ts";

const ROLE = "arn:aws:iam::123456789012:role/deploy";
const OTHER_ROLE = "arn:aws:iam::123456789012:role/ci/release";
const HOST = "gitlab.example.com";

function policyFor(ref: string, more: object = {}) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${HOST}:aud`]: `https://${HOST}`,
            [`${HOST}:sub`]: `project_path:acme/shop:ref_type:branch:ref:${ref}`,
          },
        },
        ...more,
      },
    ],
  };
}

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/acme/aws-oidc/assume-role@1
    inputs: { role-arn: "${ROLE}" }
`;

interface Situation {
  readonly flags?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Environment;
  readonly checkout?: Readonly<Record<string, string | undefined>>;
  /** In place of gitlab-ci-local; none waits for Ctrl+C. */
  readonly program?: Program | undefined;
  /** Its arguments. */
  readonly operands?: readonly string[];
}

async function run({ flags = [], files = {}, env = {}, operands = [], ...situation }: Situation) {
  const { checkout, program } = situation;
  const calls: Environment[] = [];
  const workbench = createMemoryWorkbench(async (argv, given) => {
    calls.push(given);
    return (await program?.(argv, given)) ?? 0;
  }, checkout);
  const outcome = await runInMemory({
    argv: ["sandbox", ...flags, ...(program === undefined ? [] : ["--", "gitlab-ci-local", ...operands])],
    env: { GITLAB_CI: undefined, GITLAB_OIDC_TOKEN: undefined, ...env },
    files: { ".gitlab-ci.yml": PIPELINE, "trust.json": JSON.stringify(policyFor("main")), ...files },
    workbench,
  });
  expect(workbench.running.count).toBe(0);
  expect(outcome.stdout).toBe("");
  return { ...outcome, workbench, given: calls[0] ?? {} };
}

const TRUST = ["--trust-policy", "trust.json"];
const ASK: Program = async (_argv, env) => ((await assumeRole(env, ROLE)) === 200 ? 0 : 1);

describe("a pipeline in the sandbox", () => {
  it("is admitted by the policy's first statement, and the program's exit code is the sandbox's", async () => {
    const { exitCode, stderr } = await run({ flags: TRUST, program: ASK });
    expect(stderr).toContain("  sub         project_path:acme/shop:ref_type:branch:ref:main\n");
    expect(stderr).toContain(`  role        ${ROLE}, by trust.json\n`);
    expect(stderr).toContain(`  components  acme/aws-oidc ${VERSION}, from this script\n`);
    expect(stderr).toContain(`✔ STS admitted ${ROLE}: statement 1 of its trust policy\n`);
    expect(exitCode).toBe(0);
  });

  it("is refused on another branch, with what the policy asks for and what the token has", async () => {
    const twice: Program = async (argv, env) => {
      await ASK(argv, env);
      await ASK(argv, env);
      return 7;
    };
    const checkout = { ...CHECKOUT, "symbolic-ref --short --quiet HEAD": "try-it" };
    const { exitCode, stderr } = await run({ flags: TRUST, checkout, program: twice });
    expect(stderr.slice(stderr.indexOf("✖"))).toBe(
      [
        `✖ STS refused ${ROLE}: AccessDenied, 2 times`,
        `    statement 1 of its trust policy, StringEquals ${HOST}:sub`,
        "      wanted  project_path:acme/shop:ref_type:branch:ref:main",
        "      found   project_path:acme/shop:ref_type:branch:ref:try-it",
        `    → node aws-oidc.cjs doctor --trust-policy trust.json --project acme/shop --branch try-it --issuer https://${HOST}`,
        "",
      ].join("\n"),
    );
    expect(exitCode).toBe(7);
  });

  it("says so when no job asked", async () => {
    const { stderr } = await run({ flags: TRUST, program: async () => 0 });
    expect(stderr).toContain("! No job asked STS for a role.\n");
  });

  it.each<readonly [string, Situation & { readonly asks?: string }, string]>([
    [
      "a Deny",
      { files: { "trust.json": JSON.stringify(policyFor("main", { Effect: "Deny" })) } },
      "statement 1 of its trust policy denies it",
    ],
    [
      "a role without a policy",
      { asks: OTHER_ROLE },
      `no trust policy was given for it: add --trust-policy ${OTHER_ROLE}=<path>`,
    ],
    [
      "a token of another instance",
      { flags: ["--issuer", "https://gitlab.com"] },
      `the tokens come from https://gitlab.com; the trust policy names https://${HOST}`,
    ],
    [
      "another audience",
      {
        files: {
          ".gitlab-ci.yml": PIPELINE.replace('deploy" }', 'deploy", audience: "https://other.example.com" }'),
        },
      },
      `The identity provider lists the audience https://${HOST}.`,
    ],
    [
      "a key that the token does not have",
      {
        files: {
          "trust.json": JSON.stringify(
            policyFor("main", { Condition: { StringEquals: { [`${HOST}:project_id`]: "1" } } }),
          ),
        },
      },
      "found   nothing: the request has no such key",
    ],
  ])("explains %s", async (_what, { asks = ROLE, ...situation }, expected) => {
    const program: Program = async (_argv, env) => assumeRole(env, asks);
    const flags = [...TRUST, ...(situation.flags ?? [])];
    const { stderr } = await run({ ...situation, flags, program });
    expect(stderr).toContain(expected);
  });
});

describe("what the program is given", () => {
  it("are the job's variables, STS, and the components' repository in place of every address of their project", async () => {
    const { given } = await run({ flags: TRUST, program: ASK, env: { GIT_CONFIG_COUNT: "1" } });
    expect(given).toMatchObject({
      GCL_VARIABLE_CI_PROJECT_PATH: "acme/shop",
      GCL_VARIABLE_CI_COMMIT_BRANCH: "main",
      GCL_VARIABLE_CI_COMMIT_REF_PROTECTED: "true",
      GCL_VARIABLE_AWS_OIDC_STS_ENDPOINT: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      GCL_VARIABLE_CI_PIPELINE_ID: expect.stringMatching(/^\d{13}$/),
      GCL_IGNORE_PREDEFINED_VARS: expect.stringContaining(",CI_PIPELINE_ID"),
      GCL_VARIABLE_AWS_OIDC_FALLBACK_REGIONS: "",
      GCL_NETWORK: "host",
      GIT_CONFIG_KEY_1: "url.file:///tmp/components.git.insteadOf",
      GIT_CONFIG_VALUE_1: `https://${HOST}/acme/aws-oidc.git`,
    });
    const urls = Object.entries(given).flatMap(([name, url]) =>
      /^GIT_CONFIG_VALUE/.test(name) ? [url] : [],
    );
    expect(urls).toContain(`https://${HOST}:443/acme/aws-oidc.git`);
    expect(urls).toContain(`git@${HOST}:acme/aws-oidc`);
    expect(given.GIT_CONFIG_COUNT).toBe(String(urls.length + 1));
  });

  it("are no other addresses for other projects, however their names begin", async () => {
    const { given } = await run({ flags: TRUST, program: ASK });
    const resolve = (url: string): string =>
      execFileSync("git", ["ls-remote", "--get-url", url], { env: { ...process.env, ...given } })
        .toString()
        .trim();
    expect(resolve(`git@${HOST}:acme/aws-oidc`)).toBe("file:///tmp/components.git");
    for (const other of [`git@${HOST}:acme/aws-oidc-tools.git`, `https://${HOST}/acme/aws-oidc-tools.git`])
      expect(resolve(other)).toBe(other);
  });

  it("reaches STS on loopback past a proxy, and whatever this shell says of endpoints", async () => {
    const env = { http_proxy: "http://proxy.example.com:3128", NO_PROXY: "intranet.example.com" };
    const { given } = await run({
      flags: TRUST,
      program: ASK,
      env: { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
    });
    const exempt = "intranet.example.com,127.0.0.1";
    expect(given).toMatchObject({ ...env, NO_PROXY: exempt, no_proxy: exempt });
    expect(given).not.toHaveProperty("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  });

  it("are not the user's own credentials", async () => {
    const own = { AWS_PROFILE: "work", AWS_SECRET_ACCESS_KEY: "secret-of-the-user", AWS_REGION: "eu-west-1" };
    const { given, stderr } = await run({ flags: TRUST, program: ASK, env: own });
    expect(given).not.toHaveProperty("AWS_PROFILE");
    expect(given).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
    expect(given).toMatchObject({ AWS_REGION: "eu-west-1", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
    expect(stderr).toContain("! The jobs do not get AWS_PROFILE, AWS_SECRET_ACCESS_KEY from this shell");
  });

  it("is for a tag no branch", async () => {
    const { given, stderr } = await run({ flags: [...TRUST, "--tag", "v1", "--protected"], program: ASK });
    expect(given).toMatchObject({
      GCL_VARIABLE_CI_COMMIT_TAG: "v1",
      GCL_VARIABLE_CI_COMMIT_REF_PROTECTED: "true",
      GCL_UNSET_VARIABLE: "CI_COMMIT_BRANCH",
    });
    expect(given).not.toHaveProperty("GCL_VARIABLE_CI_COMMIT_BRANCH");
    expect(stderr).toContain("  ref         tag v1, protected\n");
  });

  it("is a token for each role of web-identity, and for each of the pipeline's own id_tokens", async () => {
    const pipeline = `
include:
  - local: ci/roles.yml
deploy:
  id_tokens: { OWN_TOKEN: { aud: own } }
  script: !reference [.x, script]
`;
    const roles = `
include:
  - component: $CI_SERVER_FQDN/acme/aws-oidc/web-identity@1.0
    inputs: { role-arn: "${ROLE}", audience: $CI_SERVER_HOST }
  - component: $CI_SERVER_FQDN/acme/aws-oidc/web-identity@~latest
    inputs: { role-arn: "${OTHER_ROLE}", job-name: release_role }
`;
    const { given, stderr } = await run({
      flags: ["--trust-policy", `${ROLE}=trust.json`, "--trust-policy", "release.json"],
      files: {
        ".gitlab-ci.yml": pipeline,
        "ci/roles.yml": roles,
        "release.json": JSON.stringify({
          Role: { Arn: OTHER_ROLE, AssumeRolePolicyDocument: policyFor("main"), MaxSessionDuration: 7200 },
        }),
      },
      program: async (_argv, env) => assumeRole(env, OTHER_ROLE, "GITLAB_OIDC_TOKEN_release_role"),
    });
    expect(Object.keys(given).filter((name) => name.includes("TOKEN"))).toEqual([
      "GCL_VARIABLE_OWN_TOKEN",
      "GCL_VARIABLE_GITLAB_OIDC_TOKEN_release_role",
      "GCL_VARIABLE_GITLAB_OIDC_TOKEN_aws_web_identity",
    ]);
    expect(stderr).toContain(`✔ STS admitted ${OTHER_ROLE}: statement 1 of its trust policy\n`);
  });

  it("is what a pipeline below a header asks for", async () => {
    const pipeline = `spec:\n  inputs: { stage: { default: deploy } }\n---\n${PIPELINE}`;
    const { stderr } = await run({ flags: TRUST, files: { ".gitlab-ci.yml": pipeline }, program: ASK });
    expect(stderr).toContain(`  components  acme/aws-oidc ${VERSION}, from this script\n`);
    expect(stderr).toContain(`✔ STS admitted ${ROLE}`);
  });

  it("is one token where the jobs ask for several audiences, and that is said", async () => {
    const pipeline = `
include:
  - component: $CI_SERVER_FQDN/acme/aws-oidc/assume-role@1
    inputs: { role-arn: "${ROLE}" }
  - component: $CI_SERVER_FQDN/acme/aws-oidc/assume-role@1
    inputs: { role-arn: "${ROLE}", job-name: other, audience: other }
`;
    const { stderr } = await run({ flags: TRUST, files: { ".gitlab-ci.yml": pipeline }, program: ASK });
    expect(stderr).toMatch(
      /! The jobs ask for GITLAB_OIDC_TOKEN with several audiences\. Here it has one:\s+https:\/\/gitlab\.example\.com\.\n/,
    );
    expect(stderr).toContain(`✔ STS admitted ${ROLE}`);
  });

  it("is nothing for a child pipeline, whose file can be run instead", async () => {
    const files = {
      ".gitlab-ci.yml": "api: { trigger: { include: services/api.yml } }",
      "services/api.yml": PIPELINE,
    };
    const { stderr } = await run({ flags: TRUST, files, program: ASK });
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("-- gitlab-ci-local --file services/api.yml");
    expect(stderr).toContain(`role        ${ROLE}, by trust.json`);
  });

  it("is not another version of the components than the script's own", async () => {
    const other = PIPELINE.replace("@1", "@0.9");
    const { given, stderr } = await run({ flags: TRUST, files: { ".gitlab-ci.yml": other }, program: ASK });
    expect(stderr).toContain(
      `! acme/aws-oidc/assume-role@0.9 does not come from this script, which has ${VERSION}`,
    );
    expect(Object.keys(given).filter((name) => name.startsWith("GIT_CONFIG"))).toEqual([]);
  });
});

it("leaves the options behind -- to the program", async () => {
  const words: string[] = [];
  const program: Program = async (argv) => {
    words.push(...argv);
    return 0;
  };
  const { exitCode } = await run({ flags: TRUST, program, operands: ["--help", "--", "deploy"] });
  expect(words).toEqual(["gitlab-ci-local", "--help", "--", "deploy"]);
  expect(exitCode).toBe(0);
});

describe("without a program", () => {
  it("leaves the variables in a private file, and prints no token", async () => {
    const { exitCode, stderr, workbench } = await run({ flags: TRUST, env: { AWS_PROFILE: "work" } });
    expect(stderr).toContain("  (. /tmp/sandbox/environment && gitlab-ci-local)\n");
    const lines = workbench.privateFiles.get("environment")?.split("\n") ?? [];
    expect(lines[0]).toBe("unset AWS_PROFILE");
    const token = lines
      .find((line) => line.startsWith("export GCL_VARIABLE_GITLAB_OIDC_TOKEN="))
      ?.split("=")[1];
    expect(token).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(stderr).not.toContain(token);
    expect(exitCode).toBe(0);
  });

  it("takes no commands for the user's shell from the pipeline", async () => {
    const pipeline = `${PIPELINE}
  - component: $CI_SERVER_FQDN/acme/aws-oidc/web-identity@1
    inputs: { role-arn: "${ROLE}", job-name: "a=1; touch planted; b" }
deploy:
  id_tokens:
    "OWN=1; touch planted; X": { aud: own }
    "OWN\\ntouch planted": { aud: own }
    OWN_TOKEN: { aud: $constructor }
`;
    const { stderr, workbench } = await run({ flags: TRUST, files: { ".gitlab-ci.yml": pipeline } });
    const lines = workbench.privateFiles.get("environment")?.trimEnd().split("\n") ?? [];
    expect(lines.filter((line) => !/^export \w+=/.test(line) || line.includes("planted"))).toEqual([]);
    expect(lines.join("\n")).toContain("export GCL_VARIABLE_OWN_TOKEN=");
    expect(stderr).toContain("  aud         $constructor, ");
  });
});

describe("what is wrong", () => {
  const without = (command: string) => ({ ...CHECKOUT, [command]: undefined });

  it.each<readonly [string, Situation, told: readonly [subject: string, found: string]]>([
    ["no policy", { flags: [] }, ["--trust-policy", "no value"]],
    [
      "no file",
      { flags: ["--trust-policy", "none.json"] },
      ["--trust-policy", '"none.json" cannot be read (ENOENT)'],
    ],
    [
      "no policy in the file",
      { flags: TRUST, files: { "trust.json": "{}" } },
      ["--trust-policy", '"trust.json" contains no trust policy that IAM would accept'],
    ],
    [
      "no role",
      { flags: TRUST, files: { ".gitlab-ci.yml": "deploy: { script: deploy }" } },
      [
        "--trust-policy",
        '"trust.json" does not say which role it belongs to, and the pipeline names no role',
      ],
    ],
    [
      "a placeholder that was copied",
      { flags: TRUST, files: { ".gitlab-ci.yml": PIPELINE.replace("acme/", "<group>/") } },
      ["include", "<group>/aws-oidc, with a placeholder"],
    ],
    ["no ARN", { flags: ["--trust-policy", "arn:aws:iam::1:user/a=trust.json"] }, ["--trust-policy", "user"]],
    ["no repository", { flags: TRUST, checkout: {} }, ["git", "no repository in this folder"]],
    [
      "no project",
      { flags: TRUST, checkout: without("remote get-url origin") },
      ["--project", "no value, and git has no remote origin"],
    ],
    [
      "no branch",
      { flags: TRUST, checkout: without("symbolic-ref --short --quiet HEAD") },
      ["--branch", "no value, and no branch is checked out"],
    ],
    ["two refs", { flags: [...TRUST, "--branch", "a", "--tag", "b"] }, ["--branch, --tag", "both of them"]],
    ["no pipeline", { flags: TRUST, files: { ".gitlab-ci.yml": "a: [" } }, [".gitlab-ci.yml", "not YAML"]],
    ["an issuer", { flags: [...TRUST, "--issuer", "gitlab.com"] }, ["--issuer", '"gitlab.com"']],
    ["a number", { flags: [...TRUST, "--project-id", "shop"] }, ["--project-id", '"shop"']],
    [
      "a tier alone",
      { flags: [...TRUST, "--deployment-tier", "staging"] },
      ["--deployment-tier", "without --env"],
    ],
    ["a claim", { flags: [...TRUST, "--sub-components", "ref,user"] }, ["--sub-components", '"user"']],
    ["a flag", { flags: [...TRUST, "--brunch", "main"] }, ["--brunch", "not an option of this command"]],
  ])("is told: %s", async (_what, situation, [subject, found]) => {
    const { exitCode, stderr } = await run({ ...situation, program: ASK });
    expect(stderr).toMatch(/^✖ The configuration has (?:one problem|\d problems); nothing was started\.\n/);
    expect(stderr).toContain(`  ${subject}: `);
    expect(stderr).toContain(found);
    expect(exitCode).toBe(2);
  });
});

it("makes sub of other claims, and speaks of an environment, where that is asked for", async () => {
  const { stderr } = await run({
    flags: [
      ...TRUST,
      ...["--sub-components", "project_id,ref_protected,environment_protected,deployment_tier"],
      ...["--project-id", "7", "--environment", "review/1", "--protected-environment"],
    ],
    program: ASK,
  });
  expect(stderr).toContain(
    "  sub         project_id:7:ref_protected:true:environment_protected:true:deployment_tier:production\n",
  );
});

it("says that a program comes behind --", async () => {
  const { stderr } = await run({ flags: [...TRUST, "gitlab-ci-local"] });
  expect(stderr.replaceAll(/\s+/g, " ")).toContain("sandbox … -- gitlab-ci-local");
});
