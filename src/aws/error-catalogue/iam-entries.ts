import type { CatalogueEntry } from "./entry.ts";
import { unlessItSays, whereItSays } from "./pasted/pasted-entry.ts";

/** A principal other than an identity provider. */
const AWS_PRINCIPAL = /Invalid principal in policy: "AWS" ?:/;

/** What IAM answers while the role and identity provider are set up; other programs show it. */
export const IAM_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "iam-exists",
    match: { kind: "service", code: /^EntityAlreadyExists/, message: /provider/i },
    title: "Provider with url already exists",
    verdict: "IAM refused: this account already has the identity provider",
    causes: [
      {
        id: "exists",
        reason: "An account has one identity provider per URL, shared by all its roles.",
        fix: "Use the existing one: in Terraform with a data source, or import it:\nterraform import aws_iam_openid_connect_provider.<name> <ARN>",
      },
    ],
  },
  {
    id: "iam-principal",
    match: { kind: "service", code: /^MalformedPolicyDocument/, message: /Invalid principal in policy/i },
    title: "Invalid principal in policy",
    verdict: "IAM refused the trust policy: its principal does not exist",
    causes: [
      {
        id: "provider-first",
        reason: "The identity provider does not exist yet, or is in a different account from the role.",
        fix: "Create the provider first, in the role's account; check the ARN under `Federated`.",
        likelihood: unlessItSays(AWS_PRINCIPAL),
      },
      {
        id: "role-first",
        reason: "The role or user under `AWS` does not exist: IAM looks it up when it stores the policy.",
        fix: "Create it first, or correct its ARN: account, path and case matter.",
        likelihood: whereItSays(AWS_PRINCIPAL),
      },
    ],
  },
  {
    id: "iam-shared-idp",
    match: {
      kind: "service",
      code: /^MalformedPolicyDocument/,
      message: /gitlab\.com:sub|identity provider/i,
    },
    title: "Trust policy for gitlab.com without a condition on gitlab.com:sub",
    verdict: "IAM refused the trust policy: for gitlab.com it must test `gitlab.com:sub`",
    causes: [
      {
        id: "shared-provider",
        reason:
          "gitlab.com is open to everyone, so IAM requires a condition on `gitlab.com:sub` that is more than a wildcard.",
        fix: '{"StringEquals": {"gitlab.com:sub": "project_path:<group>/<project>:ref_type:branch:ref:<branch>"}}',
      },
    ],
  },
  {
    id: "iam-console",
    match: {
      kind: "service",
      code: /./,
      message: /openid configuration of provider|\.well-known\/openid-configuration of provider/i,
    },
    title: "Could not connect to openid configuration of provider",
    verdict: "IAM could not read the discovery document of the GitLab instance",
    causes: [
      {
        id: "not-public",
        reason: "The instance cannot be reached from the Internet, or sends an incomplete certificate chain.",
        fix: "Make /.well-known/openid-configuration and /oauth/discovery/keys public, or set `ci_id_tokens_issuer_url` (GitLab 18.1).",
      },
      {
        id: "issuer-differs",
        reason:
          "`issuer` in the document is not the URL that was entered: case, path and a trailing slash matter.",
        fix: "curl -s {iss}/.well-known/openid-configuration   # enter exactly what `issuer` says",
      },
    ],
  },
  {
    id: "iam-idp-comm",
    match: { kind: "service", code: /^OpenIdIdpCommunicationError/ },
    title: "OpenIdIdpCommunicationError",
    verdict: "IAM could not reach the GitLab instance to read its certificate",
    causes: [
      {
        id: "not-public",
        reason: "Without a thumbprint, IAM itself connects to the instance, from the Internet.",
        fix: "Make the instance reachable, or host its discovery document and set `ci_id_tokens_issuer_url` (GitLab 18.1).",
      },
    ],
  },
];
