import { describe, expect, it } from "vitest";
import { parseFlags } from "../../../src/config/inputs/flags.ts";
import { inputsOf } from "../../../src/config/inputs/inputs.ts";
import { createRawInputs } from "../../../src/config/inputs/raw-inputs.ts";
import {
  parseTrustPolicyConfig,
  type TrustedRole,
  type TrustPolicyConfig,
} from "../../../src/config/trust-policy-config.ts";
import { invalid } from "../../../src/foundation/checked.ts";
import type { Environment } from "../../../src/foundation/ports.ts";
import { buildIdTokenClaims } from "../../../stand-ins/gitlab-job.ts";
import { encodeJwt } from "../../harness/unsigned-jwt.ts";

type Flags = Readonly<Record<string, string>>;

const NOW = new Date("2026-11-23T04:00:00Z");

function parse(flags: Flags, env: Environment = {}) {
  return parseArgv(
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    env,
  );
}

function parseArgv(argv: readonly string[], env: Environment = {}) {
  const typed = parseFlags(argv, "trust-policy");
  const config = parseTrustPolicyConfig(createRawInputs(typed.flags, env, inputsOf("trust-policy")), env);
  return typed.problems.length === 0
    ? config
    : invalid(...typed.problems, ...(config.ok ? [] : config.problems));
}

/** The configuration of one role. */
function parsed(flags: Flags, env: Environment = {}): Omit<TrustPolicyConfig, "roles"> & TrustedRole {
  const config = parse(flags, env);
  if (!config.ok) throw new Error(JSON.stringify(config.problems));
  const [role, ...others] = config.value.roles;
  if (role === undefined || others.length > 0) throw new Error(`${config.value.roles.length} roles`);
  return { ...config.value, ...role };
}

/** What is wrong, each as `subject: found → fix`. */
function problemsOf(flags: Flags, env: Environment = {}): readonly string[] {
  return textsOf(parse(flags, env));
}

function textsOf(config: ReturnType<typeof parseArgv>): readonly string[] {
  return config.ok ? [] : config.problems.map(({ subject, found, fix }) => `${subject}: ${found} → ${fix}`);
}

const RIGHT = { account: "123456789012", project: "acme/shop", branch: "main" };
const on = "true";

const scopeOf = (flags: Flags) => {
  const { subject } = parsed({ account: "123456789012", ...flags });
  return subject.kind === "scope" ? subject.scope : undefined;
};

describe("a scope", () => {
  it.each<[string, Flags, object]>([
    ["a project", { project: "acme/shop" }, { kind: "paths", paths: ["acme/shop"] }],
    ["several projects", { project: "a/b, c/d" }, { kind: "paths", paths: ["a/b", "c/d"] }],
    ["a group", { group: "acme" }, { kind: "groups", paths: ["acme"], subgroups: "excluded" }],
    [
      "a group with its subgroups",
      { group: "acme/team", "with-subgroups": on },
      { kind: "groups", paths: ["acme/team"], subgroups: "included" },
    ],
    ["numbers", { "project-id": "1,2" }, { kind: "ids", ids: ["1", "2"] }],
  ])("is of %s", (_, flags, projects) => {
    expect(scopeOf({ branch: "main", ...flags })?.projects).toEqual(projects);
  });

  it.each<[string, Flags, object]>([
    [
      "branches",
      { branch: "main,release/*" },
      {
        kind: "some",
        patterns: [
          { type: "branch", name: "main" },
          { type: "branch", name: "release/*" },
        ],
      },
    ],
    [
      "a branch called false",
      { branch: "false" },
      { kind: "some", patterns: [{ type: "branch", name: "false" }] },
    ],
    ["tags", { tag: "v1.0" }, { kind: "some", patterns: [{ type: "tag", name: "v1.0" }] }],
    [
      "protected tags that start the same",
      { tag: "v*", protected: on },
      { kind: "some", patterns: [{ type: "tag", name: "v*" }] },
    ],
    [
      "branches and tags",
      { tag: "v1.0", branch: "main" },
      {
        kind: "some",
        patterns: [
          { type: "branch", name: "main" },
          { type: "tag", name: "v1.0" },
        ],
      },
    ],
    [
      "a branch and any tag",
      { branch: "main", "any-tag": on },
      {
        kind: "some",
        patterns: [
          { type: "branch", name: "main" },
          { type: "tag", name: "*" },
        ],
      },
    ],
    ["any branch", { "any-branch": on }, { kind: "some", patterns: [{ type: "branch", name: "*" }] }],
    ["any tag", { "any-tag": on }, { kind: "some", patterns: [{ type: "tag", name: "*" }] }],
    ["any ref", { "any-ref": on }, { kind: "any" }],
    [
      "a switch that is off",
      { branch: "main", "any-ref": "false" },
      { kind: "some", patterns: [{ type: "branch", name: "main" }] },
    ],
    ["any protected ref", { protected: on }, { kind: "any" }],
    ["any ref in a protected environment", { "protected-environment": on }, { kind: "any" }],
  ])("is for %s", (_, flags, refs) => {
    expect(scopeOf({ project: "acme/shop", ...flags })?.refs).toEqual(refs);
  });

  it("asks for further claims", () => {
    const flags = {
      project: "acme/shop",
      "project-id": "4711",
      "namespace-id": "42",
      protected: on,
      "protected-environment": on,
      "deployment-tier": "production,staging",
    };
    expect(scopeOf(flags)?.claims).toEqual([
      { claim: "project_id", values: ["4711"] },
      { claim: "namespace_id", values: ["42"] },
      { claim: "ref_protected", values: ["true"] },
      { claim: "environment_protected", values: ["true"] },
      { claim: "deployment_tier", values: ["production", "staging"] },
    ]);
  });
});

