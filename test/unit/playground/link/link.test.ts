import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readFragment, writeFragment } from "../../../../playground/link/link.ts";

const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "ä €" }] }, null, 2);

it("leads back to what the forms held", async () => {
  const state = {
    way: "who",
    fields: { project: "acme/shop", branch: "feature/a b&c=d", environment: "" },
    texts: { policy: POLICY, claims: "" },
  } as const;
  const fragment = await writeFragment(state);
  expect(await readFragment(fragment)).toEqual({
    way: "who",
    fields: { project: "acme/shop", branch: "feature/a b&c=d" },
    texts: { policy: POLICY },
  });
});

it("can be read and written by people and programs", async () => {
  const fields = { issuer: "https://gitlab.example.com", project: "acme/shop", branch: "main" };
  const fragment = "#who?issuer=https://gitlab.example.com&project=acme/shop&branch=main";
  expect(await writeFragment({ way: "who", fields, texts: {} })).toBe(fragment);
  expect((await readFragment(fragment)).fields).toEqual(fields);
});

it("never holds a token, wherever it was typed", async () => {
  const token = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.e30.c2lnbmF0dXJl`;
  const fields = { project: token, branch: `x ${token}` };
  expect(await writeFragment({ way: "who", fields, texts: { policy: `{"a": "${token}"}` } })).toBe("#who");
});

it.each([
  ["an access key id", "AKIAIOSFODNN7EXAMPLE"],
  ["a secret access key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE1K7"],
  ["a token of GitLab", "glpat-xYz0123456789abcdefg"],
  ["a password in a URL", "https://ada:hunter22@gitlab.example.com"],
])("never holds %s", async (_, secret) => {
  const fields = { project: "acme/shop", issuer: secret };
  const fragment = await writeFragment({ way: "who", fields, texts: { policy: `{"Id": "${secret}"}` } });
  expect(fragment).toBe("#who?project=acme/shop");
});

describe("a link that others wrote", () => {
  it.each(["", "#", "#nowhere?project=x", "who"])("leads to the first way: %j", async (fragment) => {
    expect((await readFragment(fragment)).way).toBe("who");
  });

  it.each(["#who?~policy=!!", "#who?~policy=AAAA", "#who?~policy="])(
    "has no text that is broken: %s",
    async (fragment) => {
      expect((await readFragment(fragment)).texts).toEqual({ policy: "" });
    },
  );

  it("unpacks no more than a policy can have", async () => {
    const pack = (length: number) => deflateRawSync("x".repeat(length)).toString("base64url");
    expect((await readFragment(`#who?~policy=${pack(60_000)}`)).texts.policy).toHaveLength(60_000);
    expect((await readFragment(`#who?~policy=${pack(50_000_000)}`)).texts.policy).toBe("");
  });
});
