import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../src/aws/trust-policy/evaluate/evaluate.ts";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { buildRequestContext } from "../../src/aws/trust-policy/model/request.ts";
import { ROLES } from "../fakes/world.ts";
import { unwrapped } from "../harness/stable.ts";
import { ACCESS_DENIED, CHAIN_DENIED } from "../harness/sts-errors.ts";
import { type DoctorWorld, printed, startDoctorWorld } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterEach(() => {
  world.sts.behave();
  world.issuer.behave("normal");
});
afterAll(() => world.close());

/** The trust policy of the role, as AWS prints it. */
function policyOfDeploy(sub = "project_path:acme/shop:ref_type:branch:ref:main"): string {
  const host = world.issuer.iss.replace("https://", "");
  const Condition = { StringEquals: { [`${host}:aud`]: world.issuer.iss, [`${host}:sub`]: sub } };
  const Statement = [
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition,
    },
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const WITH_POLICY = ["--trust-policy-file", "policy.json"];

it("does not say that AWS cannot verify the token where AWS refused by the trust policy", async () => {
  // STS keeps the keys of an issuer for a while; what is seen from here is a captive portal.
  world.sts.misbehave({
    fault: { kind: "error", status: 403, code: "AccessDenied", message: ACCESS_DENIED },
  });
  world.issuer.behave("html");
  const run = await world.run(world.environment());
  expect(run.stdout).toContain("✖ Exchange       AWS refused: the trust policy of deploy");
  expect(run.stdout).not.toContain("cannot verify");
  expect(unwrapped(/^. Issuer[\s\S]*?(?=^. Role ARN)/m.exec(run.stdout)?.[0] ?? "")).toMatch(
    /^! Issuer .*AWS got as far as the trust policy, .* answers HTTP 200 without a discovery document/,
  );
});

it("knows that AWS has admitted the job where only the second role was refused", async () => {
  world.sts.misbehave({
    action: "AssumeRole",
    fault: { kind: "error", status: 403, code: "AccessDenied", message: CHAIN_DENIED },
  });
  const run = await world.run(
    { ...world.environment(), AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production },
    {
      flags: WITH_POLICY,
      files: { "policy.json": policyOfDeploy("project_path:acme/other:ref_type:branch:ref:main") },
    },
  );
  expect(run.stdout).toMatch(/^✔ Issuer /m);
  expect(run.stdout).toMatch(/^! Trust policy +AWS has admitted this job/m);
  expect(run.exitCode).toBe(1);
});

it("goes on after a refusal, and ends with the causes and a statement to paste", async () => {
  const run = await world.run(world.environment({ ref: "feature", refProtected: false }));
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 1
    ✔ ID token       acme/shop, branch feature; valid for 1 h, until <instant>
                     Read without verifying its signature: AWS does that.
                     iss  https://127.0.0.1:<port>
                     aud  https://127.0.0.1:<port>
                     sub  project_path:acme/shop:ref_type:branch:ref:feature
                     ! branch feature is not protected: every developer of the project can run code on
                       it.
    ! Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)
                     127.0.0.1 is a private address, where AWS cannot reach it
    ✔ Role ARN       deploy in account 123456789012 (aws)
    ✔ Configuration  every input is valid
    ✔ Variables      none replaces the credentials
    ✔ STS endpoint   STS at http://127.0.0.1:<port> answers in <seconds> s
    ✖ Exchange       AWS refused: the trust policy of deploy does not admit this job, or the role does not exist
    – Trust policy   none given; \`aws iam get-role --role-name <role> --output json > policy.json\` fetches it for \`trust-policy-file\`

    ✖ AWS refused: the trust policy of deploy does not admit this job, or the role does not exist
      role            arn:aws:iam::123456789012:role/deploy
      STS said        AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (STS at
                      http://127.0.0.1:<port>, HTTP 403, request <request id>)
      token iss, aud  https://127.0.0.1:<port>
      token sub       project_path:acme/shop:ref_type:branch:ref:feature
      error           STS_REFUSED, trust-denied

    AWS says the same when the role does not exist. It checks the token's signature and times first.

    Possible causes, most likely first
      1. The role is restricted to another branch or tag. The pipeline runs for the branch feature,
         which is not protected.
         → Run the job only where the role expects it:
           rules:
             - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      2. OIDC is not configured for this project: the trust policy names another project or provider.
         → aws iam get-role --role-name deploy --query Role.AssumeRolePolicyDocument   # for \`doctor --trust-policy\`
      3. \`StringEquals\` is used with a wildcard, which it takes literally.
         → Write the value in full; use \`StringLike\` only to admit everything that matches the wildcard.
      5 more: \`doctor\`, or troubleshooting.md: "Not authorized to perform sts:AssumeRoleWithWebIdentity"

    This statement in the role's trust policy admits exactly this job:
    ! branch feature is not protected: every developer of the project can run code on it.
    {
      "Effect": "Allow",
      "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:<port>" },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": { "StringEquals": {
        "127.0.0.1:<port>:aud": "https://127.0.0.1:<port>",
        "127.0.0.1:<port>:sub": "project_path:acme/shop:ref_type:branch:ref:feature"
      } }
    }
    "
  `);
});

