import type { Likelihood } from "../entry.ts";
import { isOfSts, type PastedEntry } from "./pasted-entry.ts";

/** Issuers of ID tokens that are not GitLab, by their host. */
const OTHER_ISSUERS: readonly (readonly [RegExp, string])[] = [
  [
    /^oidc(?:-fips)?[.-]eks\.|^oidc\.eks-|\.eks\.amazonaws\.com/,
    "a Kubernetes service account in Amazon EKS",
  ],
  [
    /^container\.googleapis\.com|^kubernetes\.default|\.svc(?:\.|$)|\.azmk8s\.io|\.oic\.prod-aks\.azure\.com/,
    "a Kubernetes service account",
  ],
  [/^token\.actions\.githubusercontent\.com/, "GitHub Actions"],
  [/^app\.terraform\.io/, "HCP Terraform"],
  [/^api\.bitbucket\.org/, "Bitbucket Pipelines"],
  [/^oidc\.circleci\.com/, "CircleCI"],
  [/^agent\.buildkite\.com/, "Buildkite"],
];

/** What issues tokens at a URL, where that is known and not GitLab. */
export function nameOtherIssuer(iss: string | undefined): string | undefined {
  const host = iss?.replace(/^https:\/\//, "") ?? "";
  return OTHER_ISSUERS.find(([hosts]) => hosts.test(host))?.[1];
}

/** Failures of the issuer and its identity provider in IAM, and of policies that IAM does not take. */
export const ISSUER_ENTRIES: readonly PastedEntry[] = [
  {
    id: "other-issuer",
    words: [/No OpenIDConnect provider found in your account for/],
    when: ({ iss }) => nameOtherIssuer(iss) !== undefined,
    title: "No OpenIDConnect provider found in your account for … oidc.eks … amazonaws.com",
    verdict: "The token is not one of GitLab: {iss} issues those of {otherIssuer}",
    causes: [
      {
        id: "irsa",
        reason:
          "Something else has set AWS_WEB_IDENTITY_TOKEN_FILE: on Kubernetes the service account of the runner's pod (IRSA) does, and tools take it.",
        fix: "Extend `.aws_web_identity`, which sets AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN to those of the job; or in the script:\nunset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN",
        likelihood: ({ pasted }): Likelihood =>
          /Kubernetes/.test(nameOtherIssuer(pasted?.iss) ?? "Kubernetes") ? "shown" : "excluded",
      },
      {
        id: "other-program",
        reason: "The failing run was one of {otherIssuer}, or the job got a token from there.",
        fix: "In a job of GitLab, pass the variable that `id_tokens` declares.",
        likelihood: ({ pasted }): Likelihood =>
          /Kubernetes/.test(nameOtherIssuer(pasted?.iss) ?? "Kubernetes") ? "excluded" : "shown",
      },
    ],
  },
  {
    id: "issuer-port",
    words: [
      /No OpenIDConnect provider found in your account for https:\/\/[^\s/:]+:\d+/,
      /openid.configuration of provider:? https:\/\/[^\s/:]+:\d+/i,
    ],
    title: "No OpenIDConnect provider found in your account for https://…:8443",
    verdict: "The issuer {iss} has a port, which IAM does not take in the URL of an identity provider",
    causes: [
      {
        id: "issuer-with-port",
        reason:
          "GitLab writes its URL into `iss`, port and all, so that no provider in IAM can be equal to it.",
        fix:
          "Give GitLab an issuer without a port, of a public host on port 443: `ci_id_tokens_issuer_url` (GitLab 18.1), which serves copies " +
          "of the two documents, or an `external_url` without a port. Then make the identity provider for that URL.",
      },
    ],
  },
  {
    id: "iam-no-role",
    words: [/The role with name (?<missingRole>[\w+=,.@/-]+) cannot be found/],
    title: "The role with name … cannot be found",
    verdict: "There is no role {missingRole} in the account that was asked",
    causes: [
      {
        id: "other-account",
        reason:
          "The credentials are of another account, or the name is written differently: case counts, and a path does not belong to it.",
        fix: "aws sts get-caller-identity --query Account   # must be the account of the role",
      },
    ],
  },
  {
    id: "policy-malformed",
    words: [/\bMalformedPolicyDocument(?:Exception)?\b/],
    when: (reading) =>
      !isOfSts(reading) &&
      !/principal in policy|trust policy must|gitlab\.com:sub|identity provider/i.test(reading.text),
    title: "MalformedPolicyDocument",
    verdict: "AWS does not take the policy document",
    causes: [
      {
        id: "defect",
        reason:
          "The text of AWS names the defect. A trust policy takes no `Resource`, a permissions policy no `Principal`.",
        fix: "aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY --policy-document file://policy.json   # RESOURCE_POLICY for a trust policy",
      },
    ],
  },
];
