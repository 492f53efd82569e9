import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildRolePolicy, type RoleSetup } from "../../../../src/aws/identity-setup/identity-setup.ts";
import type { ProjectScope, RefScope, Scope } from "../../../../src/aws/identity-setup/scope.ts";
import { buildScopeConditions } from "../../../../src/aws/identity-setup/scope-conditions.ts";
import { findSubForm, mayClash, subComponents } from "../../../../src/aws/identity-setup/sub-form.ts";
import { evaluateTrustPolicy } from "../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { buildLintOptions, lintTrustPolicy } from "../../../../src/aws/trust-policy/lint/lint.ts";
import {
  countPolicyCharacters,
  DEFAULT_MAX_POLICY_CHARACTERS,
} from "../../../../src/aws/trust-policy/lint/policy-rules.ts";
import { buildRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import {
  buildIdTokenClaims,
  type SubComponent,
  type TokenDescription,
} from "../../../../stand-ins/gitlab-job.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";
import { askStandIn } from "../trust-policy/stand-in.ts";
import { ACCOUNT } from "./read-back.ts";

const NOW = new Date("2026-11-23T04:00:00Z");

type Job = TokenDescription & Required<Pick<TokenDescription, "project" | "projectId" | "ref" | "refType">>;

/** Projects with their numbers, of which the last is a fork of the first. */
const PROJECTS = [
  { project: "acme/shop", projectId: "1" },
  { project: "acme/api", projectId: "2" },
  { project: "acme/team/shop", projectId: "3" },
  { project: "acme-evil/shop", projectId: "4" },
  { project: "mallory/shop", projectId: "5" },
] as const;

const jobs: fc.Arbitrary<Job> = fc
  .record({
    project: fc.constantFrom(...PROJECTS),
    ref: fc.constantFrom(
      { ref: "main", refType: "branch" } as const,
      { ref: "main", refType: "tag" } as const,
      { ref: "v1.0", refType: "tag" } as const,
      { ref: "feature/x", refType: "branch" } as const,
    ),
    refProtected: fc.boolean(),
    isMergeRequest: fc.boolean(),
    environment: fc.option(
      fc.record({
        name: fc.constant("live"),
        isProtected: fc.boolean(),
        tier: fc.constantFrom("production" as const, "staging" as const, "development" as const),
      }),
    ),
  })
  .map(({ project, ref, refProtected, isMergeRequest, environment }) => ({
    ...project,
    ...ref,
    refProtected,
    ...(isMergeRequest && ref.refType === "branch" ? { pipelineSource: "merge_request_event" } : {}),
    ...(environment === null ? {} : { environment }),
  }));

const paths = fc.subarray(["acme/shop", "acme/api"], { minLength: 1 });

const byPath: fc.Arbitrary<ProjectScope> = fc.oneof(
  { weight: 3, arbitrary: paths.map((paths): ProjectScope => ({ kind: "paths", paths })) },
  fc.record({
    kind: fc.constant("groups" as const),
    paths: fc.constantFrom(["acme"], ["acme/team"], ["mallory", "acme/team"]),
    subgroups: fc.constantFrom("excluded" as const, "included" as const),
  }),
);
const byNumber: fc.Arbitrary<ProjectScope> = fc
  .subarray(["1", "2", "3"], { minLength: 1 })
  .map((ids) => ({ kind: "ids", ids }));

const refScopes: fc.Arbitrary<RefScope> = fc.oneof(
  fc.constant({ kind: "any" } as const),
  fc
    .subarray(
      [
        { type: "branch", name: "main" },
        { type: "branch", name: "feature/*" },
        { type: "tag", name: "v*" },
        { type: "tag", name: "*" },
      ] as const,
      { minLength: 1 },
    )
    .map((patterns) => ({ kind: "some", patterns }) as const),
);

const scopesOf = (projects: fc.Arbitrary<ProjectScope>): fc.Arbitrary<Scope> =>
  fc
    .record({
      projects,
      refs: refScopes,
      refProtected: fc.constantFrom([], ["true"]),
      environmentProtected: fc.constantFrom([], ["true"], ["false"]),
      tiers: fc.constantFrom([], ["production"], ["staging"], ["staging", "development"]),
    })
    .map(({ projects, refs, refProtected, environmentProtected, tiers }) => ({
      projects,
      refs,
      claims: [
        { claim: "ref_protected" as const, values: refProtected },
        { claim: "environment_protected" as const, values: environmentProtected },
        { claim: "deployment_tier" as const, values: tiers },
      ].filter(({ values }) => values.length > 0),
    }));

/** The roles of one document, which name projects in one way. */
const documents = fc
  .constantFrom(byPath, byNumber)
  .chain((projects) => fc.array(scopesOf(projects), { minLength: 1, maxLength: 4 }));

const ISSUERS = ["https://gitlab.com", "https://gitlab.example.com"] as const;

/** Whether a job is of a scope, by what the job is, without a look at `sub`. */
function isMeant(scope: Scope, job: Job): boolean {
  const facts = {
    ref_protected: String(job.refProtected),
    environment_protected: job.environment && String(job.environment.isProtected),
    deployment_tier: job.environment?.tier,
    project_id: job.projectId,
    namespace_id: undefined,
  };
  return (
    isOfProjects(scope.projects, job) &&
    isOfRefs(scope.refs, job) &&
    scope.claims.every(({ claim, values }) => values.some((value) => value === facts[claim]))
  );
}

function isOfProjects(projects: ProjectScope, { project, projectId }: Job): boolean {
  switch (projects.kind) {
    case "ids":
      return projects.ids.includes(projectId);
    case "paths":
      return projects.paths.includes(project);
    case "groups": {
      const group = project.slice(0, project.lastIndexOf("/"));
      return projects.paths.some(
        (path) => group === path || (projects.subgroups === "included" && group.startsWith(`${path}/`)),
      );
    }
  }
}

function isOfRefs(refs: RefScope, { ref, refType }: Job): boolean {
  if (refs.kind === "any") return true;
  return refs.patterns.some(
    ({ type, name }) =>
      type === refType && (name.endsWith("*") ? ref.startsWith(name.slice(0, -1)) : ref === name),
  );
}

/** What a project makes `sub` of, once each call that the document asks for was made. */
function formOf(scopes: readonly Scope[], issuer: string, job: Job): readonly SubComponent[] | undefined {
  const forms = scopes
    .filter(({ projects }) => isOfProjects(projects, job))
    .map((scope) => subComponents(findSubForm(scope, scopes, issuer)));
  expect(new Set(forms.map((form) => JSON.stringify(form))).size, "forms of one project").toBeLessThan(2);
  return forms[0] as readonly SubComponent[] | undefined;
}

function policyFor(scope: Scope, scopes: readonly Scope[], issuer: string) {
  const source = { issuer, audience: issuer };
  const role: RoleSetup = {
    name: "deploy",
    maxSessionSeconds: 3600,
    managedPolicies: [],
    permissionsBoundary: undefined,
    sessionTags: [],
    trust: {
      actions: ["sts:AssumeRoleWithWebIdentity"],
      conditions: buildScopeConditions(scope, source, findSubForm(scope, scopes, issuer)),
    },
  };
  return buildRolePolicy(role, issuer, ACCOUNT);
}

function contextOf(job: Job, issuer: string, subComponents: readonly SubComponent[] | undefined) {
  const claims = buildIdTokenClaims(issuer, { ...job, ...(subComponents && { subComponents }) }, NOW);
  const role = { arn: "arn:aws:iam::123456789012:role/deploy", ...ACCOUNT };
  return buildRequestContext({ role, issuer, claims, sessionName: "job-1", now: NOW });
}

const cases = fc.record({ issuer: fc.constantFrom(...ISSUERS), scopes: documents, job: jobs });

describe("roles of one document, with the one form of `sub` that it asks for", () => {
  it("each admit the jobs that they are for, and no other", () => {
    fc.assert(
      fc.property(cases, ({ issuer, scopes, job }) => {
        const context = contextOf(job, issuer, formOf(scopes, issuer, job));
        const admitting = scopes.filter(
          (scope) => evaluateTrustPolicy(policyFor(scope, scopes, issuer), context).outcome === "allowed",
        );
        expect(admitting).toEqual(scopes.filter((scope) => isMeant(scope, job)));
      }),
      propertyRuns(1000),
    );
  });

  it("do so in the eyes of the stand-in for STS, too", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ issuer, scopes, job }) => {
        const context = contextOf(job, issuer, formOf(scopes, issuer, job));
        const [scope] = scopes;
        if (scope === undefined) return;
        const answer = await askStandIn(policyFor(scope, scopes, issuer), context);
        expect(answer === "allowed").toBe(isMeant(scope, job));
      }),
      propertyRuns(100),
    );
  });

  it("are linted without a word that they could never match, and silently where they name all they admit", () => {
    fc.assert(
      fc.property(cases, ({ issuer, scopes, job }) => {
        const context = contextOf(job, issuer, formOf(scopes, issuer, job));
        for (const scope of scopes.filter((one) => isMeant(one, job))) {
          const policy = policyFor(scope, scopes, issuer);
          if (countPolicyCharacters(policy) > DEFAULT_MAX_POLICY_CHARACTERS) continue;
          const found = lintTrustPolicy(policy, buildLintOptions(context));
          expect(found.filter(({ severity }) => severity === "never-matches")).toEqual([]);
          if (isNarrow(scope)) expect(found).toEqual([]);
        }
      }),
      propertyRuns(50),
    );
  });
});

