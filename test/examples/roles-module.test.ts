import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import type { TrustPolicy } from "../../src/aws/trust-policy/model/policy.ts";
import { type HclModule, readHclModule } from "../harness/hcl-module.ts";
import { runInMemory } from "../harness/run-in-memory.ts";
import { findExecutable } from "../harness/shells.ts";

const FOLDER = join(import.meta.dirname, "../../examples/infra/terraform/modules/gitlab-oidc-roles");

type Role = Readonly<Record<string, unknown>>;

/** The same role, as flags of `trust-policy` and as the module takes it. */
interface Case {
  readonly flags: readonly string[];
  readonly role: Role;
  readonly issuer?: string;
  readonly audience?: string;
}

const OWN = "https://gitlab.example.com/git";
const SHOP = { projects: ["acme/shop"] };
const ON_SHOP = "--project=acme/shop";

/** Git takes it for the name of a branch, and IAM would read a policy variable in it. */
const ODD = "a$" + "{b}";

const CASES: readonly Case[] = [
  { flags: [ON_SHOP, "--branch=main"], role: { ...SHOP, branches: ["main"] } },
  {
    flags: ["--project=acme/shop,acme/api", "--project-id=1,2", "--namespace-id=42", "--branch=main,stable"],
    role: {
      projects: ["acme/shop", "acme/api"],
      project_ids: ["1", "2"],
      namespace_ids: ["42"],
      branches: ["main", "stable"],
    },
  },
  { flags: [ON_SHOP, "--any-branch"], role: { ...SHOP, branches: ["*"] } },
  { flags: [ON_SHOP, "--branch=main,release/*"], role: { ...SHOP, branches: ["main", "release/*"] } },
  { flags: [ON_SHOP, `--branch=${ODD}`], role: { ...SHOP, branches: [ODD] } },
  { flags: [ON_SHOP, "--tag=v*", "--protected"], role: { ...SHOP, tags: ["v*"], protected: true } },
  { flags: [ON_SHOP, "--any-tag"], role: { ...SHOP, tags: ["*"] } },
  { flags: [ON_SHOP, "--protected"], role: { ...SHOP, protected: true } },
  { flags: ["--project-id=4711", "--branch=main"], role: { project_ids: ["4711"], branches: ["main"] } },
  {
    flags: [ON_SHOP, "--branch=main", "--protected-environment", "--deployment-tier=production,staging"],
    role: {
      ...SHOP,
      branches: ["main"],
      protected_environment: true,
      deployment_tiers: ["production", "staging"],
    },
  },
  {
    flags: [ON_SHOP, "--protected-environment"],
    role: { ...SHOP, protected_environment: true },
  },
  {
    issuer: OWN,
    audience: "aws",
    flags: [ON_SHOP, "--protected", "--tag=v*", "--deployment-tier=other"],
    role: { ...SHOP, protected: true, tags: ["v*"], deployment_tiers: ["other"] },
  },
  {
    issuer: OWN,
    flags: ["--project-id=1,2", "--branch=main"],
    role: { project_ids: ["1", "2"], branches: ["main"] },
  },
];

/** Each with a project of its own, so that all can be in one call of the module. */
const withNames = CASES.map(({ flags, role, ...source }, index) => {
  const own = (text: string) => text.replaceAll(/acme\/(?=shop|api)/g, `acme/${index}/`);
  return {
    ...source,
    name: `role-${index}`,
    title: flags.join(" "),
    flags: flags.map(own),
    role: JSON.parse(own(JSON.stringify(role))) as Role,
  };
});

/** Variables for all cases of one issuer and audience. */
function variablesOf({ issuer, audience }: Pick<Case, "issuer" | "audience">): Role {
  const same = withNames.filter((other) => other.issuer === issuer && other.audience === audience);
  return {
    ...(issuer && { issuer }),
    ...(audience && { audience }),
    roles: Object.fromEntries(same.map(({ name, role }) => [name, role])),
  };
}

/** Several roles, as one command and one call of the module. */
interface Group {
  readonly title: string;
  readonly issuer?: string;
  readonly roles: Readonly<Record<string, Omit<Case, "issuer" | "audience">>>;
}

