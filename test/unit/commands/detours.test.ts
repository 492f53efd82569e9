import { expect, it } from "vitest";
import { detourNotes } from "../../../src/commands/detours.ts";
import { findWay } from "../../../src/edge/proxies.ts";
import { configOf } from "../../harness/assume-role-config.ts";

type Variables = Readonly<Record<string, string>>;

function notesFor(env: Variables): readonly string[] {
  const find = (destination: string) => findWay(new URL(destination), env);
  return detourNotes(configOf(env).sts, { env, findWay: find });
}

it.each([
  "https://sts.amazonaws.com",
  "https://sts.eu-west-1.amazonaws.com",
  "https://sts-fips.us-east-2.amazonaws.com/",
  "https://sts.eu-west-1.api.aws",
  "https://vpce-0a1b-2c3d.sts.eu-north-1.vpce.amazonaws.com",
  "https://vpce-0a1b-2c3d-eu-north-1a.sts.eu-north-1.vpce.amazonaws.com",
])("says nothing of an endpoint of AWS in a variable: %s", (url) => {
  expect(notesFor({ AWS_ENDPOINT_URL_STS: url })).toEqual([]);
});

it.each([
  "https://sts.example.com",
  "https://sts.s3.amazonaws.com",
  "https://sts.eu-west-1.amazonaws.com.example.com",
  "https://abc.execute-api.eu-west-1.amazonaws.com",
  "https://vpce-0a1b.vpce-svc-0a1b.eu-north-1.vpce.amazonaws.com",
  "https://sts.cn-north-1.amazonaws.com",
  "https://xsts.eu-west-1.amazonaws.com",
  "http://127.0.0.1:4566",
])("names any other one: %s", (url) => {
  const env = { AWS_ENDPOINT_URL: url, AWS_OIDC_ROLE_ARN: roleFor(url) };
  expect(notesFor(env)).toEqual([`AWS_ENDPOINT_URL: the ID token is sent to ${url}, which is not AWS STS.`]);
});

/** A host with a Region in its name is taken for a role of that partition only. */
function roleFor(url: string): string {
  return `arn:${url.includes("cn-north-1") ? "aws-cn" : "aws"}:iam::123456789012:role/deploy`;
}

it("says nothing of one that the input names, whatever the variables say", () => {
  const env = { AWS_OIDC_STS_ENDPOINT: "https://sts.example.com", AWS_ENDPOINT_URL: "https://b.example" };
  expect(notesFor(env)).toEqual([]);
});

it("looks at all Regions for a proxy, and tells of it once", () => {
  const env = {
    AWS_OIDC_REGION: "eu-west-1",
    AWS_OIDC_FALLBACK_REGIONS: "eu-central-1, eu-north-1",
    HTTPS_PROXY: "http://runner:throw-away@proxy.example.com:3128",
    NO_PROXY: "sts.eu-west-1.amazonaws.com",
  };
  expect(notesFor(env)).toEqual([
    "HTTPS_PROXY: STS is reached through the proxy http://proxy.example.com:3128.",
  ]);
});

it("leaves certificates out where none counts", () => {
  const env = { AWS_OIDC_STS_ENDPOINT: "http://127.0.0.1:4566", NODE_EXTRA_CA_CERTS: "/ca.pem" };
  expect(notesFor(env)).toEqual([]);
});

it("names the bundle alone, which replaces the others", () => {
  const env = { AWS_CA_BUNDLE: "/bundle.pem", NODE_EXTRA_CA_CERTS: "/ca.pem" };
  expect(notesFor(env)).toEqual([
    expect.stringMatching(/^AWS_CA_BUNDLE: only the authorities in "\/bundle\.pem"/),
  ]);
});

it("does not repeat the content of a certificate that stands where its path belongs", () => {
  const env = { NODE_EXTRA_CA_CERTS: "-----BEGIN CERTIFICATE-----\nabc" };
  expect(notesFor(env)[0]).toContain(
    "the authorities in a text of 31 characters are trusted too (if Node can read the file)",
  );
});
