import { describe, expect, it } from "vitest";
import { fileVariableNotes } from "../../../src/commands/file-variables.ts";

const ENV = {
  RUNNER_TEMP_PROJECT_DIR: "/builds/acme/shop.tmp",
  AWS_OIDC_SESSION_POLICY_FILE: "/builds/acme/shop.tmp/SESSION_POLICY",
};

function policy(resource: unknown, condition: unknown = {}): string {
  return JSON.stringify({
    Statement: [{ Effect: "Allow", Action: "*", Resource: resource, Condition: condition }],
  });
}

/** As the runner does with a variable of type File: everything that looks like a variable is replaced, by nothing if unknown. */
function expand(text: string): string {
  return text.replaceAll(/\$\{[^}]*\}|\$\w+/g, "");
}

function notesOn(text: string, env: Readonly<Record<string, string>> = ENV): readonly string[] {
  return fileVariableNotes({ "session-policy-file": text }, env);
}

describe("a policy from a CI/CD variable of type File", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of IAM policies.
  it.each([
    ["in a resource", policy("arn:aws:s3:::shop/${aws:username}/*"), '"arn:aws:s3:::shop//*"'],
    ["in one of several", policy(["*", "arn:aws:s3:::shop/a${aws:username}/${aws:userid}/*"]), "/a//*"],
    ["in a condition", policy("*", { StringLike: { "s3:prefix": "home/${aws:username}/*" } }), '"home//*"'],
    ["as an account", policy("arn:aws:iam::${aws:PrincipalAccount}:role/x"), '"arn:aws:iam:::role/x"'],
  ])("that lost a policy variable %s gets a note", (_, written, found) => {
    expect(notesOn(written)).toEqual([]);
    expect(notesOn(expand(written))).toEqual([
      expect.stringMatching(
        /^session-policy-file: the policy has .* clear the box Expand variable reference/,
      ),
    ]);
    expect(notesOn(expand(written))[0]).toContain(found);
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of IAM policies.

  it.each([
    [
      "ARNs without account and Region",
      policy(["arn:aws:s3:::shop/*", "arn:aws:apigateway:eu-west-1::/restapis/*"]),
    ],
    ["an empty prefix", policy("*", { StringEquals: { "s3:prefix": ["", "home/"] } })],
    ["the address of an issuer", policy("*", { StringEquals: { "aws:Referer": "https://gitlab.com" } })],
    ["a policy of AWS", policy("arn:aws:iam::aws:policy/ReadOnlyAccess")],
  ])("gets none for %s", (_, text) => {
    expect(notesOn(text)).toEqual([]);
  });
});

it("is silent about a file of the repository, which nobody expands", () => {
  const text = policy("arn:aws:s3:::shop//*");
  expect(notesOn(text, { ...ENV, AWS_OIDC_SESSION_POLICY_FILE: "policies/deploy.json" })).toEqual([]);
  expect(notesOn(text, { AWS_OIDC_SESSION_POLICY_FILE: "policies/deploy.json" })).toEqual([]);
});
