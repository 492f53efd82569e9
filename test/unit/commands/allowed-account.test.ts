import { expect, it } from "vitest";
import type { Exchange } from "../../../src/aws/exchange.ts";
import { assertAllowedAccount } from "../../../src/commands/allowed-account.ts";
import { Secret } from "../../../src/secret.ts";

const secret = new Secret("value", "label");
const exchange: Exchange = {
  assumed: {
    arn: "arn:aws:sts::123456789012:assumed-role/deploy/job",
    credentials: {
      accessKeyId: secret,
      secretAccessKey: secret,
      sessionToken: secret,
      expiration: new Date(0),
    },
  },
  identity: { accountId: "999999999999", arn: "arn:aws:sts::999999999999:assumed-role/deploy/job" },
  target: { region: "us-east-1", endpoint: undefined, variant: "standard" },
};

it("refuses an answer that names another account than the allowed ones", () => {
  expect(() => assertAllowedAccount(exchange, ["123456789012"])).toThrow(
    expect.objectContaining({
      code: "ACCOUNT_NOT_ALLOWED",
      message: expect.stringContaining("999999999999"),
    }),
  );
});

it("takes the account from the assumed role's ARN where the identity was not asked for", () => {
  const unverified = { ...exchange, identity: undefined };
  expect(() => assertAllowedAccount(unverified, ["123456789012"])).not.toThrow();
  expect(() => assertAllowedAccount(unverified, ["999999999999"])).toThrow();
});

it("admits any account when none is named", () => {
  expect(() => assertAllowedAccount(exchange, [])).not.toThrow();
});