describe("issuer and audience", () => {
  it("are those of gitlab.com", () => {
    const { provider } = parsed(RIGHT);
    expect(provider).toEqual({ issuer: "https://gitlab.com", audience: "https://gitlab.com", state: "new" });
  });

  it("are those of the instance in a job", () => {
    const env = { CI_SERVER_URL: "https://gitlab.example.com" };
    expect(parsed(RIGHT, env).provider).toMatchObject({
      issuer: "https://gitlab.example.com",
      audience: "https://gitlab.example.com",
    });
  });

  it("are those that flags give", () => {
    const flags = { issuer: "https://example.com/git/lab", audience: "aws", "existing-provider": on };
    expect(parsed({ ...RIGHT, ...flags }, { CI_SERVER_URL: "https://gitlab.example.com" }).provider).toEqual({
      issuer: "https://example.com/git/lab",
      audience: "aws",
      state: "existing",
    });
  });

  it.each([
    ["http://gitlab.example.com", "with http instead of https", "https://gitlab.example.com"],
    ["https://gitlab.example.com/", "with a trailing slash", "https://gitlab.example.com"],
    ["https://example.com/gitlab//", "with a trailing slash", "https://example.com/gitlab"],
    ["https://gitlab.example.com?x=1", "with a query or fragment", "https://gitlab.example.com"],
    ["https://gitlab.example.com#", "with a query or fragment", "https://gitlab.example.com"],
    ["https://gitlab.example.com:8443", "with a port", "https://gitlab.example.com"],
    ["https://gitlab.example.com:443/x", "with a port", "https://gitlab.example.com/x"],
    [
      "https://GitLab.com",
      "with capital letters in the host, or characters that need encoding",
      "https://gitlab.com",
    ],
    [
      "http://gitlab.example.com:80/?x=1",
      "with http instead of https, a port, a query or fragment, a trailing slash",
      "https://gitlab.example.com",
    ],
  ])("refuse the issuer %s", (issuer, fault, right) => {
    expect(problemsOf({ ...RIGHT, issuer })).toEqual([
      `--issuer: ${JSON.stringify(issuer)}, ${fault} → Write ${right}, if that is the \`iss\`; otherwise change the URL of your GitLab first.`,
    ]);
  });

  it.each([
    "https://ada:s3cret@gitlab.example.com",
    "https://ada:s3/cret@gitlab.example.com",
    "https://ada:0/s3cret@gitlab.example.com",
    "ftp://ada:s3cret@gitlab",
  ])("never show the password in %s", (issuer) => {
    expect(problemsOf({ ...RIGHT, issuer })).toEqual([
      "--issuer: a URL with a user name or password in it → Remove everything before the @.",
    ]);
  });

  it.each(["gitlab.example.com", "$CI_SERVER_URL", "https://", "https:///x"])(
    "refuse the issuer %s, which is no URL",
    (issuer) => {
      expect(problemsOf({ ...RIGHT, issuer })).toEqual([
        `--issuer: ${JSON.stringify(issuer)} → Write https:// and the host.`,
      ]);
    },
  );

  it("refuse a URL that is too long for IAM", () => {
    const issuer = `https://gitlab.example.com/${"x".repeat(255)}`;
    expect(problemsOf({ ...RIGHT, issuer })[0]).toContain("with more than 255 characters");
  });

  it.each(["$CI_SERVER_URL", "two words", "x".repeat(256)])("refuse the audience %s", (audience) => {
    expect(problemsOf({ ...RIGHT, audience })).toEqual([
      `--audience: ${JSON.stringify(audience)} → Write the value of \`aud\`, without spaces and with its variables expanded.`,
    ]);
  });
});

