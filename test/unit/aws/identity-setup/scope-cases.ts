import type { RefPattern, RefScope, Scope } from "../../../../src/aws/identity-setup/scope.ts";
import type { LintRuleId } from "../../../../src/aws/trust-policy/lint/finding.ts";
import type { TokenDescription } from "../../../../stand-ins/gitlab-job.ts";
import type { FinerMiss, NearMiss } from "./near-misses.ts";

/** A scope, what it is meant to admit, and what it admits besides. */
export interface ScopeCase {
  readonly name: string;
  readonly iss: string;
  readonly audience?: string;
  readonly scope: Scope;
  /** Jobs that the role is for. */
  readonly jobs: readonly TokenDescription[];
  /** What a scope that was made wide on purpose lets in. */
  readonly admitsToo?: readonly NearMiss[];
  /** What a finer scope keeps out. */
  readonly refusesToo?: readonly FinerMiss[];
  /** What the lint may say of a scope that was made wide. */
  readonly findings?: readonly LintRuleId[];
}

const COM = "https://gitlab.com";
const OWN = "https://gitlab.example.com";
const UNDER_PATH = "https://example.com/gitlab";

const shop = { kind: "paths", paths: ["acme/shop"] } as const;
const some = (...patterns: readonly RefPattern[]): RefScope => ({ kind: "some", patterns });
const branches = (...names: readonly string[]): readonly RefPattern[] =>
  names.map((name) => ({ type: "branch", name }));
const tags = (...names: readonly string[]): readonly RefPattern[] =>
  names.map((name) => ({ type: "tag", name }));
const main = some(...branches("main"));
const anyRef = { kind: "any" } as const;
const none = [] as const;

const REF_NAMES: readonly NearMiss[] = ["longer ref", "longer ref, ahead", "ref in other letters"];
const BRANCH_NAMES: readonly NearMiss[] = [...REF_NAMES, "merge request"];
const REFS: readonly NearMiss[] = [...BRANCH_NAMES, "ref of the other type"];
const WITH_ENVIRONMENT = [
  "project_path",
  "environment_protected",
  "deployment_tier",
  "ref_type",
  "ref",
] as const;

const refProtected = { claim: "ref_protected", values: ["true"] } as const;
const environmentProtected = { claim: "environment_protected", values: ["true"] } as const;
const production = { claim: "deployment_tier", values: ["production"] } as const;
const live = { name: "live", isProtected: true, tier: "production" } as const;

const review = { name: "review/1", isProtected: false, tier: "development" } as const;

const group = { kind: "groups", paths: ["acme"], subgroups: "excluded" } as const;
const groupWithSubgroups = { ...group, subgroups: "included" } as const;

