import { beforeAll, describe, expect, it } from "vitest";
import type { IdentitySetup } from "../../../../src/aws/identity-setup/identity-setup.ts";
import { renderIdentitySetup, type SetupFormat } from "../../../../src/aws/identity-setup/render.ts";
import { buildScopeConditions } from "../../../../src/aws/identity-setup/scope-conditions.ts";
import { findSubForm, subComponents } from "../../../../src/aws/identity-setup/sub-form.ts";
import { evaluateTrustPolicy } from "../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { buildLintOptions, lintTrustPolicy } from "../../../../src/aws/trust-policy/lint/lint.ts";
import type { TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import {
  buildRequestContext,
  type WebIdentityRequestContext,
} from "../../../../src/aws/trust-policy/model/request.ts";
import { buildIdTokenClaims } from "../../../../stand-ins/gitlab-job.ts";
import { alter, FINER_MISSES, type JobToken, NEAR_MISSES } from "./near-misses.ts";
import { ACCOUNT, applyDocument, onlyRole } from "./read-back.ts";
import { SCOPE_CASES, type ScopeCase } from "./scope-cases.ts";

const FORMATS: readonly SetupFormat[] = [
  { name: "json", account: ACCOUNT },
  { name: "cli", account: ACCOUNT },
  { name: "cloudformation" },
  { name: "terraform" },
];

const COMBINATIONS = SCOPE_CASES.flatMap((scopeCase) =>
  FORMATS.map((format) => ({ title: `${scopeCase.name}, as ${format.name}`, scopeCase, format })),
);

async function generate(
  { iss, audience = iss, scope }: ScopeCase,
  format: SetupFormat,
): Promise<TrustPolicy> {
  const source = { issuer: iss, audience };
  const setup: IdentitySetup = {
    provider: { ...source, state: "new" },
    roles: [
      {
        name: "deploy",
        maxSessionSeconds: 3600,
        managedPolicies: [],
        permissionsBoundary: undefined,
        sessionTags: [],
        trust: {
          actions: ["sts:AssumeRoleWithWebIdentity"],
          conditions: buildScopeConditions(scope, source, findSubForm(scope, [scope], iss)),
        },
      },
    ],
  };
  return onlyRole(await applyDocument(renderIdentitySetup(setup, format), format.name)).policy;
}

function contextOf({ iss, token }: JobToken): WebIdentityRequestContext {
  const claims = buildIdTokenClaims(iss, token, new Date("2026-11-23T04:00:00Z"));
  return buildRequestContext({ role: { arn: "", ...ACCOUNT }, issuer: iss, claims });
}

const outcomesOf = (policy: TrustPolicy, tokens: Readonly<Record<string, JobToken>>) =>
  Object.fromEntries(
    Object.entries(tokens).map(([what, token]) => [
      what,
      evaluateTrustPolicy(policy, contextOf(token)).outcome,
    ]),
  );

const expectedOf = (names: readonly string[], admitted: (name: string) => boolean) =>
  Object.fromEntries(names.map((name) => [name, admitted(name) ? "allowed" : "implicitly-denied"]));

describe.each(COMBINATIONS)("$title", ({ scopeCase, format }) => {
  const { iss, jobs, admitsToo = [], refusesToo = [], findings = [] } = scopeCase;
  const [first = {}] = jobs;
  let policy: TrustPolicy;
  beforeAll(async () => {
    policy = await generate(scopeCase, format);
  });

  it("admits every job that it is for", () => {
    const tokens = Object.fromEntries(jobs.map((token, index) => [String(index), { iss, token }]));
    expect(outcomesOf(policy, tokens)).toEqual(expectedOf(Object.keys(tokens), () => true));
  });

  it("refuses whatever only resembles them, unless it was made wide", () => {
    const tokens = Object.fromEntries(
      Object.entries(NEAR_MISSES).map(([what, change]) => [what, alter({ iss, token: first }, change)]),
    );
    const expected = expectedOf(Object.keys(NEAR_MISSES), (name) => admitsToo.some((wide) => wide === name));
    expect(outcomesOf(policy, tokens)).toEqual(expected);
  });

  it("refuses what the finer parts of the scope keep out", () => {
    const tokens = Object.fromEntries(
      Object.entries(FINER_MISSES).map(([what, change]) => [what, alter({ iss, token: first }, change)]),
    );
    const expected = expectedOf(
      Object.keys(FINER_MISSES),
      (name) => !refusesToo.some((fine) => fine === name),
    );
    expect(outcomesOf(policy, tokens)).toEqual(expected);
  });

  it("gives the lint nothing to say but what a wide scope deserves", () => {
    const found = lintTrustPolicy(policy, buildLintOptions(contextOf({ iss, token: first })));
    expect([...new Set(found.map(({ id }) => id))].sort()).toEqual([...findings].sort());
  });
});

describe("the parts of `sub`", () => {
  it.each(SCOPE_CASES)("are told where GitLab has to be asked for others: $name", ({ iss, scope, jobs }) => {
    expect(subComponents(findSubForm(scope, [scope], iss))).toEqual(jobs[0]?.subComponents);
  });
});

it("names a ref once, however often it was given", () => {
  const main = { type: "branch", name: "main" } as const;
  const conditions = buildScopeConditions(
    {
      projects: { kind: "paths", paths: ["acme/shop"] },
      refs: { kind: "some", patterns: [main, main] },
      claims: [],
    },
    { issuer: "https://gitlab.com", audience: "https://gitlab.com" },
    { project: "project_path", claims: [] },
  );
  expect(conditions.find(({ key }) => key === "gitlab.com:sub")?.values).toEqual([
    "project_path:acme/shop:ref_type:branch:ref:main",
  ]);
});