describe("role and format", () => {
  it("have defaults", () => {
    const { role, format } = parsed(RIGHT);
    expect(role).toEqual({
      name: "gitlab-ci",
      maxSessionSeconds: 3600,
      managedPolicies: [],
      permissionsBoundary: undefined,
      sessionTags: [],
    });
    expect(format).toEqual({ name: "json", account: { partition: "aws", accountId: "123456789012" } });
  });

  it("are read", () => {
    const { role, format } = parsed({
      ...RIGHT,
      partition: "aws-cn",
      "role-name": "deploy",
      "max-session-seconds": "43200",
      "managed-policies": "ReadOnlyAccess, arn:aws-cn:iam::123456789012:policy/ci/x",
      "permissions-boundary": "arn:aws-cn:iam::123456789012:policy/boundary",
      "session-tags": "project, team=shop, path=a=b",
      format: "cli",
    });
    expect(role).toEqual({
      name: "deploy",
      maxSessionSeconds: 43_200,
      managedPolicies: [
        { kind: "aws-managed", name: "ReadOnlyAccess" },
        { kind: "arn", arn: "arn:aws-cn:iam::123456789012:policy/ci/x" },
      ],
      permissionsBoundary: { kind: "arn", arn: "arn:aws-cn:iam::123456789012:policy/boundary" },
      sessionTags: [
        { key: "project", value: undefined },
        { key: "team", value: "shop" },
        { key: "path", value: "a=b" },
      ],
    });
    expect(format).toEqual({ name: "cli", account: { partition: "aws-cn", accountId: "123456789012" } });
  });

  it.each(["cloudformation", "terraform"])("need no account for %s", (format) => {
    expect(parsed({ project: "acme/shop", branch: "main", format }).format).toEqual({ name: format });
  });

  it.each(["json", "cli"])("need the account for %s", (format) => {
    expect(problemsOf({ project: "acme/shop", branch: "main", format })).toEqual([
      "--account: no account → Add --account with 12 digits.",
    ]);
  });
});

