import { expect, it } from "vitest";
import { describeTarget, StsError, secretsOf } from "../../../../src/aws/sts/sts.ts";
import { Secret } from "../../../../src/foundation/secret.ts";

const target = { region: "eu-central-1", endpoint: undefined, variant: "standard" } as const;

it("names an STS by its Region, or by its URL where one is given", () => {
  expect(describeTarget(target)).toBe("STS eu-central-1");
  expect(describeTarget({ ...target, endpoint: "https://sts.internal" })).toBe("STS at https://sts.internal");
});

it("takes the clock for right unless an error says otherwise", () => {
  const facts = {
    action: "GetCallerIdentity",
    target,
    fault: { kind: "network", code: "ECONNRESET" },
  } as const;
  expect(new StsError("reset", facts)).toMatchObject({ clockCorrected: false, retryAfterMs: undefined });
  expect(new StsError("reset", { ...facts, clockCorrected: true })).toMatchObject({ clockCorrected: true });
});

it("counts all three parts of credentials as secrets", () => {
  const secrets = secretsOf({
    accessKeyId: new Secret("id", "access key id"),
    secretAccessKey: new Secret("key", "secret access key"),
    sessionToken: new Secret("token", "session token"),
    expiration: new Date(0),
  });
  expect(secrets.map((secret) => secret.reveal())).toEqual(["id", "key", "token"]);
});
