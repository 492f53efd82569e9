import { describe, expect, it } from "vitest";
import { diagnose } from "../../../../src/aws/error-catalogue/diagnose.ts";
import { parseErrorText } from "../../../../src/aws/error-catalogue/error-text.ts";

const GO =
  "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, RequestID: 5f5a5bba-6bb1-4f4e-8a39-b1c1df4dbb3e, api error AccessDenied: Not authorized";

describe("parseErrorText", () => {
  it("reads the form of the AWS CLI and boto3", () => {
    const error = parseErrorText(
      "An error occurred (ExpiredTokenException) when calling the AssumeRoleWithWebIdentity operation: Token expired: current date/time 1 must be before the expiration date/time 2",
    );
    expect(error.fault).toMatchObject({ kind: "service", code: "ExpiredTokenException" });
    expect(error.message).toMatch(/^Token expired: current/);
    expect(error.action).toBe("AssumeRoleWithWebIdentity");
  });

  it("reads the form of Go and Terraform, with its facts", () => {
    const error = parseErrorText(GO);
    expect(error).toMatchObject({
      message: "Not authorized",
      action: "AssumeRoleWithWebIdentity",
      fault: {
        kind: "service",
        code: "AccessDenied",
        httpStatus: 403,
        requestId: "5f5a5bba-6bb1-4f4e-8a39-b1c1df4dbb3e",
      },
    });
  });

  it.each([
    ["Error: connect ECONNREFUSED 127.0.0.1:443", "ECONNREFUSED"],
    [
      "unable to get local issuer certificate UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    ],
    ["getaddrinfo ENOTFOUND sts.eu-central-9.amazonaws.com", "ENOTFOUND"],
    [
      "no TLS connection comes about (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)",
      "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    ],
  ])("tells a connection that failed by its code: %s", (text, code) => {
    expect(parseErrorText(text).fault).toEqual({ kind: "network", code });
  });

  it.each([
    ["Not authorized to perform sts:AssumeRoleWithWebIdentity", "AccessDenied"],
    ["Token expired: current date/time …", "ExpiredTokenException"],
    ["Rate exceeded", "Throttling"],
    ["Incorrect token audience", "InvalidIdentityToken"],
    ["Signature expired: X is now earlier than Y", "SignatureDoesNotMatch"],
    ["something altogether different", "unknown code"],
  ])("finds the code of a message without one: %s", (message, code) => {
    expect(parseErrorText(`  ${message}\n`)).toMatchObject({ message, fault: { code } });
  });
});

/** One failure in the words of each tool. */
const ONE_FAILURE: readonly string[] = [
  "Not authorized to perform sts:AssumeRoleWithWebIdentity",
  "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity",
  "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation (reached max retries: 4): Not authorized to perform sts:AssumeRoleWithWebIdentity",
  "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
  "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 403, RequestID: 5f5a5bba-6bb1-4f4e-8a39-b1c1df4dbb3e, api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
  "Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity",
];

it.each(ONE_FAILURE)("takes it for the refusal that it is: %s", (text) => {
  expect(diagnose(parseErrorText(text), {}).id).toBe("trust-denied");
});