describe("what is wrong by itself", () => {
  it.each<[Flags, string]>([
    [{ account: "1234-5678-9012" }, '--account: "1234-5678-9012" → Write all 12 digits, without dashes.'],
    [{ partition: "aws-mars" }, '--partition: "aws-mars" → Use the second part of any ARN in the account.'],
    [{ "role-name": "ci/deploy" }, '--role-name: "ci/deploy" → Write only the name, without ARN or path.'],
    [{ "max-session-seconds": "900" }, '--max-session-seconds: "900" → Use at least 3600 seconds.'],
    [
      { "managed-policies": "ok,arn:aws:s3:::x,a b!" },
      '--managed-policies: "arn:aws:s3:::x, b!" → Copy the ARN from the policy\'s page in the IAM console.',
    ],
    [
      { "permissions-boundary": "ci-boundary" },
      '--permissions-boundary: "ci-boundary" → Use the ARN of your own policy: arn:aws:iam::<account>:policy/ci-boundary.',
    ],
    [
      { "managed-policies": "job-function/ViewOnlyAccess,deploy" },
      '--managed-policies: "deploy" → Use the ARN of your own policy: arn:aws:iam::<account>:policy/deploy.',
    ],
    [
      { "permissions-boundary": "A,B" },
      '--permissions-boundary: "A,B" → Put everything that the role may ever do into one policy.',
    ],
    [
      { "permissions-boundary": "arn:aws:iam::210987654321:policy/x" },
      '--permissions-boundary: "arn:aws:iam::210987654321:policy/x" → Create the policy in the role\'s account first, and use its ARN.',
    ],
    [
      { "permissions-boundary": "arn:aws-cn:iam::aws:policy/x" },
      '--permissions-boundary: "arn:aws-cn:iam::aws:policy/x" → Create the policy in the role\'s account first, and use its ARN.',
    ],
    [
      { "session-tags": "team=" },
      '--session-tags: "team=" → Write them as in the component\'s input `session-tags`: project, ref, team=shop.',
    ],
    [
      { "session-tags": "ref, Ref=main" },
      '--session-tags: the key "ref" twice → Write them as in the component\'s input `session-tags`: project, ref, team=shop.',
    ],
    [
      { "session-tags": "aws:x" },
      '--session-tags: "aws:x" → Write them as in the component\'s input `session-tags`: project, ref, team=shop.',
    ],
    [{ format: "yaml" }, '--format: "yaml" → Set --format to one of these words, in lower case.'],
    [
      { project: "shop" },
      '--project: "shop" → Write group/project; for all projects of a group use --group.',
    ],
    [
      { project: "/acme/shop" },
      '--project: "/acme/shop" → Write letters, digits and _.- with slashes between them.',
    ],
    [
      { project: "acme/shop/" },
      '--project: "acme/shop/" → Write letters, digits and _.- with slashes between them.',
    ],
    [
      { project: "acme/-x" },
      '--project: "acme/-x" → Write letters, digits and _.- with slashes between them.',
    ],
    [
      { project: "https://gitlab.com/acme/shop" },
      '--project: "https://gitlab.com/acme/shop" → Remove the address of the instance.',
    ],
    [
      { project: "acme/shop.git" },
      '--project: "acme/shop.git" → Remove .git: no path in GitLab ends that way.',
    ],
    [
      { project: "acme/*" },
      '--project: "acme/*" → Use --group with only the group: it stands for its projects.',
    ],
    [{ branch: "refs/heads/main" }, '--branch: "refs/heads/main" → Write the short name: main.'],
    [{ branch: "*" }, '--branch: "*" → Use --any-branch, if that is what you want.'],
    [{ branch: "*main" }, '--branch: "*main" → Use only the wildcard *, and only at the end.'],
    [{ branch: "rel?ase" }, '--branch: "rel?ase" → Use only the wildcard *, and only at the end.'],
    [{ branch: "release/**" }, '--branch: "release/**" → Use only the wildcard *, and only at the end.'],
    [
      { branch: "release*" },
      '--branch: "release*" → Write release/* and protect that in GitLab, or add --protected: otherwise anyone who may push can create a branch that starts like this, such as releasex.',
    ],
    [{ branch: "a:b" }, '--branch: "a:b" → Copy the name from GitLab: Git or IAM does not allow this one.'],
    [{ branch: "a..b" }, '--branch: "a..b" → Copy the name from GitLab: Git or IAM does not allow this one.'],
    [{ branch: "/a" }, '--branch: "/a" → Copy the name from GitLab: Git or IAM does not allow this one.'],
    [{ branch: "a/" }, '--branch: "a/" → Copy the name from GitLab: Git or IAM does not allow this one.'],
    [{ branch: "日本" }, '--branch: "日本" → Copy the name from GitLab: Git or IAM does not allow this one.'],
    [{ "project-id": "acme" }, '--project-id: "acme" → Copy them from the pages of the projects or groups.'],
    [
      { "namespace-id": "042" },
      '--namespace-id: "042" → Copy them from the pages of the projects or groups.',
    ],
    [
      { "deployment-tier": "live" },
      `--deployment-tier: "live" → Use the environment's tier; AWS does not see its name.`,
    ],
  ])("%j", (flags, problem) => {
    expect(problemsOf({ ...RIGHT, ...flags })).toEqual([problem]);
  });

  it.each([
    ["production", "production"],
    ["prod/eu", "production"],
    ["staging", "staging"],
    ["review/feature-x", "development"],
    ["acceptance", "testing"],
    ["eu-1", "other"],
  ])("the name of an environment, such as %s, for which it says what to use instead", (environment, tier) => {
    expect(problemsOf({ ...RIGHT, environment })).toEqual([
      `--environment: ${JSON.stringify(environment)} → Use --protected-environment --deployment-tier ${tier}, if GitLab protects the environment, or --unprotected-environment.`,
    ]);
  });

  it.each([
    "project",
    "namespace-id",
    "branch",
    "account",
    "audience",
    "environment",
    "permissions-boundary",
  ])("an empty value of --%s, which must not pass for none", (name) => {
    expect(problemsOf({ ...RIGHT, [name]: "" })).toContain(
      `--${name}: "" → If it comes from a variable, check that it is set.`,
    );
  });

  it("a list of nothing but commas", () => {
    expect(problemsOf({ ...RIGHT, project: "," })).toContain(
      '--project: "," → If it comes from a variable, check that it is set.',
    );
  });

  it("a switch with a value", () => {
    expect(problemsOf({ ...RIGHT, "existing-provider": "no" })).toEqual([
      '--existing-provider: "no" → Write the flag alone, or omit it.',
    ]);
  });
});

