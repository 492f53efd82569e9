import { describe, expect, it } from "vitest";
import { parseRoleArn } from "../../../../src/aws/arn.ts";
import type { DiagnosisContext } from "../../../../src/aws/error-catalogue/context.ts";
import { diagnose } from "../../../../src/aws/error-catalogue/diagnose.ts";
import { fillTemplate, TEMPLATE_NAMES } from "../../../../src/aws/error-catalogue/names.ts";
import { StsError, type StsFault, type StsTarget } from "../../../../src/aws/sts/sts.ts";

const FRANKFURT: StsTarget = { region: "eu-central-1", endpoint: undefined, variant: "standard" };

function contextOf(iss: string, others: Partial<DiagnosisContext> = {}): DiagnosisContext {
  const role = parseRoleArn("arn:aws:iam::123456789012:role/ci/deploy", "role-arn");
  const claims = { project_path: "acme/shop", ref_type: "branch", ref: "it's" };
  return {
    role: role.ok ? role.value : undefined,
    token: { iss, aud: "it's; ours", sub: "sub", issuedAt: undefined, expiresAt: undefined, claims },
    ...others,
  };
}

function failure(fault: StsFault, message: string, target: StsTarget = FRANKFURT): StsError {
  return new StsError(message, { fault, target, action: "AssumeRoleWithWebIdentity" });
}

function refusal(code: string, message: string, httpStatus = 403): StsError {
  return failure({ kind: "service", code, httpStatus, requestId: undefined }, message);
}

function causesOf(error: StsError, context: DiagnosisContext): readonly string[] {
  return diagnose(error, context).causes.map(({ id }) => id);
}

const DENIED = refusal("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");

describe("diagnose", () => {
  it("takes codes with and without the suffix that SDKs add", () => {
    const message = "Token signature invalid";
    expect(diagnose(refusal("InvalidIdentityToken", message), {}).id).toBe("bad-signature");
    expect(diagnose(refusal("InvalidIdentityTokenException", message), {}).id).toBe("bad-signature");
  });

  it("tells the facts of what it does not know", () => {
    const diagnosis = diagnose(refusal("Teapot", "short and stout", 418), {});
    expect(diagnosis).toMatchObject({ id: "unknown", verdict: "AWS refused: Teapot, short and stout" });
    expect(diagnosis.causes).toHaveLength(1);
  });

  it("tells the facts of a connection that failed in an unknown way too", () => {
    const error = failure({ kind: "network", code: "EWHATEVER" }, "the wire melted");
    expect(diagnose(error, {}).verdict).toBe("The request failed: EWHATEVER, the wire melted");
  });

  it("leaves out for gitlab.com what only an own instance can have", () => {
    expect(causesOf(DENIED, contextOf("https://gitlab.example.com"))).toContain("unavailable-key");
    expect(causesOf(DENIED, contextOf("https://gitlab.com"))).not.toContain("unavailable-key");
    const keys = refusal(
      "InvalidIdentityToken",
      "Couldn't retrieve verification key from your identity provider",
    );
    expect(causesOf(keys, contextOf("https://gitlab.com"))).toEqual(["slow-issuer"]);
    expect(causesOf(keys, contextOf("https://gitlab.example.com"))[0]).toBe("not-public");
  });

  it("quotes for the shell what stands in a command, and nothing else", () => {
    const generic = refusal("InvalidIdentityToken", "Incorrect token audience");
    const [cause] = diagnose(generic, contextOf("https://gitlab.example.com/git")).causes;
    expect(cause?.reason).toBe("The identity provider does not list the audience it's; ours.");
    expect(cause?.fix).toContain(`--cli-input-json '{"ClientID":"it'\\''s; ours"}' `);
    expect(cause?.fix).toContain("arn:aws:iam::123456789012:oidc-provider/gitlab.example.com/git");
  });

  it("names branch or tag of the job", () => {
    const cause = diagnose(DENIED, contextOf("https://gitlab.com")).causes.find(
      ({ id }) => id === "other-ref",
    );
    expect(cause?.reason).toContain("this job runs for branch it's");
  });
});

const USER =
  "User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/c";