/** Whether a scope names its one project and its refs. */
function isNarrow({ projects, refs }: Scope): boolean {
  const named = projects.kind === "ids" ? projects.ids : projects.paths;
  return (
    projects.kind !== "groups" &&
    named.length === 1 &&
    refs.kind === "some" &&
    refs.patterns.every(({ name }) => !name.endsWith("*"))
  );
}

describe("a form of `sub`", () => {
  const main = { kind: "some", patterns: [{ type: "branch", name: "main" }] } as const;
  const scope = (path: string, ...claims: Scope["claims"]): Scope => ({
    projects: { kind: "paths", paths: [path] },
    refs: main,
    claims,
  });
  const [com] = ISSUERS;

  it("is the same for a tier and for a protection, so that roles made one by one need no two", () => {
    const tier = scope("acme/shop", { claim: "deployment_tier", values: ["staging"] });
    const protection = scope("acme/shop", { claim: "environment_protected", values: ["true"] });
    expect(findSubForm(tier, [tier], com)).toEqual(findSubForm(protection, [protection], com));
  });

  it("is of no concern to the roles of other projects", () => {
    const shop = scope("acme/shop", { claim: "deployment_tier", values: ["staging"] });
    const api = scope("acme/api");
    expect(subComponents(findSubForm(api, [shop, api], com))).toBeUndefined();
  });

  it("serves projects that a group has in common with another role", () => {
    const shop = scope("acme/shop", { claim: "deployment_tier", values: ["staging"] });
    const api = scope("acme/api");
    const group: Scope = {
      projects: { kind: "groups", paths: ["acme"], subgroups: "excluded" },
      refs: main,
      claims: [],
    };
    const all = [shop, api, group];
    expect(findSubForm(api, all, com)).toEqual(findSubForm(shop, all, com));
  });

  it.each<[string, Scope["claims"], boolean]>([
    ["whose number is not known", [], true],
    ["of this number", [{ claim: "project_id", values: ["4711"] }], true],
    ["of another number", [{ claim: "project_id", values: ["4712"] }], false],
  ])("cannot begin with the number and with the path of a project %s", (_, claims, clashes) => {
    const byId: Scope = { projects: { kind: "ids", ids: ["4711"] }, refs: main, claims: [] };
    expect(mayClash(byId, scope("acme/shop", ...claims))).toBe(clashes);
    expect(mayClash(scope("acme/shop", ...claims), byId)).toBe(clashes);
  });
});
