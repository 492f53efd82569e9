import { describe, expect, it } from "vitest";
import { buildIdTokenClaims } from "../../../stand-ins/gitlab-job.ts";
import { configOf, JOB_ENVIRONMENT, problemsOf, ROLE_ARN } from "../../harness/assume-role-config.ts";
import { START } from "../../harness/memory-host.ts";
import { encodeJwt } from "../../harness/unsigned-jwt.ts";

const MINUTE_MS = 60_000;

/** A token that ends this long after the start of the run. */
function tokenEndingIn(minutes: number): string {
  const issuedAt = new Date(START.getTime() + (minutes - 60) * MINUTE_MS);
  return encodeJwt(buildIdTokenClaims("https://gitlab.example.com", {}, issuedAt));
}

it("has a default for everything but the role and the token", () => {
  const { idToken, ...config } = configOf();
  expect(idToken.raw.reveal()).toBe(JOB_ENVIRONMENT.GITLAB_OIDC_TOKEN);
  expect(config).toMatchObject({
    role: { text: ROLE_ARN, accountId: "123456789012", name: "deploy" },
    sessionName: "GitLabRunner-4711-90210",
    durationSeconds: 3600,
    sts: {
      targets: [{ region: "us-east-1", endpoint: undefined, variant: "standard" }],
      exportedRegion: undefined,
    },
    variablePrefix: "",
    verify: "identity",
    onShadowedVariables: "fail",
    timeoutSeconds: 60,
    propagationWaitSeconds: 0,
    maxAttempts: undefined,
  });
});

it("takes what is given", () => {
  expect(
    configOf({
      AWS_OIDC_SESSION_NAME: "shop@main",
      AWS_OIDC_DURATION_SECONDS: "900",
      AWS_OIDC_VARIABLE_PREFIX: "PROD_",
      AWS_OIDC_VERIFY: "none",
      AWS_OIDC_ON_SHADOWED_VARIABLES: "warn",
      AWS_OIDC_TIMEOUT_SECONDS: "300",
      AWS_OIDC_PROPAGATION_WAIT_SECONDS: "300",
      AWS_MAX_ATTEMPTS: "5",
    }),
  ).toMatchObject({
    sessionName: "shop@main",
    durationSeconds: 900,
    variablePrefix: "PROD_",
    verify: "none",
    onShadowedVariables: "warn",
    timeoutSeconds: 300,
    propagationWaitSeconds: 300,
    maxAttempts: 5,
  });
});

describe("finds what is wrong with", () => {
  it.each([
    ["GITLAB_OIDC_TOKEN", undefined, "the variable is not set"],
    ["GITLAB_OIDC_TOKEN", "", "the variable is empty"],
    ["GITLAB_OIDC_TOKEN", "opaque", "something that is not a JSON Web Token"],
    ["AWS_OIDC_ROLE_ARN", undefined, "no value"],
    ["AWS_OIDC_ROLE_ARN", "", "an empty value"],
    ["AWS_OIDC_ROLE_ARN", "$PROD_ROLE", '"$PROD_ROLE", in which GitLab did not expand PROD_ROLE'],
    ["AWS_OIDC_ROLE_ARN", "s3cr3t$Pass", "a text of 11 characters, in which GitLab did not expand Pass"],
    ["AWS_OIDC_ROLE_ARN", "deploy", '"deploy" is not an ARN'],
    ["AWS_OIDC_SESSION_NAME", "acme/shop", '"acme/shop"'],
    ["AWS_OIDC_SESSION_NAME", "deploy-$CI_PROJECT_PATH", '"deploy-$CI_PROJECT_PATH"'],
    ["AWS_OIDC_DURATION_SECONDS", "3600s", '"3600s"'],
    ["AWS_OIDC_REGION", "mars-1", '"mars-1" is not an AWS Region that this release knows'],
    ["AWS_OIDC_VARIABLE_PREFIX", "1ST_", '"1ST_"'],
    ["AWS_OIDC_VARIABLE_PREFIX", "PROD-", '"PROD-"'],
    ["AWS_OIDC_VARIABLE_PREFIX", "P".repeat(101), `"${"P".repeat(101)}"`],
    ["AWS_OIDC_VERIFY", "maybe", '"maybe"'],
    ["AWS_OIDC_ON_SHADOWED_VARIABLES", "ignore", '"ignore"'],
    ["AWS_OIDC_TIMEOUT_SECONDS", "301", '"301"'],
    ["AWS_OIDC_TIMEOUT_SECONDS", "0", '"0"'],
    ["AWS_OIDC_PROPAGATION_WAIT_SECONDS", "61", '"61"'],
    [
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "0",
      '"0", which tells Node to accept any certificate, so anyone on the network path could read the ID token',
    ],
    ["AWS_MAX_ATTEMPTS", "many", '"many"'],
    ["AWS_MAX_ATTEMPTS", "0", '"0"'],
  ])("%s=%j", (variable, value, found) => {
    const subject = variable.replace("AWS_OIDC_", "").toLowerCase().replaceAll("_", "-");
    const isInput = variable.startsWith("AWS_OIDC_");
    expect(problemsOf({ [variable]: value })).toMatchObject([
      { subject: isInput ? subject : variable, found },
    ]);
  });
});

