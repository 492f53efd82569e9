import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import type { LintCorrection } from "../../../../src/aws/trust-policy/lint/finding.ts";
import { parseTrustPolicy } from "../../../../src/aws/trust-policy/model/parse.ts";
import type { Statement, TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { renderPolicy, renderStatement } from "../../../../src/aws/trust-policy/model/render.ts";
import type { WebIdentityRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import { proposeStatement } from "../../../../src/aws/trust-policy/propose.ts";
import { reviewTrustPolicy } from "../../../../src/aws/trust-policy/review.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";
import * as arbitrary from "./arbitraries.ts";
import { askStandIn } from "./stand-in.ts";

const job = arbitrary.completeRequest({
  project_id: fc.constantFrom("4711", "4712"),
  namespace_id: fc.constantFrom("42", "43"),
  ref_protected: fc.constantFrom("true", "false"),
  pipeline_source: fc.constantFrom("push", "schedule"),
});

/** Slips and pins that people make in a policy for a job. */
const EDITS: readonly ((sub: string) => string)[] = [
  (sub) => sub,
  (sub) => sub.replace(/ref:.*$/, "ref:*"),
  (sub) => sub.replace(/[^/]*:ref_type/, "*:ref_type"),
  (sub) => sub.replace(/^project_path:/, ""),
  (sub) => sub.replace(/:ref:/, ":ref:refs/heads/"),
  (sub) => sub.replace(":ref_type", ":environment_protected:true:ref_type"),
  (sub) => sub.replace(/^project_path:[^:]*/, "project_id:4711"),
  (sub) => sub.toUpperCase(),
  (sub) => sub.replace(/ref:.*$/, "ref:other"),
];

/** The job's own statement with a slip or a pin, under this or that operator and key. */
const slipped = (context: WebIdentityRequestContext): fc.Arbitrary<Statement> => {
  const good = proposeStatement(context) as Statement;
  const prefix = context.providerArn.slice(context.providerArn.indexOf("oidc-provider/") + 14);
  return fc
    .record({
      edit: fc.constantFrom(...EDITS),
      operator: fc.constantFrom("StringEquals" as const, "StringLike" as const, "StringNotLike" as const),
      scheme: fc.constantFrom("", "", "", "https://"),
      pins: fc.uniqueArray(
        fc.constantFrom(
          [`${prefix}:ref_protected`, "true"],
          [`${prefix}:project_id`, "4711"],
          [`${prefix}:environment`, "production"],
          [`${prefix}:pipeline_source`, "push"],
        ),
        { maxLength: 2 },
      ),
      action: fc.constantFrom(
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRole",
      ),
      provider: fc.constantFrom(
        (arn: string) => arn,
        (arn: string) => arn,
        (arn: string) => arn.replace("oidc-provider/", "oidc-provider/https://"),
      ),
    })
    .map(({ edit, operator, scheme, pins, action, provider }) => ({
      effect: "Allow" as const,
      principal: {
        kind: "listed" as const,
        entries: [{ type: "Federated" as const, ids: [provider(context.providerArn)] }],
      },
      action: { element: "Action" as const, patterns: [action] },
      conditions: [
        ...good.conditions.filter(({ key }) => key.endsWith(":aud")),
        { operator, key: `${scheme}${prefix}:sub`, values: [edit(String(context.claims.sub))] },
        ...pins.map(([key = "", value = ""]) => ({
          operator: "StringEquals" as const,
          key,
          values: [value],
        })),
      ].filter(
        (test, index, all) =>
          all.findIndex(({ operator: one, key }) => one === test.operator && key === test.key) === index,
      ),
    }));
};

interface Case {
  readonly own: WebIdentityRequestContext;
  readonly foreign: WebIdentityRequestContext;
  readonly policy: TrustPolicy;
}

const isComparable = ({ statements }: TrustPolicy): boolean =>
  statements.every(({ conditions }) => conditions.every(({ operator }) => !/Binary|Date/.test(operator)));

const cases: fc.Arbitrary<Case> = fc
  .record({ own: job, foreign: job })
  .chain(({ own, foreign }) =>
    fc
      .oneof(
        { weight: 3, arbitrary: fc.array(slipped(own), { minLength: 1, maxLength: 2 }) },
        { weight: 2, arbitrary: arbitrary.policyNear(own).map(({ statements }) => statements) },
        {
          weight: 1,
          arbitrary: fc
            .tuple(slipped(own), arbitrary.policyNear(foreign))
            .map(([near, far]) => [near, ...far.statements]),
        },
      )
      .chain((statements) =>
        fc
          .constantFrom("2012-10-17" as const, "2012-10-17" as const, "2008-10-17" as const)
          .map((version) => ({ own, foreign, policy: { version, statements } })),
      ),
  )
  .filter(({ policy }) => isComparable(policy));

/** Whether a token has all that the job's own statement could ask for. */
function isSameJob(own: WebIdentityRequestContext, foreign: WebIdentityRequestContext): boolean {
  const told = ({ issuer, claims }: WebIdentityRequestContext) =>
    [issuer, claims.sub, String(claims.aud)].join();
  return told(own) === told(foreign);
}

function parsed(document: unknown): TrustPolicy {
  const result = parseTrustPolicy(JSON.stringify(document));
  if (result.kind !== "policy") throw new Error("a remedy makes a policy that IAM refuses");
  return result.policy;
}

function correct(policy: TrustPolicy, { place, text }: LintCorrection): TrustPolicy {
  const document = JSON.parse(renderPolicy(policy));
  const index = /^Statement\[(\d+)\]$/.exec(place)?.[1];
  return parsed(
    index === undefined
      ? { ...document, [place]: JSON.parse(text) }
      : { ...document, Statement: document.Statement.with(Number(index), JSON.parse(text)) },
  );
}

function add(policy: TrustPolicy, statement: Statement): TrustPolicy {
  const document = JSON.parse(renderPolicy(policy));
  return parsed({ ...document, Statement: [...document.Statement, JSON.parse(renderStatement(statement))] });
}

/** Every policy that comes of doing what the doctor says, with what was done. */
function remedied({ policy, own }: Case): readonly (readonly [string, TrustPolicy])[] {
  const { decision, findings, offered } = reviewTrustPolicy(renderPolicy(policy), {
    ...own,
    otherClaims: "absent",
  });
  const corrections = findings.flatMap(({ id, correction }) =>
    correction === undefined ? [] : [[id, correct(policy, correction)] as const],
  );
  return offered === undefined || decision === "allow"
    ? corrections
    : [...corrections, ["offered", add(policy, offered)]];
}

/** Who takes a token, the evaluator and perhaps the stand-in. */
async function admittedBy(
  policy: TrustPolicy,
  context: WebIdentityRequestContext,
  asksStandIn: boolean,
): Promise<readonly string[]> {
  const isAllowed = evaluateTrustPolicy(policy, context).outcome === "allowed";
  const isTaken = asksStandIn && (await askStandIn(policy, context)) === "allowed";
  return [...(isAllowed ? ["evaluator"] : []), ...(isTaken ? ["stand-in"] : [])];
}

describe("a remedy, applied to the policy", () => {
  it("admits no token but those that the policy or the job's own claims admit", async () => {
    const seen = { corrected: 0, offered: 0 };
    const runs = propertyRuns(250);
    await fc.assert(
      fc.asyncProperty(cases, async (found) => {
        const { own, foreign, policy } = found;
        if (isSameJob(own, foreign)) return;
        if (evaluateTrustPolicy(policy, foreign).outcome === "allowed") return;
        const asked = await askStandIn(policy, foreign);
        for (const [what, other] of remedied(found)) {
          seen[what === "offered" ? "offered" : "corrected"] += 1;
          expect([what, await admittedBy(other, foreign, asked !== "allowed")]).toEqual([what, []]);
        }
      }),
      runs,
    );
    expect(seen.corrected / runs.numRuns).toBeGreaterThan(1);
    expect(seen.offered / runs.numRuns).toBeGreaterThan(0.05);
  });

  it("lets the job in, if it is the offered statement and nothing else is in doubt", () => {
    let tried = 0;
    const runs = propertyRuns(400);
    fc.assert(
      fc.property(cases, ({ own, policy }) => {
        const { decision, offered } = reviewTrustPolicy(renderPolicy(policy), {
          ...own,
          otherClaims: "absent",
        });
        if (decision !== "deny" || offered === undefined) return;
        tried += 1;
        expect(evaluateTrustPolicy(add(policy, offered), own).outcome).not.toBe("implicitly-denied");
      }),
      runs,
    );
    expect(tried / runs.numRuns).toBeGreaterThan(0.07);
  });
});
