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

/** What issues tokens at a URL, if that is known not to be GitLab. */
export function nameOtherIssuer(iss: string | undefined): string | undefined {
  const host = iss?.replace(/^https:\/\//, "") ?? "";
  return OTHER_ISSUERS.find(([hosts]) => hosts.test(host))?.[1];
}

/** Failures of the issuer and its identity provider in IAM, and policies that IAM does not accept. */
export const ISSUER_ENTRIES: readonly PastedEntry[] = [
  {
    id: "other-issuer",
    words: [/No OpenIDConnect provider found in your account for/],
    when: ({ iss }) => nameOtherIssuer(iss) !== undefined,
    title: "No OpenIDConnect provider found in your account for … oidc.eks … amazonaws.com",
    verdict: "The token is not from GitLab: {iss} issues tokens for {otherIssuer}",
    causes: [
      {
        id: "irsa",
        reason:
          "Something else set AWS_WEB_IDENTITY_TOKEN_FILE, and tools use it: on Kubernetes, the service account of the runner's pod (IRSA) does.",
        fix: "Extend `.aws_web_identity`, which sets AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN for the job; or in the script:\nunset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN",
        likelihood: ({ pasted }): Likelihood =>
          /Kubernetes/.test(nameOtherIssuer(pasted?.iss) ?? "Kubernetes") ? "shown" : "excluded",
      },
      {
        id: "other-program",
        reason: "The failing run was in {otherIssuer}, or the job got a token from there.",
        fix: "In a GitLab job, pass the variable that `id_tokens` declares.",
        likelihood: ({ pasted }): Likelihood =>
          /Kubernetes/.test(nameOtherIssuer(pasted?.iss) ?? "Kubernetes") ? "excluded" : "shown",
      },
    ],
  },
  {
    id: "issuer-http",
    words: [/provider found in your account for http:\/\//],
    title: "No OpenIDConnect provider found in your account for http://…",
    verdict: "The issuer of the token is a URL without TLS (http://), and IAM accepts only https://",
    causes: [
      {
        id: "external-url",
        reason: "GitLab writes its own URL into `iss`, and that begins with http://.",
        fix:
          "Give GitLab an `external_url` with https://, which AWS can reach from the Internet, or set `ci_id_tokens_issuer_url` (GitLab 18.1). " +
          "Then create the identity provider for that URL.",
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
    verdict: "The issuer {iss} has a port, which IAM does not accept in the URL of an identity provider",
    causes: [
      {
        id: "issuer-with-port",
        reason: "GitLab writes its URL into `iss` with the port, so no provider in IAM can match it.",
        fix:
          "Give GitLab an issuer without a port, on a public host and port 443: `ci_id_tokens_issuer_url` (GitLab 18.1), which serves copies " +
          "of the two documents, or an `external_url` without a port. Then create the identity provider for that URL.",
      },
    ],
  },
  {
    id: "iam-no-role",
    words: [/The role with name (?<missingRole>[\w+=,.@/-]+) cannot be found/],
    title: "The role with name … cannot be found",
    verdict: "There is no role {missingRole} in the account of the request",
    causes: [
      {
        id: "other-account",
        reason:
          "The credentials are for another account, or the name is misspelt: case matters, and it must not include a path.",
        fix: "aws sts get-caller-identity --query Account   # must be the account of the role",
      },
    ],
  },
  {
    id: "iam-policy-size",
    words: [/Cannot exceed quota for ACLSizePerRole: (?<quota>\d+)/],
    title: "Cannot exceed quota for ACLSizePerRole: 2048",
    verdict:
      "The trust policy is longer than the quota of the account: {quota} characters without white space",
    causes: [
      {
        id: "too-many-values",
        reason: "It lists too many projects, refs or statements for one role.",
        fix: "Split them among several roles, or raise the quota `Role trust policy length` under Service Quotas of the account, for IAM.",
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
    verdict: "AWS does not accept the policy document",
    causes: [
      {
        id: "defect",
        reason:
          "AWS's message names the defect. A trust policy has no `Resource`, a permissions policy no `Principal`.",
        fix: "aws accessanalyzer validate-policy --policy-type IDENTITY_POLICY --policy-document file://policy.json   # RESOURCE_POLICY for a trust policy",
      },
    ],
  },
];