describe("the session name", () => {
  it("is that of the job where the default was not expanded", () => {
    const sessionName = "GitLabRunner-$CI_PROJECT_ID-$CI_PIPELINE_ID";
    expect(configOf({ AWS_OIDC_SESSION_NAME: sessionName }).sessionName).toBe("GitLabRunner-4711-90210");
  });

  it("is short outside of GitLab, where no job is known", () => {
    expect(configOf({ CI_PROJECT_ID: undefined, CI_PIPELINE_ID: "" }).sessionName).toBe("GitLabRunner");
  });

  it("is offered in the nearest form that AWS takes", () => {
    expect(problemsOf({ AWS_OIDC_SESSION_NAME: "acme/shop" })[0]?.fix).toContain('Use "acme-shop", or');
  });

  it("is never made from the name of a variable", () => {
    const fix = "Define the CI/CD variable CI_PROJECT_PATH for this project and ref, or omit the input.";
    expect(problemsOf({ AWS_OIDC_SESSION_NAME: "deploy-$CI_PROJECT_PATH" })).toMatchObject([{ fix }]);
  });
});

describe("the ID token", () => {
  it("may have ended five minutes ago, as STS allows for that", () => {
    expect(problemsOf({ GITLAB_OIDC_TOKEN: tokenEndingIn(-5) })).toEqual([]);
  });

  it("may not have ended before that", () => {
    expect(problemsOf({ GITLAB_OIDC_TOKEN: tokenEndingIn(-6) })).toMatchObject([
      {
        subject: "GITLAB_OIDC_TOKEN",
        found:
          "the token expired at 2026-11-23 03:54:00 UTC; the machine's clock says 2026-11-23 04:00:00 UTC",
      },
    ]);
  });
});

it.each(["", "1", "00", "false"])(
  "takes NODE_TLS_REJECT_UNAUTHORIZED=%j, which turns nothing off",
  (value) => {
    expect(problemsOf({ NODE_TLS_REJECT_UNAUTHORIZED: value })).toEqual([]);
  },
);

it("bounds the wait for a new role by the time of the run, or by its maximum where that is wrong", () => {
  const problems = problemsOf({ AWS_OIDC_TIMEOUT_SECONDS: "1h", AWS_OIDC_PROPAGATION_WAIT_SECONDS: "301" });
  expect(problems.map(({ expected }) => expected)).toEqual([
    "a whole number of seconds from 1 to 300",
    "a whole number of seconds from 0 to 300",
  ]);
});

it("checks a Region without a role, too", () => {
  const problems = problemsOf({ AWS_OIDC_ROLE_ARN: "", AWS_OIDC_REGION: "mars-1" });
  expect(problems.map(({ subject }) => subject)).toEqual(["role-arn", "region"]);
});