const GROUPS: readonly Group[] = [
  {
    title: "an environment, and no environment",
    roles: {
      production: {
        flags: [ON_SHOP, "--branch=main", "--protected-environment", "--deployment-tier=production"],
        role: { ...SHOP, branches: ["main"], protected_environment: true, deployment_tiers: ["production"] },
      },
      review: {
        flags: [ON_SHOP, "--any-branch", "--unprotected-environment"],
        role: { ...SHOP, branches: ["*"], unprotected_environment: true },
      },
      build: {
        flags: [ON_SHOP, "--branch=main", "--tag=v1"],
        role: { ...SHOP, branches: ["main"], tags: ["v1"] },
      },
    },
  },
  {
    title: "a project shared indirectly",
    roles: {
      first: {
        flags: ["--project=acme/a,acme/b", "--protected-environment"],
        role: { projects: ["acme/a", "acme/b"], protected_environment: true },
      },
      second: {
        flags: ["--project=acme/b,acme/c", "--branch=main"],
        role: { projects: ["acme/b", "acme/c"], branches: ["main"] },
      },
      third: {
        flags: ["--project=acme/c", "--branch=main"],
        role: { projects: ["acme/c"], branches: ["main"] },
      },
      apart: {
        flags: ["--project=acme/d", "--branch=main"],
        role: { projects: ["acme/d"], branches: ["main"] },
      },
    },
  },
  {
    title: "protected and unprotected refs outside gitlab.com",
    issuer: OWN,
    roles: {
      release: {
        flags: [ON_SHOP, "--tag=v*", "--protected"],
        role: { ...SHOP, tags: ["v*"], protected: true },
      },
      build: { flags: [ON_SHOP, "--any-branch"], role: { ...SHOP, branches: ["*"] } },
    },
  },
  {
    title: "projects by number",
    roles: {
      deploy: {
        flags: ["--project-id=1,2", "--branch=main", "--deployment-tier=staging"],
        role: { project_ids: ["1", "2"], branches: ["main"], deployment_tiers: ["staging"] },
      },
      build: { flags: ["--project-id=2", "--branch=main"], role: { project_ids: ["2"], branches: ["main"] } },
    },
  },
];

const variablesOfGroup = ({ issuer, roles }: Group): Role => ({
  ...(issuer && { issuer }),
  roles: Object.fromEntries(Object.entries(roles).map(([name, { role }]) => [name, role])),
});

const arnOf = ({ issuer = "https://gitlab.com" }: Pick<Case, "issuer">) =>
  `arn:aws:iam::123456789012:oidc-provider/${issuer.replace("https://", "")}`;

/** The order of conditions and of their values means nothing. */
function read(document: string): TrustPolicy {
  const parsed = parseTrustPolicy(document);
  if (parsed.kind !== "policy") throw new Error(`no trust policy: ${document}`);
  const statements = parsed.policy.statements.map(({ conditions, ...statement }) => ({
    ...statement,
    conditions: conditions
      .map(({ values, ...test }) => ({ ...test, values: values.toSorted() }))
      .toSorted((left, right) =>
        `${left.operator}${left.key}`.localeCompare(`${right.operator}${right.key}`),
      ),
  }));
  return { ...parsed.policy, statements };
}

interface Trust {
  readonly policy: TrustPolicy;
  /** `null` where GitLab's default serves. */
  readonly subComponents: readonly string[] | null;
}

async function byTrustPolicy({ flags, issuer = "https://gitlab.com", audience }: Case): Promise<Trust> {
  const source = [`--issuer=${issuer}`, ...(audience ? [`--audience=${audience}`] : [])];
  const argv = ["trust-policy", "--account=123456789012", ...flags, ...source];
  const { exitCode, stdout, stderr } = await runInMemory({ argv });
  expect(exitCode, stderr).toBe(0);
  const [, components] = /"ci_id_token_sub_claim_components":(\[.*?\])/.exec(stderr) ?? [];
  return { policy: read(stdout), subComponents: components === undefined ? null : JSON.parse(components) };
}

let module: HclModule;
beforeAll(async () => {
  module = await readHclModule(FOLDER);
});

function byModule(example: (typeof withNames)[number]): Trust {
  const work = (local: string) =>
    (module.local(local, variablesOf(example), { provider_arn: arnOf(example) }) as Role)[example.name];
  return {
    policy: read(String(work("trust_policies"))),
    subComponents: work("sub_claim_components") as Trust["subComponents"],
  };
}