describe("what is wrong together", () => {
  it.each<[string, Flags, string]>([
    [
      "a branch and any branch",
      { "any-branch": on },
      "--any-branch: together with --branch → Omit --any-branch, unless all of these may assume the role.",
    ],
    [
      "a tag and any tag",
      { tag: "v1", "any-tag": on },
      "--any-tag: together with --tag → Omit --any-tag, unless all of these may assume the role.",
    ],
    [
      "names and any ref",
      { "any-ref": on, "any-tag": on },
      "--any-ref: together with --branch and --any-tag → Omit --any-ref, unless all of these may assume the role.",
    ],
    [
      "an environment that is protected and not",
      { "protected-environment": on, "unprotected-environment": on },
      "--unprotected-environment: together with --protected-environment → Omit one of them.",
    ],
    ["group and project", { group: "acme" }, "--group: together with --project → Omit one of them."],
    [
      "subgroups of none",
      { "with-subgroups": on },
      "--with-subgroups: no --group → Add --group, or omit --with-subgroups.",
    ],
    [
      "numbers of fewer projects",
      { project: "acme/a,acme/b", "project-id": "1" },
      "--project-id: 1 for 2 of --project → Add what is missing, or omit --project-id.",
    ],
    [
      "number and path elsewhere",
      { "project-id": "1", issuer: "https://gitlab.example.com" },
      "--project-id: together with --project → Omit one of them.",
    ],
    [
      "the number of a group elsewhere",
      { "namespace-id": "1", issuer: "https://gitlab.example.com" },
      "--namespace-id: an instance other than gitlab.com → Use --group or --project-id.",
    ],
  ])("%s", (_, flags, problem) => {
    expect(problemsOf({ ...RIGHT, ...flags })).toEqual([problem]);
  });

  it.each<[string, Flags, string]>([
    [
      "group and number of a project",
      { group: "acme", "project-id": "1" },
      "--group: together with --project-id → Omit one of them.",
    ],
    [
      "subgroups and the number of the group",
      { group: "acme", "with-subgroups": on, "namespace-id": "1" },
      "--namespace-id: together with --with-subgroups → Omit one of them.",
    ],
    [
      "a group and its subgroup, whose projects would be kept out",
      { group: "acme,umbrella,acme/team" },
      "--group: acme/team, which is inside another of the groups → Create a role for each, or add --with-subgroups.",
    ],
    [
      "no project",
      {},
      "--project: no project → Add --project group/project, or use no flags at all in a job that has GITLAB_OIDC_TOKEN.",
    ],
  ])("%s", (_, flags, problem) => {
    expect(problemsOf({ account: "123456789012", branch: "main", ...flags })).toEqual([problem]);
  });

  it("nothing that depends on the issuer while that is wrong itself", () => {
    const flags = { ...RIGHT, "project-id": "1", "namespace-id": "2", issuer: "https://gitlab.com/" };
    expect(problemsOf(flags)).toEqual([expect.stringMatching(/^--issuer: /)]);
  });

  it("no ref", () => {
    expect(problemsOf({ account: "123456789012", project: "acme/shop" })).toEqual([
      "--branch: no branch or tag → Add --branch main, or whatever the job runs for.",
    ]);
  });
});

