import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, it } from "vitest";
import { signUrl } from "../../../src/edge/signed-url.ts";
import { Secret } from "../../../src/foundation/secret.ts";

/** What the SDK's own signer makes of the same request. */
async function presigned(name: string, at: Date, sessionToken: string | undefined): Promise<URLSearchParams> {
  const signer = new SignatureV4({
    credentials: {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "secret/+",
      ...(sessionToken && { sessionToken }),
    },
    region: "us-east-1",
    service: "iam",
    sha256: Hash.bind(null, "sha256"),
  });
  const { query = {} } = await signer.presign(
    {
      method: "GET",
      protocol: "https:",
      hostname: "iam.amazonaws.com",
      path: "/",
      query: { Action: "GetRole", RoleName: name },
      headers: { host: "iam.amazonaws.com" },
    },
    { signingDate: at, expiresIn: 60 },
  );
  return new URLSearchParams(query as Record<string, string>);
}

it("is signed as the SDK signs it", async () => {
  const names = fc.stringMatching(/^[\w+=,.@-]{1,20}$/);
  const tokens = fc.option(fc.stringMatching(/^[\w+=/]{20,40}$/), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(names, tokens, async (name, token) => {
      const at = new Date("2026-11-23T04:00:00.123Z");
      const url = signUrl({
        url: `https://iam.amazonaws.com/?Action=GetRole&RoleName=${encodeURIComponent(name)}`,
        region: "us-east-1",
        service: "iam",
        at,
        credentials: {
          accessKeyId: "AKIAIOSFODNN7EXAMPLE",
          secretAccessKey: new Secret("secret/+", "secret access key"),
          sessionToken: token === undefined ? undefined : new Secret(token, "session token"),
        },
      });
      const expected = await presigned(name, at, token);
      const actual = new URL(url).searchParams;
      expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
    }),
  );
});