it("knows the cause where it has the trust policy", async () => {
  const run = await world.run(world.environment({ refType: "tag", ref: "v1" }), {
    flags: WITH_POLICY,
    files: { "policy.json": policyOfDeploy() },
  });
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 1
    ✔ ID token       acme/shop, tag v1; valid for 1 h, until <instant>
                     Read without verifying its signature: AWS does that.
                     iss  https://127.0.0.1:<port>
                     aud  https://127.0.0.1:<port>
                     sub  project_path:acme/shop:ref_type:tag:ref:v1
                     ! The pipeline runs for the tag v1, so \`sub\` says \`ref_type:tag\`.
    ! Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)
                     127.0.0.1 is a private address, where AWS cannot reach it
    ✔ Role ARN       deploy in account 123456789012 (aws)
    ✔ Configuration  every input is valid
    ✔ Variables      none replaces the credentials
    ✔ STS endpoint   STS at http://127.0.0.1:<port> answers in <seconds> s
    ✖ Exchange       AWS refused: the trust policy of deploy does not admit this job
    ✖ Trust policy   The trust policy does not allow this job

    ✖ AWS refused: the trust policy of deploy does not admit this job
      role            arn:aws:iam::123456789012:role/deploy
      STS said        AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (STS at
                      http://127.0.0.1:<port>, HTTP 403, request <request id>)
      token iss, aud  https://127.0.0.1:<port>
      token sub       project_path:acme/shop:ref_type:tag:ref:v1
      error           STS_REFUSED, trust-denied

      The role is restricted to another branch or tag: \`ref_type\`, \`ref\` differ.
      Statement[0].Condition.StringEquals["127.0.0.1:<port>:sub"]
        policy wants  project_path:acme/shop:ref_type:branch:ref:main
        token has     project_path:acme/shop:ref_type:tag:ref:v1
      → Run the job where the role expects it. Admit this branch or tag only if its jobs should have the
        role.

    This statement in the role's trust policy admits exactly this job:
    {
      "Effect": "Allow",
      "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:<port>" },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": { "StringEquals": {
        "127.0.0.1:<port>:aud": "https://127.0.0.1:<port>",
        "127.0.0.1:<port>:sub": "project_path:acme/shop:ref_type:tag:ref:v1"
      } }
    }
    "
  `);
});

it("proposes a statement that admits this job, and says so in JSON too", async () => {
  const env = world.environment({ ref: "feature" });
  const { stdout, exitCode } = await world.run(env, {
    flags: [...WITH_POLICY, "--format=json"],
    files: { "policy.json": encodeURIComponent(policyOfDeploy()) },
  });
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ verdict: "blocked", trustPolicy: { decision: "deny" } });
  expect(exitCode).toBe(1);
  const pasted = parseTrustPolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: [report.proposedStatement] }),
  );
  if (pasted.kind !== "policy") throw new Error("the proposal is not a policy");
  const context = buildRequestContext({
    role: { arn: ROLES.deploy, partition: "aws", accountId: "123456789012" },
    issuer: world.issuer.iss,
    claims: report.token.claims,
  });
  expect(evaluateTrustPolicy(pasted.policy, context).outcome).toBe("allowed");
});

it("doubts the policy that it was given when AWS refuses anyway", async () => {
  const message = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
  world.sts.misbehave({ fault: { kind: "error", status: 403, code: "AccessDenied", message } });
  const run = await world.run(world.environment(), {
    flags: WITH_POLICY,
    files: { "policy.json": policyOfDeploy() },
  });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(/✔ Trust policy +Statement\[0\] allows this job/);
  expect(run.stdout).toContain("1. The trust policy given here allows it, so the role has a different one");
  expect(run.stdout).not.toContain("StringEquals` is used with a wildcard");
});

it("doubts it as well when AWS admits what it would refuse, and does not block the job", async () => {
  const run = await world.run(world.environment(), {
    flags: WITH_POLICY,
    files: { "policy.json": policyOfDeploy("project_path:acme/shop:ref_type:branch:ref:next") },
  });
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(
    /! Trust policy +AWS has admitted this job, so the policy given here is not the role's policy/,
  );
});

it("corrects nothing in a policy that cannot be the role's", async () => {
  const other = policyOfDeploy("project_path:acme/shop:ref_type:branch:ref:next");
  const files = { "policy.json": other.replace('"Version":"2012-10-17",', "") };
  const flags = [...WITH_POLICY, "--format", "json"];
  const alone = await world.run({}, { flags, files });
  expect(JSON.parse(alone.stdout).trustPolicy.findings).toContainEqual(
    expect.objectContaining({ id: "no-version", correction: expect.anything() }),
  );
  const run = await world.run(world.environment(), { flags, files });
  const { checks, trustPolicy, verdict } = JSON.parse(run.stdout);
  expect(verdict).toBe("clear");
  expect(checks.at(-1)).toMatchObject({ id: "trust-policy", status: "warning", notes: [] });
  expect(JSON.stringify(trustPolicy)).not.toContain('"correction"');
});

it("tells a fork's merge request what protects the role from it", async () => {
  const jobProject = { path: "acme/shop", id: "4711", namespaceId: "42" };
  const fork = { project: "mallory/shop", projectId: "666", namespaceId: "13", jobProject };
  const run = await world.run(
    world.environment({ ...fork, pipelineSource: "merge_request_event", ref: "p" }),
  );
  expect(run.exitCode).toBe(1);
  expect(unwrapped(run.stdout)).toContain(
    "This pipeline is for a merge request from a fork: its token names the fork mallory/shop, not acme/shop. ",
  );
  expect(run.stdout).not.toContain('"Effect"');
});