it.each([
  ["--merge-request=12", "name it with --branch, or use --any-branch."],
  ["--role-arn=arn:aws:iam::123456789012:role/deploy", "Pass the role's name with --role-name"],
  ["--ref=main", "Use --branch or --tag."],
])("an option that people expect, %s, is refused with what to do instead", (flag, instead) => {
  const [problem, ...others] = textsOf(
    parseArgv(["--account=123456789012", "--project=acme/shop", "--branch=main", flag]),
  );
  expect(problem).toContain(instead);
  expect(others).toEqual([]);
});

describe("several roles", () => {
  const shared = ["--account=123456789012", "--project=acme/shop"];
  const rolesOf = (...argv: readonly string[]) => {
    const config = parseArgv([...shared, ...argv]);
    if (!config.ok) throw new Error(JSON.stringify(config.problems));
    return config.value.roles;
  };
  const wrongIn = (...argv: readonly string[]) => textsOf(parseArgv([...shared, ...argv]));

  it("have what comes before the first of them, and each what follows it", () => {
    const roles = rolesOf(
      ...["--max-session-seconds=7200", "--role=production", "--branch=main", "--protected-environment"],
      ...["--role=review", "--any-branch", "--managed-policies=ReadOnlyAccess", "--format=json"],
    );
    expect(roles).toMatchObject([
      {
        subject: {
          scope: {
            projects: { paths: ["acme/shop"] },
            refs: { patterns: [{ type: "branch", name: "main" }] },
            claims: [{ claim: "environment_protected", values: ["true"] }],
          },
        },
        role: { name: "production", maxSessionSeconds: 7200, managedPolicies: [] },
      },
      {
        subject: { scope: { refs: { patterns: [{ type: "branch", name: "*" }] }, claims: [] } },
        role: {
          name: "review",
          maxSessionSeconds: 7200,
          managedPolicies: [{ kind: "aws-managed", name: "ReadOnlyAccess" }],
        },
      },
    ]);
  });

  it("are one where there is one --role, wherever it stands", () => {
    const [first] = rolesOf("--branch=main", "--role=deploy", "--protected");
    expect(rolesOf("--role-name=deploy", "--protected", "--branch=main")).toEqual([first]);
  });

  it("need names of their own", () => {
    const flags = ["--branch=main", "--role=deploy", "--role=Deploy", "--role=x"];
    expect(wrongIn(...flags)).toEqual([
      '--role: "Deploy", the name of 2 roles → Rename one of them, or put their flags together for one role.',
    ]);
  });

  it("need one form of `sub` for a project", () => {
    const config = parseArgv([
      ...["--account=123456789012", "--branch=main"],
      ...["--role=by-path", "--project=acme/shop", "--role=by-number", "--project-id=4711"],
    ]);
    expect(textsOf(config)).toEqual([
      "--project-id of by-number: a `sub` that begins with the id, but by-path needs one that begins with the path → Name the projects the same way for all roles: with --project, or only with --project-id. Put roles for other projects into a separate document.",
    ]);
  });

  it("may name one project by path and another by number, where the numbers of both are known", () => {
    const config = parseArgv([
      ...["--account=123456789012", "--branch=main"],
      ...["--role=a", "--project=acme/shop", "--project-id=4711", "--role=b", "--project-id=4712"],
    ]);
    expect(config.ok).toBe(true);
  });

  it("tell a problem of all of them once, and any other with the role that has it", () => {
    const flags = [
      "--format=yaml",
      "--role=a",
      "--branch=x..y",
      "--role=b",
      "--tag=v1",
      "--environment=live",
    ];
    const argv = ["--project=shop", "--account=1", ...flags];
    expect(textsOf(parseArgv(argv))).toEqual([
      '--format: "yaml" → Set --format to one of these words, in lower case.',
      '--project: "shop" → Write group/project; for all projects of a group use --group.',
      '--branch of a: "x..y" → Copy the name from GitLab: Git or IAM does not allow this one.',
      '--environment of b: "live" → Use --protected-environment --deployment-tier production, if GitLab protects the environment, or --unprotected-environment.',
      '--account: "1" → Write all 12 digits, without dashes.',
    ]);
  });

  it("are none where a flag of all is given for one again", () => {
    expect(wrongIn("--branch=main", "--role=a", "--role=b", "--branch=develop")).toEqual([
      "--branch: before the first --role, and again for b → Move it after each --role that it applies to.",
    ]);
  });

  it("are told of a flag of all that does not go with one of their own", () => {
    expect(wrongIn("--branch=main", "--role=a", "--role=b", "--any-branch")).toEqual([
      "--any-branch of b: together with --branch → Omit --any-branch, unless all of these may assume the role. --branch before the first --role applies to all roles: move it after each --role that it applies to.",
    ]);
    expect(wrongIn("--role=a", "--branch=main", "--any-branch", "--role=b", "--tag=v1")).toEqual([
      "--any-branch of a: together with --branch → Omit --any-branch, unless all of these may assume the role.",
    ]);
  });

  it("say for which of them an option is wrong or unknown", () => {
    const flags = ["--branch=main", "--role=a", "--max-session-seconds=1", "--role=b", "--protekted"];
    expect(wrongIn(...flags, "--role=c", "--session-tags=x", "--session-tags=")).toEqual([
      "--protekted: not an option of this command → Did you mean --protected? Run `node aws-oidc.cjs trust-policy --help` for the list.",
      "--session-tags of c: given 2 times, but not always with a value → If one comes from a variable, check that it is set.",
      '--max-session-seconds of a: "1" → Use at least 3600 seconds.',
    ]);
  });

  it("are not made for a token", () => {
    const token = encodeJwt(buildIdTokenClaims("https://gitlab.com", {}, NOW));
    const config = parseArgv(["--account=123456789012", "--role=a", "--role=b"], {
      GITLAB_OIDC_TOKEN: token,
    });
    expect(textsOf(config).map((text) => text.split(":")[0])).toEqual(["--project", "--branch"]);
  });
});