describe("a role of the module trusts what trust-policy does for", () => {
  it.each(withNames)("$title", async (example) => {
    const variables = variablesOf(example);
    expect(module.validate(variables)).toEqual([]);
    expect((module.local("problems", variables, {}) as Role)[example.name]).toEqual([]);
    expect(byModule(example)).toEqual(await byTrustPolicy(example));
  });
});

describe("roles of the module trust what those of one command do, for", () => {
  it.each(GROUPS)("$title", async (group) => {
    const sources = [`--issuer=${group.issuer ?? "https://gitlab.com"}`, "--account=123456789012"];
    const flags = Object.entries(group.roles).flatMap(([name, role]) => ["--role", name, ...role.flags]);
    const { exitCode, stdout, stderr } = await runInMemory({ argv: ["trust-policy", ...sources, ...flags] });
    expect(exitCode, stderr).toBe(0);
    const variables = variablesOfGroup(group);
    expect(module.validate(variables)).toEqual([]);
    expect(Object.values(module.local("problems", variables, {}) as Role).flat()).toEqual([]);
    const made = module.local("trust_policies", variables, { provider_arn: arnOf(group) }) as Role;
    for (const [name, policy] of Object.entries(JSON.parse(stdout))) {
      expect(read(String(made[name])), name).toEqual(read(JSON.stringify(policy)));
    }
    expect(Object.keys(made).sort()).toEqual(Object.keys(JSON.parse(stdout)).sort());
    const told = [...stderr.matchAll(/"ci_id_token_sub_claim_components":(\[.*?\])/g)].map(
      ([, list = ""]) => list,
    );
    const wanted = Object.values(module.local("sub_claim_components", variables, {}) as Role)
      .filter((components) => components !== null)
      .map((components) => JSON.stringify(components));
    expect(new Set(told)).toEqual(new Set(wanted));
  });
});

const PROBLEMS: readonly (readonly [string, Role, string])[] = [
  ["no project", { branches: ["main"] }, "Every role needs projects"],
  ["no ref", SHOP, "Every role needs branches, tags"],
  [
    "a project with a wildcard",
    { projects: ["acme/*"], branches: ["main"] },
    "Write projects as group/project",
  ],
  [
    "a project with an address",
    { projects: ["https://gitlab.com/acme/shop"], branches: ["main"] },
    "Write projects",
  ],
  [
    "a project as `git clone` names it",
    { projects: ["acme/shop.git"], branches: ["main"] },
    "Write projects",
  ],
  ["a group alone", { projects: ["acme"], branches: ["main"] }, "Write projects as group/project"],
  ["a name in place of a number", { ...SHOP, project_ids: ["acme"], branches: ["main"] }, "whole numbers"],
  ["a wildcard behind a name", { ...SHOP, branches: ["release*"] }, "A name may end in /*"],
  ["a wildcard within a name", { ...SHOP, tags: ["v*.0"], protected: true }, "A name may end in /*"],
  ["a wildcard for one character", { ...SHOP, branches: ["v?"], protected: true }, "A name may end in /*"],
  ["an unknown tier", { ...SHOP, protected: true, deployment_tiers: ["live"] }, "deployment_tiers must be"],
  [
    "a session that is too long",
    { ...SHOP, protected: true, max_session_seconds: 50_000 },
    "max_session_seconds",
  ],
];

describe("the module refuses", () => {
  it.each(PROBLEMS)("%s", (_, role, message) => {
    const found = module.validate({ roles: { good: { ...SHOP, branches: ["main"] }, wrong: role } });
    expect(found).toEqual([expect.stringContaining(message)]);
  });

  it("an issuer with a trailing slash or with a port", () => {
    for (const issuer of ["https://gitlab.com/", "http://gitlab.com", "https://gitlab.com:8443"]) {
      expect(module.validate({ issuer, roles: {} })).toEqual([expect.stringContaining("The issuer must be")]);
    }
  });
});

