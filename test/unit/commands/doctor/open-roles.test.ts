import fc from "fast-check";
import { expect, it } from "vitest";
import type { LintCorrection } from "../../../../src/aws/trust-policy/lint/finding.ts";
import { buildLintOptions, lintTrustPolicy } from "../../../../src/aws/trust-policy/lint/lint.ts";
import { parseTrustPolicy } from "../../../../src/aws/trust-policy/model/parse.ts";
import type { ConditionTest, Statement, TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { renderPolicy } from "../../../../src/aws/trust-policy/model/render.ts";
import type { WebIdentityRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import { subjectValue } from "../../../../src/aws/trust-policy/model/subject.ts";
import { proposeStatement } from "../../../../src/aws/trust-policy/propose.ts";
import { lookAtTrustPolicy } from "../../../../src/commands/doctor/trust.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";
import * as arbitrary from "../../aws/trust-policy/arbitraries.ts";
import { askStandIn } from "../../aws/trust-policy/stand-in.ts";

const job = (project: fc.Arbitrary<string>): fc.Arbitrary<WebIdentityRequestContext> =>
  arbitrary.completeRequest({
    project_id: project,
    namespace_id: fc.constantFrom("42", "43"),
    ref_protected: fc.constantFrom("true", "false"),
    pipeline_source: fc.constantFrom("push", "merge_request_event"),
    user_access_level: fc.constantFrom("developer", "owner"),
    user_login: fc.constantFrom("ada", "eve"),
  });

const projectOf = ({ claims }: WebIdentityRequestContext) => subjectValue(String(claims.sub), "project_path");

/** The job at hand, and one of another project, perhaps of another instance. */
const jobs = fc
  .record({ own: job(fc.constant("4711")), foreign: job(fc.constantFrom("666", "4712", "47110")) })
  .filter(({ own, foreign }) => projectOf(own) !== projectOf(foreign) || own.issuer !== foreign.issuer);

const isComparable = ({ statements }: TrustPolicy): boolean =>
  statements.every(({ conditions }) => conditions.every(({ operator }) => !/Binary|Date/.test(operator)));

/** Ways in which a value of a good policy is made to fit more, or to look like it. */
const WIDENED: readonly ((value: string) => string)[] = [
  () => "*",
  (value) => value.replace(/[^:/]*$/, "*"),
  (value) => value.replace(/^(project_path:[^/]*\/)[^:]*/, "$1*"),
  (value) => value.replace(/^project_path:[^:]*/, "project_path:*"),
  (value) => value.replace(/^(project_path:[^:]{4,6})[^:]*/, "$1*"),
  (value) => value.replace(/:.*$/, ":*"),
  (value) => value.replace(/.$/, "?"),
  (value) => value.toUpperCase(),
  (value) => value.replace("project_path", "job_project_path"),
];

/** IAM takes no policy that compares text by an operator for something else. */
const textOperator = arbitrary.operator.filter((name) => /String|Arn/.test(name));

/** A test with another operator, another value, or one more. */
function edited(test: ConditionTest): fc.Arbitrary<ConditionTest> {
  const operators = fc.constantFrom(
    test.operator,
    "StringLike" as const,
    "StringLike" as const,
    "ArnLike" as const,
  );
  const self = `$\{${test.key}}`;
  const values = fc.constantFrom(
    test.values,
    [self],
    ...WIDENED.flatMap((widen) => [test.values.map(widen), [...test.values, ...test.values.map(widen)]]),
  );
  return fc
    .record({ operator: fc.oneof({ weight: 4, arbitrary: operators }, textOperator), values })
    .map((change) => ({ ...test, ...change }));
}

/** The narrowest statement for a job, with one of its tests edited or gone, or with one more. */
function nearlyGood(context: WebIdentityRequestContext): fc.Arbitrary<Statement> {
  const good = proposeStatement(context) as Statement;
  const changes = fc.nat(good.conditions.length - 1).chain((at) => {
    const test = good.conditions[at] as ConditionTest;
    return fc.oneof(
      { weight: 3, arbitrary: edited(test).map((other) => good.conditions.with(at, other)) },
      { weight: 1, arbitrary: fc.constant(good.conditions.toSpliced(at, 1)) },
      { weight: 1, arbitrary: fc.constant(good.conditions.filter(({ key }) => !key.endsWith("_id"))) },
      { weight: 1, arbitrary: arbitrary.testNear(context).map((more) => [...good.conditions, more]) },
    );
  });
  const isOnce = (conditions: Statement["conditions"]) =>
    new Set(conditions.map(({ operator, key }) => `${operator} ${key}`)).size === conditions.length;
  return fc
    .oneof({ weight: 1, arbitrary: fc.constant(good.conditions) }, { weight: 4, arbitrary: changes })
    .filter(isOnce)
    .chain((conditions) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constant(conditions) },
        { weight: 1, arbitrary: fc.constant(conditions.filter(({ key }) => !key.endsWith(":project_id"))) },
        {
          weight: 1,
          arbitrary: fc.constant(conditions.filter(({ key }) => !/:(project|namespace)_id$/.test(key))),
        },
      ),
    )
    .map((conditions) => ({ ...good, conditions }));
}

