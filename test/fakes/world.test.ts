import { readFile, stat } from "node:fs/promises";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { IPV6_LOOPBACK } from "../harness/loopback.ts";
import { createClient, exchange, refusalOf } from "./sts/client.ts";
import { EXTERNAL_ID, ROLES, startWorld } from "./world.ts";

describe("the small world", () => {
  it("leads from an ID token to a chained session", async () => {
    const world = await startWorld();
    const { Credentials: first } = await exchange(world);
    const { Credentials: second } = await createClient(world.sts, { credentials: first }).send(
      new AssumeRoleCommand({
        RoleArn: ROLES.production,
        RoleSessionName: "job-31337",
        ExternalId: EXTERNAL_ID,
        Tags: [{ Key: "project", Value: "acme/shop" }],
        TransitiveTagKeys: ["project"],
        SourceIdentity: "ada",
      }),
    );
    const identity = await createClient(world.sts, { credentials: second }).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.Arn).toBe("arn:aws:sts::210987654321:assumed-role/production/job-31337");
    await world.close();
  });

  it("gives a job variables and a token that agree", async () => {
    const world = await startWorld();
    const variables = world.environment({
      project: "acme/infra/dns",
      ref: "v2",
      refType: "tag",
      refProtected: false,
    });
    expect(decodeJwt(variables.GITLAB_OIDC_TOKEN ?? "")).toMatchObject({
      iss: variables.CI_SERVER_URL,
      project_id: variables.CI_PROJECT_ID,
      project_path: variables.CI_PROJECT_PATH,
      ref: variables.CI_COMMIT_TAG,
      ref_protected: variables.CI_COMMIT_REF_PROTECTED,
      pipeline_id: variables.CI_PIPELINE_ID,
      job_id: variables.CI_JOB_ID,
      user_login: variables.GITLAB_USER_LOGIN,
    });
    expect(variables).toMatchObject({
      CI_SERVER_FQDN: "gitlab.example.com",
      CI_PROJECT_NAMESPACE: "acme/infra",
      AWS_OIDC_ROLE_ARN: ROLES.deploy,
      AWS_OIDC_STS_ENDPOINT: world.sts.url,
    });
    expect(variables).not.toHaveProperty("CI_COMMIT_BRANCH");
    await world.close();
  });

  it("over TLS leaves its authority in a file until it is closed", async () => {
    const world = await startWorld({ tls: true });
    const file = world.environment().NODE_EXTRA_CA_CERTS ?? "";
    expect(await readFile(file, "utf8")).toBe(world.authority?.certificatePem);
    expect(world.sts.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await exchange(world)).toHaveProperty("Credentials");
    await world.close();
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });

  it("can have a certificate that fits no host here", async () => {
    const world = await startWorld({ tls: { dnsNames: ["sts.eu-west-1.amazonaws.com"] } });
    await expect(exchange(world)).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect(world.sts.requests).toEqual([]);
    await world.close();
  });

  it.each(["127.0.0.1", ...IPV6_LOOPBACK])("listens on %s", async (host) => {
    const world = await startWorld({ tls: true, sts: { host } });
    expect(await exchange(world)).toHaveProperty("Credentials");
    await world.close();
  });

  it("can be that of gitlab.com, whose claims are condition keys", async () => {
    const condition = {
      StringEquals: { "gitlab.com:aud": "https://gitlab.com", "gitlab.com:project_id": "4711" },
    };
    await expectProjectIdToDecide("https://gitlab.com", condition, "admitted");
  });

  it("can be self-managed, whose claims are not", async () => {
    const condition = { StringEquals: { "git.acme.example:project_id": "4711" } };
    await expectProjectIdToDecide("https://git.acme.example", condition, "403 AccessDenied");
  });
});

/** Exchanges a token of the project 4711 for a role with this condition. */
async function expectProjectIdToDecide(iss: string, condition: object, expected: string): Promise<void> {
  const url = iss.replace("https://", "");
  const trustPolicy = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${url}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: condition,
    },
  };
  const account = {
    oidcProviders: [{ url: iss, clientIds: [iss] }],
    roles: [{ name: "deploy", trustPolicy }],
  };
  const world = await startWorld({ iss, world: { accounts: { "123456789012": account } } });
  const outcome = await exchange(world).then(
    () => "admitted",
    (error: unknown) => refusalOf(Promise.reject(error)),
  );
  expect(outcome.split(":")[0]).toBe(expected);
  await world.close();
}
