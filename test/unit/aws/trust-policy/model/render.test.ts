import { describe, expect, it } from "vitest";
import type { TrustPolicy } from "../../../../../src/aws/trust-policy/model/policy.ts";
import { renderPolicy } from "../../../../../src/aws/trust-policy/model/render.ts";

describe("renderPolicy", () => {
  it("writes lists of one as the one, and groups conditions by operator", () => {
    const policy: TrustPolicy = {
      version: "2012-10-17",
      id: "trust",
      statements: [
        {
          sid: "Deploy",
          effect: "Allow",
          principal: { kind: "listed", entries: [{ type: "Federated", ids: ["a", "b"] }] },
          action: { element: "NotAction", patterns: ["sts:TagSession"] },
          conditions: [
            { operator: "StringEquals", key: "gitlab.com:aud", values: ["x"] },
            { operator: "StringLike", key: "gitlab.com:sub", values: ["y", "z"] },
            { operator: "StringEquals", key: "__proto__", values: ["kept"] },
          ],
        },
        {
          effect: "Deny",
          principal: { kind: "everyone" },
          action: { element: "Action", patterns: ["*"] },
          conditions: [],
        },
      ],
    };
    expect(renderPolicy(policy)).toMatchInlineSnapshot(`
      "{
        "Version": "2012-10-17",
        "Id": "trust",
        "Statement": [
          {
            "Sid": "Deploy",
            "Effect": "Allow",
            "Principal": {
              "Federated": [
                "a",
                "b"
              ]
            },
            "NotAction": "sts:TagSession",
            "Condition": {
              "StringEquals": {
                "gitlab.com:aud": "x",
                "__proto__": "kept"
              },
              "StringLike": {
                "gitlab.com:sub": [
                  "y",
                  "z"
                ]
              }
            }
          },
          {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "*"
          }
        ]
      }"
    `);
  });
});
