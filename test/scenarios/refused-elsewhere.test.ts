import { expect, it } from "vitest";
import { runScript } from "../harness/run-script.ts";
import { expectSnapshot } from "./refused-snapshot.ts";

/** What other programs print, as they print it. */
const PRINTED: readonly { readonly id: string; readonly text: string }[] = [
  {
    id: "iam-exists",
    text: "An error occurred (EntityAlreadyExists) when calling the CreateOpenIDConnectProvider operation: Provider with url https://gitlab.com already exists.",
  },
  {
    id: "iam-principal",
    text: 'Error: creating IAM Role (deploy): operation error IAM: CreateRole, https response error StatusCode: 400, RequestID: 8b0f3a2e-90c1-4a67-a7b7-1f0a4c7d2b11, MalformedPolicyDocument: Invalid principal in policy: "FEDERATED":"arn:aws:iam::123456789012:oidc-provider/gitlab.com"',
  },
  {
    id: "iam-shared-idp",
    text: "An error occurred (MalformedPolicyDocument) when calling the UpdateAssumeRolePolicy operation: The trust policy must evaluate the gitlab.com:sub claim.",
  },
  {
    id: "iam-console",
    text: "Could not connect to openid configuration of provider: https://gitlab.example.com",
  },
  {
    id: "iam-idp-comm",
    text: "An error occurred (OpenIdIdpCommunicationError) when calling the CreateOpenIDConnectProvider operation: The request failed.",
  },
  { id: "no-region", text: "Error: Region is missing" },
  {
    id: "no-credentials",
    text: "CredentialsProviderError: Could not load credentials from any providers",
  },
];

it.each(PRINTED)("explains $id, pasted from another program", async ({ id, text }) => {
  const run = await runScript({ argv: ["doctor", "--explain", text] });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toBe("");
  await expectSnapshot(id, run.stdout);
});