export const SCOPE_CASES: readonly ScopeCase[] = [
  {
    name: "a branch on gitlab.com",
    iss: COM,
    scope: { projects: shop, refs: main, claims: none },
    jobs: [{}],
  },
  { name: "a branch elsewhere", iss: OWN, scope: { projects: shop, refs: main, claims: none }, jobs: [{}] },
  {
    name: "a branch of an instance under a path",
    iss: UNDER_PATH,
    scope: { projects: shop, refs: main, claims: none },
    jobs: [{}],
  },
  {
    name: "another audience",
    iss: OWN,
    audience: "sts.amazonaws.com",
    scope: { projects: shop, refs: main, claims: none },
    jobs: [{ aud: "sts.amazonaws.com" }],
  },
  {
    name: "a branch with the numbers of project and group",
    iss: COM,
    scope: {
      projects: shop,
      refs: main,
      claims: [
        { claim: "project_id", values: ["4711"] },
        { claim: "namespace_id", values: ["42"] },
      ],
    },
    jobs: [{}],
    refusesToo: ["path taken over", "moved project"],
  },
  {
    name: "several projects and branches",
    iss: COM,
    scope: {
      projects: { kind: "paths", paths: ["acme/shop", "acme/team/api"] },
      refs: some(...branches("main", "develop")),
      claims: none,
    },
    jobs: ["acme/shop", "acme/team/api"].flatMap((project) =>
      ["main", "develop"].map((ref) => ({ project, ref })),
    ),
    findings: ["other-project"],
  },
  {
    name: "a tag",
    iss: OWN,
    scope: { projects: shop, refs: some(...tags("v1.0")), claims: none },
    jobs: [{ refType: "tag", ref: "v1.0" }],
  },
  {
    name: "branches below a name, and one by its name",
    iss: COM,
    scope: {
      projects: shop,
      refs: some(...branches("release/*", "main")),
      claims: none,
    },
    jobs: [{ ref: "release/1.0" }],
    admitsToo: ["longer ref"],
    findings: ["pushable-ref"],
  },
  {
    name: "protected tags that start the same",
    iss: COM,
    scope: {
      projects: shop,
      refs: some(...tags("v*")),
      claims: [refProtected],
    },
    jobs: [{ refType: "tag", ref: "v1.0" }],
    admitsToo: ["longer ref"],
    refusesToo: ["unprotected ref"],
  },
  {
    name: "any branch",
    iss: COM,
    scope: { projects: shop, refs: some(...branches("*")), claims: none },
    jobs: [{}, { ref: "feature/x" }],
    admitsToo: BRANCH_NAMES,
    findings: ["ref-star"],
  },
  {
    name: "any tag",
    iss: OWN,
    scope: { projects: shop, refs: some(...tags("*")), claims: none },
    jobs: [{ refType: "tag", ref: "v1.0" }],
    admitsToo: REF_NAMES,
    findings: ["ref-star"],
  },
  {
    name: "any ref",
    iss: OWN,
    scope: { projects: shop, refs: anyRef, claims: none },
    jobs: [{}, { refType: "tag", ref: "v1.0" }],
    admitsToo: REFS,
    findings: ["ref-star"],
  },
  {
    name: "any protected ref on gitlab.com",
    iss: COM,
    scope: { projects: shop, refs: anyRef, claims: [refProtected] },
    jobs: [{}, { refType: "tag", ref: "v1.0" }],
    admitsToo: REFS,
    refusesToo: ["unprotected ref"],
  },
  {
    name: "any protected ref elsewhere",
    iss: OWN,
    scope: { projects: shop, refs: anyRef, claims: [refProtected] },
    jobs: [{ subComponents: ["project_path", "ref_protected", "ref_type", "ref"] }],
    admitsToo: REFS,
    refusesToo: ["unprotected ref"],
  },
  {
    name: "a protected branch elsewhere",
    iss: OWN,
    scope: { projects: shop, refs: main, claims: [refProtected] },
    jobs: [{ subComponents: ["project_path", "ref_protected", "ref_type", "ref"] }],
    refusesToo: ["unprotected ref"],
  },
  {
    name: "a protected environment",
    iss: COM,
    scope: { projects: shop, refs: anyRef, claims: [environmentProtected] },
    jobs: [
      { environment: live, subComponents: WITH_ENVIRONMENT },
      { environment: { ...live, tier: "other" }, subComponents: WITH_ENVIRONMENT },
    ],
    admitsToo: REFS,
    refusesToo: ["unprotected environment", "no environment"],
  },
  {
    name: "protected environments of a tier, on a protected branch",
    iss: OWN,
    scope: {
      projects: { kind: "ids", ids: ["4711"] },
      refs: main,
      claims: [refProtected, environmentProtected, production],
    },
    jobs: [
      {
        environment: live,
        subComponents: [
          "project_id",
          "ref_protected",
          "environment_protected",
          "deployment_tier",
          "ref_type",
          "ref",
        ],
      },
    ],
    refusesToo: [
      "path taken over",
      "unprotected ref",
      "unprotected environment",
      "other tier",
      "no environment",
    ],
  },
  {
    name: "a tier on a branch",
    iss: COM,
    scope: { projects: shop, refs: main, claims: [production] },
    jobs: [
      { environment: live, subComponents: WITH_ENVIRONMENT },
      { environment: { ...live, isProtected: false }, subComponents: WITH_ENVIRONMENT },
    ],
    refusesToo: ["other tier", "no environment"],
  },
  {
    name: "environments that are not protected, on any branch",
    iss: COM,
    scope: {
      projects: shop,
      refs: some(...branches("*")),
      claims: [{ claim: "environment_protected", values: ["false"] }],
    },
    jobs: [{ ref: "feature/x", environment: review, subComponents: WITH_ENVIRONMENT }],
    admitsToo: BRANCH_NAMES,
    refusesToo: ["protected environment", "other tier", "no environment"],
    findings: ["ref-star"],
  },
  {
    name: "environments of a tier that are not protected, on a branch",
    iss: OWN,
    scope: {
      projects: shop,
      refs: some(...branches("develop")),
      claims: [
        { claim: "environment_protected", values: ["false"] },
        { claim: "deployment_tier", values: ["development", "testing"] },
      ],
    },
    jobs: [
      { ref: "develop", environment: review, subComponents: WITH_ENVIRONMENT },
      { ref: "develop", environment: { ...review, tier: "testing" }, subComponents: WITH_ENVIRONMENT },
    ],
    refusesToo: ["protected environment", "unprotected environment", "other tier", "no environment"],
  },
  {
    name: "a branch and a tag",
    iss: OWN,
    scope: { projects: shop, refs: some(...branches("main"), ...tags("v1.0")), claims: none },
    jobs: [{}, { refType: "tag", ref: "v1.0" }],
  },
  {
    name: "a branch and protected tags that start the same, in a protected environment",
    iss: COM,
    scope: {
      projects: shop,
      refs: some(...branches("main"), ...tags("v*")),
      claims: [refProtected, environmentProtected, production],
    },
    jobs: [
      { environment: live, subComponents: WITH_ENVIRONMENT },
      { refType: "tag", ref: "v1.0", environment: live, subComponents: WITH_ENVIRONMENT },
    ],
    refusesToo: ["unprotected ref", "unprotected environment", "other tier", "no environment"],
  },
  {
    name: "the projects of a group",
    iss: COM,
    scope: { projects: group, refs: main, claims: none },
    jobs: [{}, { project: "acme/api" }],
    admitsToo: ["longer project"],
    findings: ["wide-sub"],
  },
  {
    name: "the projects of a group by its number too",
    iss: COM,
    scope: { projects: group, refs: main, claims: [{ claim: "namespace_id", values: ["42"] }] },
    jobs: [{}],
    refusesToo: ["path taken over", "moved project"],
    findings: ["wide-sub"],
  },
  {
    name: "the projects of a group, on any branch, even one with slashes",
    iss: OWN,
    scope: { projects: group, refs: some(...branches("*")), claims: none },
    jobs: [{}, { ref: "feature/a/b" }],
    admitsToo: ["longer project", ...BRANCH_NAMES],
    findings: ["wide-sub", "ref-star"],
  },
  {
    name: "the projects of a group, on any protected ref elsewhere",
    iss: OWN,
    scope: { projects: group, refs: anyRef, claims: [refProtected] },
    jobs: [{ ref: "stable/a/b", subComponents: ["project_path", "ref_protected", "ref_type", "ref"] }],
    admitsToo: ["longer project", ...REFS],
    refusesToo: ["unprotected ref"],
    findings: ["wide-sub"],
  },
  {
    name: "the projects of groups and their subgroups",
    iss: COM,
    scope: {
      projects: { ...groupWithSubgroups, paths: ["acme", "umbrella/labs"] },
      refs: main,
      claims: none,
    },
    jobs: [{}, { project: "acme/team/deep/api" }, { project: "umbrella/labs/x" }],
    admitsToo: ["longer project", "subgroup"],
    findings: ["wide-sub"],
  },
  {
    name: "a project by its number elsewhere",
    iss: OWN,
    scope: { projects: { kind: "ids", ids: ["4711", "4712"] }, refs: main, claims: none },
    jobs: [
      { subComponents: ["project_id", "ref_type", "ref"] },
      { subComponents: ["project_id", "ref_type", "ref"], projectId: "4712", project: "other/name" },
    ],
    findings: ["other-project"],
    refusesToo: ["path taken over"],
  },
  {
    name: "a project by its number alone on gitlab.com",
    iss: COM,
    scope: { projects: { kind: "ids", ids: ["4711"] }, refs: main, claims: none },
    jobs: [{ subComponents: ["project_id", "ref_type", "ref"] }],
    refusesToo: ["path taken over"],
  },
  {
    name: "refs with characters that mean something to JSON, HCL, the shell or IAM",
    iss: OWN,
    scope: {
      projects: shop,
      refs: some(
        ...branches('a"b', "it's", "$" + "{aws:username}", "%{if", "&{aws:username}", "$HOME", "`id`", "é"),
      ),
      claims: none,
    },
    jobs: ['a"b', "it's", "$" + "{aws:username}", "%{if", "&{aws:username}", "$HOME", "`id`", "é"].map(
      (ref) => ({ ref }),
    ),
  },
];