/** What only all variables together show. */
const CLASHES: readonly (readonly [string, Role, string])[] = [
  [
    "a project by its path and by its number",
    {
      roles: {
        wrong: { project_ids: ["1"], branches: ["main"] },
        good: { ...SHOP, project_ids: ["1"], branches: ["main"] },
      },
    },
    "a project has one form of sub, with its path or its number: good names one by its path",
  ],
  [
    "an environment that is protected and is not",
    { roles: { wrong: { ...SHOP, protected_environment: true, unprotected_environment: true } } },
    "choose protected_environment or unprotected_environment",
  ],
  [
    "a number that is missing",
    { roles: { wrong: { projects: ["acme/shop", "acme/api"], project_ids: ["1"], branches: ["main"] } } },
    "give the id of every project",
  ],
  [
    "path and number outside gitlab.com",
    { issuer: OWN, roles: { wrong: { ...SHOP, project_ids: ["1"], branches: ["main"] } } },
    "sub has the path or the number",
  ],
  [
    "the number of a group outside gitlab.com",
    { issuer: OWN, roles: { wrong: { ...SHOP, namespace_ids: ["1"], branches: ["main"] } } },
    "AWS sees namespace_id for gitlab.com only",
  ],
];

it.each(CLASHES)("the module refuses %s", (_, variables, message) => {
  const problems = module.local("problems", variables, {}) as Readonly<Record<string, readonly string[]>>;
  expect(problems.wrong).toEqual([expect.stringContaining(message)]);
  expect(problems.good ?? []).toEqual([]);
});

const TERRAFORM = findExecutable("terraform") === undefined ? [] : ["Terraform itself"];
if (TERRAFORM.length === 0) console.warn("Not on this machine, so not tried: Terraform");

describe.each(TERRAFORM)("%s", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "aws-oidc-terraform-"));
    for (const name of ["variables.tf", "trust.tf"]) copyFileSync(join(FOLDER, name), join(folder, name));
    writeFileSync(
      join(folder, "provider.tf"),
      `locals {\n  provider_arn = "arn:aws:iam::123456789012:oidc-provider/\${local.prefix}"\n}\n`,
    );
    writeFileSync(join(folder, "terraformrc"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function terraform(expression: string, variables: Role) {
    writeFileSync(join(folder, "values.tfvars.json"), JSON.stringify(variables));
    const { status, stdout, stderr } = spawnSync(
      "terraform",
      ["console", "-no-color", "-var-file=values.tfvars.json"],
      {
        cwd: folder,
        input: `${expression}\n`,
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          TF_CLI_CONFIG_FILE: join(folder, "terraformrc"),
          CHECKPOINT_DISABLE: "1",
        },
        encoding: "utf8",
      },
    );
    return { status, stdout, stderr: stderr.replaceAll(/[│\s]+/g, " ") };
  }

  it("works out the same", () => {
    const sources = [...new Map(withNames.map((one) => [`${one.issuer} ${one.audience}`, one])).values()];
    expect(sources.length).toBe(3);
    for (const source of sources) {
      const variables = variablesOf(source);
      const { stdout, stderr } = terraform(
        "jsonencode([local.trust_policies, local.sub_claim_components])",
        variables,
      );
      expect(stderr).toBe("");
      const [documents, subComponents] = JSON.parse(JSON.parse(stdout));
      const same = withNames.filter(({ name }) => name in (variables.roles as Role));
      for (const example of same) {
        const { name } = example;
        expect({ policy: read(documents[name]), subComponents: subComponents[name] }).toEqual(
          byModule(example),
        );
      }
    }
  });

  it("works out the same for several roles of one project", () => {
    for (const group of GROUPS) {
      const variables = variablesOfGroup(group);
      const { stdout, stderr } = terraform(
        "jsonencode([local.subjects, local.sub_claim_components])",
        variables,
      );
      expect(stderr).toBe("");
      expect(JSON.parse(JSON.parse(stdout))).toEqual(
        ["subjects", "sub_claim_components"].map((name) => module.local(name, variables, {})),
      );
    }
  });

  it("refuses the same", () => {
    const roles = Object.fromEntries(PROBLEMS.map(([title, role]) => [title, role]));
    const { stderr } = terraform("local.subjects", { roles });
    for (const [, , message] of PROBLEMS) expect(stderr).toContain(message);
    for (const [, variables] of CLASHES) {
      const { stdout } = terraform("jsonencode(local.problems)", variables);
      expect(JSON.parse(JSON.parse(stdout))).toEqual(module.local("problems", variables, {}));
    }
  });
});