describe("a refused second role", () => {
  it.each([
    ["", ["first-role", "second-role", "external-id", "boundary", "propagation"]],
    [" because no identity-based policy allows the sts:AssumeRole action", ["first-role", "propagation"]],
    [
      " because no role trust policy allows the sts:AssumeRole action",
      ["second-role", "external-id", "propagation"],
    ],
    [" with an explicit deny in the role trust policy", ["second-role", "external-id"]],
    [" with an explicit deny in a service control policy", ["boundary"]],
    [" because no session policy allows the sts:AssumeRole action", ["boundary"]],
  ])("is put down to the policy that the text names:%s", (because, expected) => {
    expect(causesOf(refusal("AccessDenied", USER + because), {})).toEqual(expected);
  });

  it("is put down to tags first when those are what is refused", () => {
    const error = refusal("AccessDenied", USER.replace("sts:AssumeRole", "sts:TagSession"));
    expect(causesOf(error, {})[0]).toBe("session-action");
    expect(diagnose(error, {}).verdict).toContain("sts:TagSession");
  });
});

describe("a certificate that is not trusted", () => {
  const error = failure(
    { kind: "network", code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    "unable to get local issuer certificate",
  );

  it.each([
    [undefined, "tls-inspection"],
    ["AWS_CA_BUNDLE", "bundle-is-all"],
    ["NODE_EXTRA_CA_CERTS", "extra-is-other"],
  ] as const)("is fixed by the variable that is set: %s", (certificateVariable, expected) => {
    expect(causesOf(error, { certificateVariable })).toEqual([expected]);
  });
});

describe("a connection that failed", () => {
  const refused = { kind: "network", code: "ECONNREFUSED" } as const;
  const custom: StsTarget = { ...FRANKFURT, endpoint: "https://sts.internal" };

  it("is put down to the endpoint where one was given by URL", () => {
    expect(causesOf(failure(refused, "connect ECONNREFUSED", custom), {})[0]).toBe("wrong-endpoint");
    expect(causesOf(failure(refused, "connect ECONNREFUSED"), {})).not.toContain("wrong-endpoint");
  });

  it("asks for a proxy only where none is set", () => {
    const error = failure(refused, "connect ECONNREFUSED");
    expect(causesOf(error, {})).toContain("missing-proxy");
    expect(causesOf(error, { proxyVariable: "https_proxy" })).not.toContain("missing-proxy");
  });

  it("is that of the proxy when the message says so", () => {
    const error = failure(refused, "the proxy http://proxy.internal:3128: connect ECONNREFUSED");
    expect(diagnose(error, { proxyVariable: "https_proxy" }).verdict).toBe(
      "The proxy http://proxy.internal:3128 in https_proxy cannot be reached (ECONNREFUSED)",
    );
  });

  it.each([
    ["connect", "connect-timeout"],
    ["answer", "answer-timeout"],
  ] as const)("in time is told apart: %s", (phase, expected) => {
    expect(diagnose(failure({ kind: "timeout", phase }, "too late"), {}).id).toBe(expected);
  });

  it.each([
    [503, "gateway-error"],
    [200, "not-sts"],
    [undefined, "not-sts"],
  ])("by an answer of something else, HTTP %s", (httpStatus, expected) => {
    expect(diagnose(failure({ kind: "reply", httpStatus }, "no XML"), {}).id).toBe(expected);
  });
});

describe("a text of the catalogue", () => {
  const now = new Date("2026-11-23T04:00:00Z");
  const known: DiagnosisContext = {
    ...contextOf("https://gitlab.example.com"),
    sessionName: "GitLabRunner-1-2",
    durationSeconds: 3600,
    now,
    proxyVariable: "https_proxy",
    certificateVariable: "AWS_CA_BUNDLE",
  };
  const token = known.token && { ...known.token, issuedAt: now, expiresAt: now };
  const error = failure({ kind: "reply", httpStatus: 502 }, "no XML");

  it("names whatever is known, and leaves no brace behind", () => {
    const template = TEMPLATE_NAMES.map((name) => `{${name}} {$${name}}`).join("\n");
    const filled = fillTemplate(template, { ...known, token, error });
    expect(filled).not.toMatch(/[{}]/);
    expect(filled.match(/<[^>]*>/g)).toEqual(["<code>", "<code>"]);
  });

  it("has a placeholder for whatever is not", () => {
    const template = TEMPLATE_NAMES.map((name) => `{${name}}`).join("\n");
    expect(fillTemplate(template, { error })).toContain("https://<host>");
    expect(fillTemplate(template, undefined)).not.toMatch(/undefined/);
  });
});
