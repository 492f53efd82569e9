import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateCondition } from "../../../../../src/aws/trust-policy/evaluate/conditions.ts";
import { listMisses } from "../../../../../src/aws/trust-policy/evaluate/decision.ts";
import { evaluateTrustPolicy } from "../../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { createKeyLookup } from "../../../../../src/aws/trust-policy/evaluate/key-lookup.ts";
import { parseTrustPolicy } from "../../../../../src/aws/trust-policy/model/parse.ts";
import type { Statement, TrustPolicy } from "../../../../../src/aws/trust-policy/model/policy.ts";
import { renderPolicy } from "../../../../../src/aws/trust-policy/model/render.ts";
import type { WebIdentityRequestContext } from "../../../../../src/aws/trust-policy/model/request.ts";
import { propertyRuns } from "../../../../harness/property-runs.ts";
import * as arbitrary from "../arbitraries.ts";
import { contextOf } from "../vectors.ts";

const RUNS = propertyRuns(300);
const PERSONAL = /7f3a/;
const OUTCOMES = ["allowed", "explicitly-denied", "implicitly-denied", "undetermined"];

const outcomeOf = (policy: TrustPolicy, context: WebIdentityRequestContext) =>
  evaluateTrustPolicy(policy, context).outcome;

function addCondition(policy: TrustPolicy, added: Statement["conditions"][number]): TrustPolicy {
  const statements = policy.statements.map((statement) =>
    statement.effect === "Allow" ? { ...statement, conditions: [...statement.conditions, added] } : statement,
  );
  return { ...policy, statements };
}

