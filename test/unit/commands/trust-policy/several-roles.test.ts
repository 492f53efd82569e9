import { describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { buildLintOptions, lintTrustPolicy } from "../../../../src/aws/trust-policy/lint/lint.ts";
import type { TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { buildRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import {
  buildIdTokenClaims,
  type SubComponent,
  type TokenDescription,
} from "../../../../stand-ins/gitlab-job.ts";
import { START } from "../../../harness/memory-host.ts";
import { runInMemory } from "../../../harness/run-in-memory.ts";
import { alter, NEAR_MISSES, type NearMiss } from "../../aws/identity-setup/near-misses.ts";
import { ACCOUNT, applyDocument } from "../../aws/identity-setup/read-back.ts";
import { askStandIn } from "../../aws/trust-policy/stand-in.ts";

const FORMATS = ["json", "cloudformation", "terraform", "cli"] as const;

/** One command line, and the jobs that each of its roles is for. */
interface Document {
  readonly title: string;
  readonly iss: string;
  readonly flags: readonly string[];
  readonly roles: Readonly<
    Record<string, { readonly job: TokenDescription; readonly admits?: readonly NearMiss[] }>
  >;
  /** `ci_id_token_sub_claim_components` of the project, as the one call sets it. */
  readonly components: readonly SubComponent[];
}

const live = { name: "live", isProtected: true, tier: "production" } as const;
const staging = { name: "staging", isProtected: true, tier: "staging" } as const;
const review = { name: "review/x", isProtected: false, tier: "development" } as const;

const WITH_ENVIRONMENT: readonly SubComponent[] = [
  "project_path",
  "environment_protected",
  "deployment_tier",
  "ref_type",
  "ref",
];

const BRANCHES: readonly NearMiss[] = [
  "longer ref",
  "longer ref, ahead",
  "ref in other letters",
  "merge request",
];

const DOCUMENTS: readonly Document[] = [
  {
    title: "production and staging by their tiers, on one branch",
    iss: "https://gitlab.com",
    flags: [
      ...["--project=acme/shop", "--project-id=4711", "--branch=main", "--protected-environment"],
      ...["--role=production", "--deployment-tier=production", "--role=staging", "--deployment-tier=staging"],
    ],
    roles: { production: { job: { environment: live } }, staging: { job: { environment: staging } } },
    components: WITH_ENVIRONMENT,
  },
  {
    title:
      "production by its protection, staging by its tier, plans without an environment, reviews on any branch",
    iss: "https://gitlab.com",
    flags: [
      "--project=acme/shop",
      ...["--role=production", "--branch=main", "--tag=v1.0", "--protected-environment"],
      ...["--role=staging", "--branch=develop", "--deployment-tier=staging"],
      ...["--role=plan", "--branch=plan"],
      ...["--role=review", "--any-branch", "--unprotected-environment", "--deployment-tier=development"],
    ],
    roles: {
      production: { job: { refType: "tag", ref: "v1.0", environment: live } },
      staging: { job: { ref: "develop", environment: staging } },
      plan: { job: { ref: "plan" } },
      review: { job: { ref: "feature/x", environment: review }, admits: BRANCHES },
    },
    components: WITH_ENVIRONMENT,
  },
  {
    title: "by the number of the project, on protected refs of an instance of one's own",
    iss: "https://gitlab.example.com",
    flags: [
      ...["--issuer=https://gitlab.example.com", "--project-id=4711"],
      ...["--role=production", "--branch=main", "--protected", "--protected-environment"],
      ...["--role=build", "--branch=build"],
    ],
    roles: {
      production: { job: { environment: live } },
      build: { job: { ref: "build", refProtected: false } },
    },
    components: [
      "project_id",
      "ref_protected",
      "environment_protected",
      "deployment_tier",
      "ref_type",
      "ref",
    ],
  },
];

async function generate({ flags }: Pick<Document, "flags">, format: string) {
  const run = await runInMemory({
    argv: ["trust-policy", `--account=${ACCOUNT.accountId}`, `--format=${format}`, ...flags],
    env: { GITLAB_OIDC_TOKEN: undefined, CI_SERVER_URL: undefined, CI_API_V4_URL: undefined },
  });
  expect(run.exitCode, run.stderr).toBe(0);
  return run;
}

/** The calls of GitLab's API that a command asks for: the components, and the project as its address names it. */
function callsIn(stderr: string): readonly string[] {
  return [...stderr.matchAll(/--data '(\{.*\})' "\S*\/projects\/(\S+)"/g)].map(
    ([, data = "", project]) => `${JSON.parse(data).ci_id_token_sub_claim_components} ${project}`,
  );
}

function contextOf(iss: string, token: TokenDescription) {
  const claims = buildIdTokenClaims(iss, token, START);
  const role = { arn: "arn:aws:iam::123456789012:role/deploy", ...ACCOUNT };
  return buildRequestContext({ role, issuer: iss, claims, sessionName: "job-1", now: START });
}

const COMBINATIONS = DOCUMENTS.flatMap((document) =>
  FORMATS.map((format) => ({ title: `${document.title}, as ${format}`, document, format })),
);

describe.each(COMBINATIONS)("$title", ({ document, format }) => {
  const { iss, roles, components } = document;
  const names = Object.keys(roles);

  async function readRoles(): Promise<ReadonlyMap<string, TrustPolicy>> {
    const { stdout } = await generate(document, format);
    const applied = await applyDocument(stdout, format);
    return new Map(applied.roles.map(({ name = "", policy }) => [name, policy]));
  }

  it("makes a role of each name that admits its own job and none of the others'", async () => {
    const policies = await readRoles();
    expect([...policies.keys()].sort()).toEqual([...names].sort());
    for (const [name, policy] of policies) {
      const admitted: string[] = [];
      for (const [other, { job }] of Object.entries(roles)) {
        const context = contextOf(iss, { ...job, subComponents: components });
        const { outcome } = evaluateTrustPolicy(policy, context);
        expect((await askStandIn(policy, context)) === "allowed").toBe(outcome === "allowed");
        if (outcome === "allowed") admitted.push(other);
      }
      expect(admitted, name).toEqual([name]);
    }
  });

  it("admits nothing that only resembles the job of a role", async () => {
    const policies = await readRoles();
    for (const [name, { job, admits = [] }] of Object.entries(roles)) {
      const policy = policies.get(name) as TrustPolicy;
      const token = { ...job, subComponents: components };
      const near = Object.entries(NEAR_MISSES).map(([what, change]) => {
        const miss = alter({ iss, token }, change);
        return [what, evaluateTrustPolicy(policy, contextOf(miss.iss, miss.token)).outcome === "allowed"];
      });
      expect(
        near.filter(([, isAdmitted]) => isAdmitted).map(([what]) => what),
        name,
      ).toEqual(Object.keys(NEAR_MISSES).filter((what) => admits.some((wide) => wide === what)));
    }
  });

  it("gives the lint nothing to say of roles that name their refs", async () => {
    const policies = await readRoles();
    for (const [name, { job, admits }] of Object.entries(roles)) {
      if (admits !== undefined) continue;
      const context = contextOf(iss, { ...job, subComponents: components });
      const policy = policies.get(name) as TrustPolicy;
      expect(lintTrustPolicy(policy, buildLintOptions(context)), name).toEqual([]);
    }
  });
});

describe("what GitLab has to be told", () => {
  it.each(DOCUMENTS)("is one call for $title", async (document) => {
    const { stderr } = await generate(document, "terraform");
    const project = document.components[0] === "project_id" ? "4711" : "acme%2Fshop";
    expect(callsIn(stderr)).toEqual([`${document.components} ${project}`]);
  });

  it("is the same from two commands, one for production and one for staging", async () => {
    const shared = ["--project=acme/shop", "--branch=main"];
    const runs = await Promise.all([
      generate({ flags: [...shared, "--protected-environment", "--deployment-tier=production"] }, "json"),
      generate({ flags: [...shared, "--deployment-tier=staging"] }, "json"),
      generate({ flags: [...shared, "--protected-environment"] }, "json"),
    ]);
    const calls = runs.flatMap(({ stderr }) => callsIn(stderr));
    expect(calls).toHaveLength(3);
    expect([...new Set(calls)]).toEqual([`${WITH_ENVIRONMENT} acme%2Fshop`]);
  });

  it("is a call for each project, and nothing for one whose roles need none", async () => {
    const flags = [
      ...["--branch=main", "--role=shop", "--project=acme/shop,acme/web", "--protected-environment"],
      ...["--role=web", "--project=acme/web", "--role=api", "--project=acme/api"],
    ];
    const { stdout, stderr } = await generate({ flags }, "json");
    expect(callsIn(stderr)).toEqual([`${WITH_ENVIRONMENT} acme%2Fshop`, `${WITH_ENVIRONMENT} acme%2Fweb`]);
    expect(JSON.parse(stdout).api.Statement[0].Condition.StringEquals["gitlab.com:sub"]).toBe(
      "project_path:acme/api:ref_type:branch:ref:main",
    );
  });
});

it("says which role admits more than it names", async () => {
  const flags = [
    "--project=acme/shop",
    "--role=production",
    "--branch=main",
    "--role=review",
    "--any-branch",
  ];
  const { stderr } = await generate({ flags }, "terraform");
  expect(stderr).toBe(
    "! review: This admits any branch, including future ones and their merge requests: anyone who may push one can assume the role.\n",
  );
});

it("tells labels and logical ids apart that names of roles have in common", async () => {
  const flags = ["--project=acme/shop", "--branch=main", "--role=shop-ci", "--role=shop_ci"];
  const terraform = await generate({ flags }, "terraform");
  expect(terraform.stdout.match(/^(?:resource "aws_iam_role"|output) .*$/gm)).toEqual([
    'resource "aws_iam_role" "shop_ci" {',
    'output "shop_ci_role_arn" {',
    'resource "aws_iam_role" "shop_ci2" {',
    'output "shop_ci2_role_arn" {',
  ]);
  const { Resources, Outputs } = JSON.parse((await generate({ flags }, "cloudformation")).stdout);
  expect(Object.keys(Resources)).toEqual(["GitLabProvider", "ShopCiRole", "ShopCiRole2"]);
  expect(Object.keys(Outputs)).toEqual(["ShopCiRoleArn", "ShopCiRole2Arn"]);
});
