import type { Scope } from "../../../../src/aws/identity-setup/scope.ts";
import type { LintRuleId } from "../../../../src/aws/trust-policy/lint/finding.ts";
import type { TokenDescription } from "../../../fakes/gitlab-job.ts";
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
const main = { kind: "named", type: "branch", names: ["main"] } as const;
const anyRef = { kind: "any" } as const;
const none = [] as const;

const REF_NAMES: readonly NearMiss[] = ["longer ref", "longer ref, ahead", "ref in other letters"];
const REFS: readonly NearMiss[] = [...REF_NAMES, "ref of the other type"];

const refProtected = { claim: "ref_protected", values: ["true"] } as const;
const environmentProtected = { claim: "environment_protected", values: ["true"] } as const;
const production = { claim: "deployment_tier", values: ["production"] } as const;
const live = { name: "live", isProtected: true, tier: "production" } as const;

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
      refs: { kind: "named", type: "branch", names: ["main", "develop"] },
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
    scope: { projects: shop, refs: { kind: "named", type: "tag", names: ["v1.0"] }, claims: none },
    jobs: [{ refType: "tag", ref: "v1.0" }],
  },
  {
    name: "branches below a name, and one by its name",
    iss: COM,
    scope: {
      projects: shop,
      refs: { kind: "named", type: "branch", names: ["release/*", "main"] },
      claims: none,
    },
    jobs: [{ ref: "release/1.0" }],
    admitsToo: ["longer ref"],
    findings: ["pushable-ref"],
  },
  {
    name: "protected tags that begin alike",
    iss: COM,
    scope: {
      projects: shop,
      refs: { kind: "named", type: "tag", names: ["v*"] },
      claims: [refProtected],
    },
    jobs: [{ refType: "tag", ref: "v1.0" }],
    admitsToo: ["longer ref"],
    refusesToo: ["unprotected ref"],
  },
  {
    name: "any branch",
    iss: COM,
    scope: { projects: shop, refs: { kind: "any-of-type", type: "branch" }, claims: none },
    jobs: [{}, { ref: "feature/x" }],
    admitsToo: REF_NAMES,
    findings: ["ref-star"],
  },
  {
    name: "any tag",
    iss: OWN,
    scope: { projects: shop, refs: { kind: "any-of-type", type: "tag" }, claims: none },
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
      { environment: live, subComponents: ["project_path", "environment_protected", "ref_type", "ref"] },
    ],
    admitsToo: REFS,
    refusesToo: ["unprotected environment"],
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
    refusesToo: ["path taken over", "unprotected ref", "unprotected environment", "other tier"],
  },
  {
    name: "a tier on a branch",
    iss: COM,
    scope: { projects: shop, refs: main, claims: [production] },
    jobs: [{ environment: live, subComponents: ["project_path", "deployment_tier", "ref_type", "ref"] }],
    refusesToo: ["other tier"],
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
    scope: { projects: group, refs: { kind: "any-of-type", type: "branch" }, claims: none },
    jobs: [{}, { ref: "feature/a/b" }],
    admitsToo: ["longer project", ...REF_NAMES],
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
      refs: {
        kind: "named",
        type: "branch",
        names: ['a"b', "it's", "$" + "{aws:username}", "%{if", "&{aws:username}", "$HOME", "`id`", "é"],
      },
      claims: none,
    },
    jobs: ['a"b', "it's", "$" + "{aws:username}", "%{if", "&{aws:username}", "$HOME", "`id`", "é"].map(
      (ref) => ({ ref }),
    ),
  },
];