describe("evaluateTrustPolicy", () => {
  it("never allows where a deny for everything of the provider stands", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        const deny: Statement = {
          effect: "Deny",
          principal: { kind: "listed", entries: [{ type: "Federated", ids: [context.providerArn] }] },
          action: { element: "Action", patterns: ["sts:*"] },
          conditions: [],
        };
        const statements = [...policy.statements, deny];
        expect(outcomeOf({ ...policy, statements }, context)).toBe("explicitly-denied");
      }),
      RUNS,
    );
  });

  it("never allows where a denying statement matches", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        const decision = evaluateTrustPolicy(policy, context);
        const isDenied = decision.statements.some(
          ({ effect, match }) => effect === "Deny" && match === "yes",
        );
        expect(decision.outcome === "explicitly-denied").toBe(isDenied);
      }),
      RUNS,
    );
  });

  it("never turns a refusal into an allow when a condition is added to what allows", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, arbitrary.test, (policy, context, added) => {
        const before = outcomeOf(policy, context);
        const after = outcomeOf(addCondition(policy, added), context);
        if (before !== "allowed") expect(after).not.toBe("allowed");
        if (before === "explicitly-denied" || before === "implicitly-denied") expect(after).toBe(before);
      }),
      RUNS,
    );
  });

  it("does not depend on the order of the statements", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        const reversed = { ...policy, statements: policy.statements.toReversed() };
        expect(outcomeOf(reversed, context)).toBe(outcomeOf(policy, context));
      }),
      RUNS,
    );
  });

  it("allows by one statement for which every part says yes", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        const decision = evaluateTrustPolicy(policy, context);
        if (decision.outcome !== "allowed") return;
        expect(decision.by.effect).toBe("Allow");
        expect(listMisses(decision.by)).toEqual([]);
      }),
      RUNS,
    );
  });

  it("gives a reason for every statement that does not apply", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        for (const statement of evaluateTrustPolicy(policy, context).statements) {
          expect(listMisses(statement).length > 0).toBe(statement.match !== "yes");
        }
      }),
      RUNS,
    );
  });

  it("decides the same after the policy was written and read again", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        const parsed = parseTrustPolicy(renderPolicy(policy));
        expect(parsed.kind).toBe("policy");
        if (parsed.kind !== "policy") return;
        expect(outcomeOf(parsed.policy, context)).toBe(outcomeOf(policy, context));
      }),
      RUNS,
    );
  });

  it("never throws, whatever the keys and values of a policy", () => {
    const anyTest = fc.record({
      operator: arbitrary.operator,
      key: fc.string(),
      values: fc.array(fc.string()),
    });
    const anyPolicy = fc.record({
      version: fc.constantFrom("2008-10-17", "2012-10-17"),
      statements: fc.array(
        fc.record({
          effect: fc.constantFrom("Allow", "Deny"),
          principal: fc.record({
            kind: fc.constant("listed"),
            entries: fc.array(fc.record({ type: fc.constant("Federated"), ids: fc.array(fc.string()) })),
          }),
          action: fc.record({ element: fc.constant("Action"), patterns: fc.array(fc.string()) }),
          conditions: fc.array(fc.oneof(anyTest, arbitrary.test)),
        }),
      ),
    });
    fc.assert(
      fc.property(anyPolicy, arbitrary.context, (policy, context) => {
        expect(OUTCOMES).toContain(outcomeOf(policy, context));
      }),
      RUNS,
    );
  });

  it("never shows the value of a personal claim", () => {
    fc.assert(
      fc.property(arbitrary.policy, arbitrary.context, (policy, context) => {
        expect(JSON.stringify(evaluateTrustPolicy(policy, context))).not.toMatch(PERSONAL);
      }),
      RUNS,
    );
  });

  it("withholds the value of a personal claim that the policy tests", () => {
    const policy = parseTrustPolicy(
      JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { "gitlab.com:user_email": "grace@example.com" } },
        },
      }),
    );
    if (policy.kind !== "policy") throw new Error("expected a policy");
    const decision = evaluateTrustPolicy(policy.policy, contextOf({ job: "main" }));
    expect(decision.statements.flatMap(listMisses)).toEqual([
      {
        kind: "condition",
        operator: "StringEquals",
        place: 'Statement[0].Condition.StringEquals["gitlab.com:user_email"]',
        key: "gitlab.com:user_email",
        wanted: ["grace@example.com"],
        actual: { kind: "withheld" },
        match: "no",
        reason: "value-differs",
      },
    ]);
  });

  it("says what the policy wants, what the token has, and where", () => {
    const statement: Statement = {
      sid: "Deploy",
      effect: "Allow",
      principal: { kind: "listed", entries: [{ type: "AWS", ids: ["123456789012"] }] },
      action: { element: "Action", patterns: ["sts:AssumeRole"] },
      conditions: [
        { operator: "StringEquals", key: "gitlab.com:aud", values: ["https://gitlab.com"] },
        { operator: "StringEquals", key: "gitlab.com:ref", values: ["main"] },
        { operator: "IpAddress", key: "aws:SourceIp", values: ["203.0.113.0/24"] },
      ],
    };
    const context = contextOf({ job: "main" });
    const decision = evaluateTrustPolicy({ version: "2012-10-17", statements: [statement] }, context);
    expect(decision.outcome).toBe("implicitly-denied");
    expect(decision.statements).toEqual([
      {
        index: 0,
        place: "Statement[0]",
        sid: "Deploy",
        effect: "Allow",
        match: "no",
        principal: {
          place: "Statement[0].Principal",
          wanted: ["123456789012"],
          actual: context.providerArn,
          match: "no",
          reason: "principal-not-federated",
        },
        action: {
          place: "Statement[0].Action",
          wanted: ["sts:AssumeRole"],
          actual: "sts:AssumeRoleWithWebIdentity",
          match: "no",
          reason: "action-not-listed",
        },
        conditions: [
          {
            operator: "StringEquals",
            match: "no",
            keys: [
              {
                place: 'Statement[0].Condition.StringEquals["gitlab.com:aud"]',
                key: "gitlab.com:aud",
                wanted: ["https://gitlab.com"],
                actual: { kind: "values", values: ["https://gitlab.com"] },
                match: "yes",
              },
              {
                place: 'Statement[0].Condition.StringEquals["gitlab.com:ref"]',
                key: "gitlab.com:ref",
                wanted: ["main"],
                actual: { kind: "absent" },
                match: "no",
                reason: "key-not-available-for-issuer",
              },
            ],
          },
          {
            operator: "IpAddress",
            match: "unknown",
            keys: [
              {
                place: 'Statement[0].Condition.IpAddress["aws:SourceIp"]',
                key: "aws:SourceIp",
                wanted: ["203.0.113.0/24"],
                actual: { kind: "unknown" },
                match: "unknown",
                reason: "key-not-visible-offline",
              },
            ],
          },
        ],
      },
    ]);
  });

  it("names the action that refuses", () => {
    const statement: Statement = {
      effect: "Allow",
      principal: {
        kind: "listed",
        entries: [{ type: "Federated", ids: ["arn:aws:iam::123456789012:oidc-provider/gitlab.com"] }],
      },
      action: { element: "Action", patterns: ["sts:AssumeRoleWithWebIdentity"] },
      conditions: [],
    };
    const tagged = { "https://aws.amazon.com/tags": { principal_tags: { Team: ["a"] } } };
    const context = contextOf({ job: "main", claims: tagged });
    expect(evaluateTrustPolicy({ statements: [statement] }, context)).toMatchObject({
      outcome: "implicitly-denied",
      action: "sts:TagSession",
    });
  });
});

