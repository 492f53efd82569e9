import { MASK } from "../foundation/secret.ts";

/** What identifies a credential by its shape alone. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Access key ids, long-lived and temporary.
  /\bA(?:KI|SI|BI)A[A-Z\d]{12,}\b/g,
  // Session tokens of STS, and anything else that is one long run of base64.
  /\b(?:FwoG|IQoJ|FQoG|AQoD)[\w+/=%-]{20,}/g,
  /[\w+/=-]{100,}/g,
  // A secret access key: 40 characters of base64, unlike a commit's SHA with letters of both cases.
  /(?<![\w+/=])(?=[\w+/]*[a-z])(?=[\w+/]*[A-Z])(?=[\w+/]*\d)[A-Za-z\d+/]{40}(?![\w+/=])/g,
  /\bk8s-aws-v1\.[\w=-]+/g,
  /\bgl[a-z]{2,5}-[\w.-]{16,}/g,
  /\bgh[pousr]_\w{20,}/g,
];

const LABELS = [
  "aws_?secret_?access_?key",
  "aws_?secret_?key",
  "secret_?access_?key",
  "aws_?(?:session|security)_?token",
  "session_?token",
  "aws_?access_?key_?id",
  "access_?key_?id",
  "web_?identity_?token",
  "X-Amz-(?:Security-Token|Signature|Credential)",
  "(?:private|job|deploy)-token",
  "CI_(?:JOB_TOKEN|JOB_JWT\\w*|REGISTRY_PASSWORD|DEPLOY_PASSWORD)",
  "GITLAB_OIDC_TOKEN",
  "passw(?:or)?d",
].join("|");

/** The name of a credential, and its value. */
const LABELLED = new RegExp(
  `((?<![A-Za-z])(?:${LABELS})["']?\\s*[=:]\\s*["']?)([^\\s"'&,;<>)\\]}]{4,})`,
  "gi",
);

const HEADER = /((?<![A-Za-z])authorization["']?\s*[=:]\s*["']?)[^"'\n]+/gi;
const SCHEME = /\b(Bearer|Basic)(\s+)(?=[\w.~+/-]*[\dA-Z=])[\w.~+/=-]{8,}/g;
const USER_INFO = /(\b[a-z][\w+.-]{0,20}:\/\/)[^\s/@"']{1,500}@/gi;

/**
 * Masks what looks like a credential in a text that others have written: access keys, session tokens, `Authorization`
 * headers, passwords in URLs. Only their shape is known; JSON Web Tokens are masked by the redactor.
 */
export function maskCredentialShapes(text: string): string {
  const named = text
    .replaceAll(HEADER, `$1${MASK}`)
    .replaceAll(USER_INFO, `$1${MASK}@`)
    .replaceAll(LABELLED, `$1${MASK}`)
    .replaceAll(SCHEME, `$1$2${MASK}`);
  return SHAPES.reduce((masked, shape) => masked.replaceAll(shape, MASK), named);
}
