import { describe, expect, it } from "vitest";
import { maskCredentialShapes } from "../../../src/output/credential-shapes.ts";

describe("what looks like a credential", () => {
  it.each([
    ["AWS_ACCESS_KEY_ID=ASIAZZZZZZZZEXAMPLE1", "AWS_ACCESS_KEY_ID=[MASKED]"],
    ["key AKIAIOSFODNN7EXAMPLE is wrong", "key [MASKED] is wrong"],
    ['"SecretAccessKey": "short"', '"SecretAccessKey": "[MASKED]"'],
    ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[MASKED]"],
    [`IQoJb3JpZ2luX2Vj${"aB3/".repeat(20)}==`, "[MASKED]"],
    ["> Authorization: Basic QVdTOmFiYw==", "> Authorization: [MASKED]"],
    ["Bearer abc123DEF456", "Bearer [MASKED]"],
    ["http://ada:pw@proxy:3128", "http://[MASKED]@proxy:3128"],
    ["X-Amz-Security-Token=abcd%2F&x=1", "X-Amz-Security-Token=[MASKED]&x=1"],
    [`${"glpat"}-abcdefghij0123456789`, "[MASKED]"],
    ["k8s-aws-v1.aHR0cHM6Ly9zdHM", "[MASKED]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----!", "[MASKED]!"],
  ])("is masked: %s", (text, masked) => {
    expect(maskCredentialShapes(text)).toBe(masked);
  });

  it.each([
    "no basic auth credentials",
    "Basic authentication required",
    "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://gitlab.example.com",
    "ExpiredToken: The security token included in the request is expired",
    "RequestID: 5f5a5bba-6bb1-4f4e-8a39-b1c1df4dbb3e",
    "commit 1c31843aa0b4b7b3d1d1f6f6c9e8a7b6c5d4e3f2",
    "arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210",
    "AROAZZZZZZZZEXAMPLE12:GitLabRunner-1-2",
    "Invalid type for parameter WebIdentityToken, value: None",
    "AWS_SESSION_TOKEN is not set",
    "sha256:9fdae33d52319a11cb86523712e48cf1f4682fb0239a1b2c3d4e5f60718293a4",
  ])("and nothing else: %s", (text) => {
    expect(maskCredentialShapes(text)).toBe(text);
  });
});