describe("evaluateCondition", () => {
  const context = contextOf({ job: "main" });
  const scope = { version: "2012-10-17", lookUp: createKeyLookup(context) } as const;
  const keys = fc.constantFrom("gitlab.com:sub", "gitlab.com:aud", "gitlab.com:project_id");

  it("gives StringLike without wildcards the answer of StringEquals", () => {
    const plain = arbitrary.values.map((values) => values.map((value) => value.replaceAll(/[*?]/g, "")));
    fc.assert(
      fc.property(keys, plain, (key, values) => {
        const like = evaluateCondition({ operator: "StringLike", key, values }, scope);
        expect(like).toEqual(evaluateCondition({ operator: "StringEquals", key, values }, scope));
      }),
      RUNS,
    );
  });

  it.each(arbitrary.COMPLEMENTS)(
    "makes %s and %s complements while the key is there",
    (positive, negated) => {
      fc.assert(
        fc.property(keys, arbitrary.values, (key, values) => {
          const holds = evaluateCondition({ operator: positive, key, values }, scope).match;
          const fails = evaluateCondition({ operator: negated, key, values }, scope).match;
          if (holds === "unknown" || fails === "unknown") return;
          expect(fails).toBe(holds === "yes" ? "no" : "yes");
        }),
        RUNS,
      );
    },
  );

  it("gives ArnEquals and ArnLike the same answer", () => {
    const arns = fc.array(
      fc.constantFrom(context.providerArn, "arn:aws:iam::*:oidc-provider/*", "arn:*", "x"),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(arns, (values) => {
        const key = "aws:FederatedProvider";
        expect(evaluateCondition({ operator: "ArnEquals", key, values }, scope)).toEqual(
          evaluateCondition({ operator: "ArnLike", key, values }, scope),
        );
      }),
    );
  });

  it("holds for a list exactly if it holds for one of its values, under a positive operator", () => {
    fc.assert(
      fc.property(keys, arbitrary.values, (key, values) => {
        const ofList = evaluateCondition({ operator: "StringLike", key, values }, scope).match;
        const each = values.map(
          (value) => evaluateCondition({ operator: "StringLike", key, values: [value] }, scope).match,
        );
        if (ofList === "unknown") return;
        expect(ofList === "yes").toBe(each.includes("yes"));
      }),
      RUNS,
    );
  });
});