const VERSIONS = fc.constantFrom("2012-10-17" as const, "2012-10-17" as const, "2008-10-17" as const);

interface Case {
  readonly own: WebIdentityRequestContext;
  readonly foreign: WebIdentityRequestContext;
  readonly policy: TrustPolicy;
}

/** A policy that admits the job at hand, and perhaps the other one too. */
const cases: fc.Arbitrary<Case> = jobs.chain(({ own, foreign }) => {
  const proposed = fc.constant(proposeStatement(own) as Statement);
  const wild = fc
    .tuple(proposed, arbitrary.policyNear(own), arbitrary.policyNear(foreign))
    .map(([first, near, far]) => [...near.statements, first, ...far.statements]);
  const careful = fc.oneof(
    fc.tuple(nearlyGood(own)),
    fc.tuple(proposed, fc.oneof(nearlyGood(own), nearlyGood(foreign))),
  );
  return fc
    .oneof({ weight: 1, arbitrary: wild }, { weight: 5, arbitrary: careful })
    .chain((statements) => VERSIONS.map((version) => ({ own, foreign, policy: { version, statements } })))
    .filter(({ policy }) => isComparable(policy));
});

/** Whether a policy names the project of a job, letter by letter. */
function names({ statements }: TrustPolicy, context: WebIdentityRequestContext): boolean {
  const values = statements.flatMap(({ conditions }) => conditions.flatMap((test) => test.values));
  return values.some(
    (value) =>
      value === context.claims.project_id || subjectValue(value, "project_path") === projectOf(context),
  );
}

it("gives no bare check mark to a role that another project can assume", async () => {
  const seen = { open: 0, alarmed: 0, bare: 0 };
  const runs = propertyRuns(700);
  await fc.assert(
    fc.asyncProperty(cases, async ({ own, foreign, policy }) => {
      const file = { path: "policy.json", text: renderPolicy(policy) };
      const { check } = lookAtTrustPolicy(file, { ...own, otherClaims: "absent" }, []);
      const isBare = check.status === "ok" && check.notes.length < 2;
      const isAlarmed = check.alarm !== undefined;
      const isOpen = (await askStandIn(policy, foreign)) === "allowed";
      seen.open += isOpen ? 1 : 0;
      seen.alarmed += isAlarmed ? 1 : 0;
      seen.bare += isBare ? 1 : 0;
      expect(isBare && (isOpen || isAlarmed)).toBe(false);
      if (isOpen && !names(policy, foreign)) expect(isAlarmed).toBe(true);
    }),
    runs,
  );
  expect(seen.open / runs.numRuns).toBeGreaterThan(0.1);
  expect(seen.bare / runs.numRuns).toBeGreaterThan(0.1);
});

it("remarks upon every project of a group that the policy names by its id", () => {
  const [aud, sub, group] = ["aud", "sub", "namespace_id"].map((name) => `gitlab.com:${name}`);
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${aud}`]: "https://gitlab.com", [`${group}`]: "43" },
          StringLike: { [`${sub}`]: "project_path:acme-e*:ref_type:branch:ref:v1.0" },
        },
      },
    ],
  };
  const { check } = lookAtTrustPolicy({ path: "policy.json", text: JSON.stringify(policy) }, undefined, []);
  expect(check.notes.join()).toContain("admits every project of the group with the id 43");
  expect(check.alarm).toBeDefined();
});

/** A policy in which what was found has been corrected as was said. */
function correct(policy: TrustPolicy, { place, text }: LintCorrection): TrustPolicy {
  const document = JSON.parse(renderPolicy(policy));
  const index = /^Statement\[(\d+)\]$/.exec(place)?.[1];
  const corrected =
    index === undefined
      ? { ...document, [place]: JSON.parse(text) }
      : { ...document, Statement: document.Statement.with(Number(index), JSON.parse(text)) };
  const parsed = parseTrustPolicy(JSON.stringify(corrected));
  if (parsed.kind !== "policy") throw new Error("a corrected policy is not a valid one");
  return parsed.policy;
}

it("corrects nothing so that another project can assume the role", async () => {
  let tried = 0;
  const runs = propertyRuns(400);
  await fc.assert(
    fc.asyncProperty(cases, async ({ own, foreign, policy }) => {
      const found = lintTrustPolicy(policy, buildLintOptions(own));
      const corrections = found.flatMap(({ correction }) => correction ?? []);
      if (corrections.length === 0 || names(policy, foreign)) return;
      if ((await askStandIn(policy, foreign)) === "allowed") return;
      for (const correction of corrections) {
        tried += 1;
        expect(await askStandIn(correct(policy, correction), foreign)).not.toBe("allowed");
      }
    }),
    runs,
  );
  expect(tried / runs.numRuns).toBeGreaterThan(0.3);
});