describe("a token", () => {
  const claims = (iss = "https://gitlab.example.com") => buildIdTokenClaims(iss, {}, NOW);
  const env = (token: string = encodeJwt(claims())): Environment => ({
    GITLAB_OIDC_TOKEN: token,
    AWS_OIDC_ROLE_ARN: "arn:aws-cn:iam::210987654321:role/ci/release",
  });

  it("stands for the scope, and the job's role for account and name", () => {
    expect(parsed({}, env())).toMatchObject({
      subject: { kind: "token", claims: { sub: "project_path:acme/shop:ref_type:branch:ref:main" } },
      provider: { issuer: "https://gitlab.example.com", audience: "https://gitlab.example.com" },
      role: { name: "release" },
      format: { name: "json", account: { partition: "aws-cn", accountId: "210987654321" } },
    });
  });

  it("takes the role of the web-identity component, and flags before both", () => {
    const { GITLAB_OIDC_TOKEN } = env();
    const role = { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy" };
    expect(parsed({}, { GITLAB_OIDC_TOKEN, ...role }).role.name).toBe("deploy");
    const flags = { account: "999999999999", partition: "aws", "role-name": "x" };
    expect(parsed(flags, env())).toMatchObject({
      role: { name: "x" },
      format: { account: { accountId: "999999999999", partition: "aws" } },
    });
  });

  it("is not looked at when a flag says whom to trust, if only emptily", () => {
    expect(parsed(RIGHT, env()).subject.kind).toBe("scope");
    expect(problemsOf({ project: "", branch: "main" }, env())).toContain(
      '--project: "" → If it comes from a variable, check that it is set.',
    );
    expect(parse({ audience: "x" }, env()).ok).toBe(false);
  });

  it("of an instance without https is refused", () => {
    expect(problemsOf({}, env(encodeJwt(claims("http://gitlab.local"))))[0]).toMatch(
      /^claim "iss": "http:\/\/gitlab.local", with http instead of https/,
    );
  });

  it("that is none is refused together with the rest", () => {
    const problems = problemsOf({ format: "yaml" }, env("no-token"));
    expect(problems).toEqual([
      expect.stringMatching(/^--format: "yaml"/),
      expect.stringMatching(/^GITLAB_OIDC_TOKEN: something that is not a JSON Web Token/),
    ]);
  });

  it("without a role leaves the account open", () => {
    const { GITLAB_OIDC_TOKEN } = env();
    expect(problemsOf({}, { GITLAB_OIDC_TOKEN })).toEqual([
      "--account: no account → Add --account with 12 digits.",
    ]);
    expect(parsed({ format: "terraform" }, { GITLAB_OIDC_TOKEN }).role.name).toBe("gitlab-ci");
  });
});
