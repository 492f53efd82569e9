import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { buildLintOptions, lintTrustPolicy } from "../../../../src/aws/trust-policy/lint/lint.ts";
import { parseTrustPolicy } from "../../../../src/aws/trust-policy/model/parse.ts";
import { renderPolicy, renderStatement } from "../../../../src/aws/trust-policy/model/render.ts";
import type { WebIdentityRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import { buildTrustPolicy, proposeStatement } from "../../../../src/aws/trust-policy/propose.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";
import * as arbitrary from "./arbitraries.ts";
import { contextOf } from "./vectors.ts";

const RUNS = propertyRuns(300);

/** The policy as a user would paste it. */
function pastedProposal(context: WebIdentityRequestContext) {
  const statement = proposeStatement(context);
  if (statement === undefined) throw new Error("expected a proposal");
  const parsed = parseTrustPolicy(renderPolicy(buildTrustPolicy([statement])));
  if (parsed.kind !== "policy") throw new Error("expected a policy");
  return parsed.policy;
}

describe("proposeStatement", () => {
  it("asks for audience, subject and, on gitlab.com, the lasting identifiers", () => {
    const statement = proposeStatement(contextOf({ job: "main" }));
    expect(statement && renderStatement(statement)).toMatchInlineSnapshot(`
      "{
        "Effect": "Allow",
        "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": {
          "gitlab.com:aud": "https://gitlab.com",
          "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main",
          "gitlab.com:project_id": "4711",
          "gitlab.com:namespace_id": "815"
        } }
      }"
    `);
  });

  it("asks a self-managed instance's token for audience and subject only", () => {
    const statement = proposeStatement(contextOf({ job: "self-managed-under-path" }));
    expect(statement?.conditions.map(({ key }) => key)).toEqual([
      "example.com/gitlab:aud",
      "example.com/gitlab:sub",
    ]);
  });

  it("asks for the authorized party where the token has one", () => {
    const statement = proposeStatement(contextOf({ job: "main", claims: { azp: "client" } }));
    expect(statement?.conditions[0]).toEqual({
      operator: "StringEquals",
      key: "gitlab.com:aud",
      values: ["client"],
    });
  });

  it("allows the further actions that tags and a source identity need", () => {
    const claims = {
      "https://aws.amazon.com/tags": { principal_tags: { Team: ["a"] } },
      "https://aws.amazon.com/source_identity": "ada",
    };
    expect(proposeStatement(contextOf({ job: "main", claims }))?.action.patterns).toEqual([
      "sts:AssumeRoleWithWebIdentity",
      "sts:TagSession",
      "sts:SetSourceIdentity",
    ]);
  });

  it("leaves out identifiers that the token lacks", () => {
    const claims = { project_id: null, namespace_id: null };
    expect(proposeStatement(contextOf({ job: "main", claims }))?.conditions).toHaveLength(2);
  });

  it.each([{ sub: null }, { aud: null }, { aud: ["a", "b"] }])("proposes nothing for %j", (claims) => {
    expect(proposeStatement(contextOf({ job: "main", claims }))).toBeUndefined();
  });

  it("always allows the same token", () => {
    fc.assert(
      fc.property(arbitrary.context, (context) => {
        expect(evaluateTrustPolicy(pastedProposal(context), context).outcome).toBe("allowed");
      }),
      RUNS,
    );
  });

  it("never allows a token of another project, ref, audience or instance", () => {
    fc.assert(
      fc.property(arbitrary.context, arbitrary.context, (context, other) => {
        const isSame =
          context.issuer === other.issuer &&
          context.claims.sub === other.claims.sub &&
          String(context.claims.aud) === String(other.claims.aud);
        if (isSame) return;
        expect(evaluateTrustPolicy(pastedProposal(context), other).outcome).toBe("implicitly-denied");
      }),
      RUNS,
    );
  });

  it("is clean to the lint", () => {
    fc.assert(
      fc.property(arbitrary.context, (context) => {
        expect(lintTrustPolicy(pastedProposal(context), buildLintOptions(context))).toEqual([]);
      }),
      RUNS,
    );
  });
});
