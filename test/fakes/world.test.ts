import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXTERNAL_ID, ROLES, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function client(credentials?: Credentials) {
  return new STSClient({
    region: "eu-west-1",
    endpoint: world.sts.url,
    maxAttempts: 1,
    ...(credentials && {
      credentials: {
        accessKeyId: credentials.AccessKeyId ?? "",
        secretAccessKey: credentials.SecretAccessKey ?? "",
        sessionToken: credentials.SessionToken ?? "",
      },
    }),
  });
}

it("leads from an ID token to a chained session", async () => {
  const first = await client().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: ROLES.deploy,
      RoleSessionName: "job-1",
      WebIdentityToken: world.mintToken(),
    }),
  );
  const identity = await client(first.Credentials).send(new GetCallerIdentityCommand({}));
  expect(identity.Arn).toBe("arn:aws:sts::123456789012:assumed-role/deploy/job-1");
  const second = await client(first.Credentials).send(
    new AssumeRoleCommand({
      RoleArn: ROLES.production,
      RoleSessionName: "job-1",
      ExternalId: EXTERNAL_ID,
      Tags: [{ Key: "project", Value: "acme/shop" }],
      TransitiveTagKeys: ["project"],
    }),
  );
  const chained = await client(second.Credentials).send(new GetCallerIdentityCommand({}));
  expect(chained.Arn).toBe("arn:aws:sts::210987654321:assumed-role/production/job-1");
});
