import { GITLAB_COM } from "../../src/aws/trust-policy/model/condition-keys.ts";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { issuerPrefix } from "../../src/aws/trust-policy/model/provider.ts";
import { DEFAULT_SUB_COMPONENTS } from "../../src/aws/trust-policy/model/sub-components.ts";
import { parseSubject } from "../../src/aws/trust-policy/model/subject.ts";
import { findRoleOfPolicy, reviewTrustPolicy, type TrustReview } from "../../src/aws/trust-policy/review.ts";
import { DEFAULT_ISSUER } from "../../src/config/inputs/doctor-inputs.ts";
import { splitList } from "../../src/config/inputs/scalars.ts";
import { buildClaims, type DescribedJob } from "../../src/gitlab/claims.ts";
import type { Fields } from "./page-host.ts";

/** A job, and what a policy says about it. */
export interface ExampleJob {
  readonly label: string;
  /** Whether the policy was written for it, or it is only similar to one that it was written for. */
  readonly kind: "meant" | "near-miss";
  readonly decision: TrustReview["decision"];
  /** Why it is refused, or how to keep it out. */
  readonly why: string | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** A job in words, and its claims. */
interface Sketch {
  readonly label: string;
  readonly job: DescribedJob;
  readonly claims: Claims;
  /** How to keep it out, if the fields can. */
  readonly remedy?: string;
}

/** Asks the evaluator about jobs that the fields of `trust-policy` describe, and about similar jobs. */
export function judgeExamples(policy: string, fields: Fields): readonly ExampleJob[] {
  const meant = sketchMeant(fields);
  const components = subComponentsOf(policy);
  const judge = (kind: ExampleJob["kind"]) => (sketch: Sketch) => ({
    kind,
    label: sketch.label,
    ...decide(policy, sketch, components),
  });
  return [judge("meant")(meant), ...sketchNearMisses(meant, fields).map(judge("near-miss"))];
}

function decide(
  policy: string,
  { job, claims, remedy }: Sketch,
  components: readonly string[],
): Pick<ExampleJob, "decision" | "why"> {
  const all: Claims = { ...buildClaims(job), ...claims };
  const sub = components.map((name) => `${name}:${all[name]}`).join(":");
  const role = findRoleOfPolicy(policy, job.issuer);
  if (role === undefined) return { decision: "unknown", why: undefined };
  const review = reviewTrustPolicy(policy, {
    role,
    issuer: job.issuer,
    claims: { ...all, sub },
    otherClaims: "absent",
  });
  const isAdmitted = review.decision === "allow";
  return { decision: review.decision, why: isAdmitted ? remedy : review.causes[0]?.reason.split("\n")[0] };
}

/** What GitLab puts into `sub` if the project is set up as the policy wants. */
function subComponentsOf(policy: string): readonly string[] {
  const parsed = parseTrustPolicy(policy);
  const tests =
    parsed.kind === "policy" ? parsed.policy.statements.flatMap(({ conditions }) => conditions) : [];
  const wanted = tests.find(({ key }) => key.endsWith(":sub"))?.values[0] ?? "";
  const names = parseSubject(wanted)
    .map(({ name }) => name)
    .filter((name) => name !== "");
  if (names.length === 0) return DEFAULT_SUB_COMPONENTS;
  return names.includes("ref") ? names : [...names, "ref"];
}

/** The first job that the fields describe. */
function sketchMeant(fields: Fields): Sketch {
  const first = (name: string): string | undefined => splitList(fields[name])[0];
  const group = first("group");
  const issuer = fields.issuer || DEFAULT_ISSUER;
  const job: DescribedJob = {
    issuer,
    audience: fields.audience || issuer,
    project: first("project") ?? (group === undefined ? "acme/shop" : `${group}/shop`),
    ref: sketchRef(fields),
    environment: undefined,
    projectId: first("project-id") ?? "4711",
    namespaceId: first("namespace-id") ?? "815",
  };
  const claims = {
    ref_protected: "true",
    environment_protected: fields["unprotected-environment"] ? "false" : "true",
    deployment_tier: first("deployment-tier") ?? "production",
  };
  return { label: `${job.project}, ${describeRef(job.ref)}`, job, claims };
}

/** A name that matches a pattern: `release/1.0` for `release/*`. */
function sketchRef(fields: Fields): DescribedJob["ref"] {
  const [branch] = splitList(fields.branch);
  const [tag] = splitList(fields.tag);
  const name = (pattern: string): string => pattern.replace(/\*$/, "1.0");
  if (branch !== undefined) return { type: "branch", name: name(branch) };
  if (tag !== undefined) return { type: "tag", name: name(tag) };
  return fields["any-tag"] ? { type: "tag", name: "v1.0" } : { type: "branch", name: "main" };
}

function describeRef({ type, name }: DescribedJob["ref"]): string {
  return type === "merge-request" ? `a merge request from ${name}` : `${type} ${name}`;
}

const OTHER_BRANCH = "feature/login";

function sketchNearMisses(meant: Sketch, fields: Fields): readonly Sketch[] {
  return [...sketchOtherRefs(meant, fields), ...sketchOtherProjects(meant)];
}

/** Creates jobs that differ from one in some parts. */
function differFrom({ job, claims: same }: Sketch) {
  return (label: string, part: Partial<DescribedJob>, claims: Claims = same): Sketch => ({
    label,
    job: { ...job, ...part },
    claims,
  });
}

const ELSEWHERE = { projectId: "9001", namespaceId: "9000" };

function sketchOtherRefs(meant: Sketch, fields: Fields): readonly Sketch[] {
  const { job, claims } = meant;
  const differ = differFrom(meant);
  const ref = describeRef(job.ref);
  const unprotected = { ...claims, ref_protected: "false", environment_protected: "false" };
  const fork = `mallory/${job.project.split("/").slice(1).at(-1)}`;
  const other = (type: "branch" | "merge-request") => ({ ref: { type, name: OTHER_BRANCH } });
  return [
    differ(`a fork: ${fork}, ${ref}`, { project: fork, ...ELSEWHERE }),
    differ(`another branch: ${OTHER_BRANCH}`, other("branch"), unprotected),
    differ(`a merge request from ${OTHER_BRANCH}`, other("merge-request"), unprotected),
    sketchOtherType(meant),
    ...(fields.protected
      ? [differ(`${ref}, if it were not protected`, {}, { ...claims, ref_protected: "false" })]
      : []),
    ...(fields["protected-environment"]
      ? [differ("a job without a protected environment", {}, { ...claims, environment_protected: "false" })]
      : []),
  ];
}

function sketchOtherProjects(meant: Sketch): readonly Sketch[] {
  const { issuer, project } = meant.job;
  const differ = differFrom(meant);
  const group = project.split("/").slice(0, -1).join("/");
  const { projectId } = ELSEWHERE;
  return [
    differ(`a project with a similar path: ${project}-2`, { project: `${project}-2`, projectId }),
    differ(`another project in the group: ${group}/other`, { project: `${group}/other`, projectId }),
    differ(`a project in a subgroup: ${group}/team/shop`, { project: `${group}/team/shop`, ...ELSEWHERE }),
    {
      ...differ(`anyone who gets the path ${project} once it is free`, ELSEWHERE),
      ...(issuerPrefix(issuer) === GITLAB_COM
        ? { remedy: "Fill in “Project ID”: an ID is never reused." }
        : {}),
    },
    differ("a token for another audience", { audience: "https://vault.example.com" }),
    differ("the same path on another GitLab", { issuer: "https://gitlab.example.net" }),
  ];
}

/** A tag with the branch's name, or a branch with the tag's. */
function sketchOtherType({ job, claims }: Sketch): Sketch {
  const type = job.ref.type === "tag" ? "branch" : "tag";
  const other: DescribedJob = { ...job, ref: { type, name: job.ref.name } };
  return {
    label: `a ${type} with the same name, ${job.ref.name}`,
    job: other,
    claims: { ...claims, ref_protected: "false" },
  };
}
