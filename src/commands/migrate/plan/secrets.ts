/** What programs take out of an answer of STS. */
const PART = String.raw`(?:SecretAccessKey|SessionToken|AccessKeyId|Credentials)\b|[A-Za-z_]+[[(]|(?:cred|resp|result|data|json)\w*\.`;

/** What is assigned, unless it is a variable, the output of a command, a placeholder, a path or a part of an answer. */
const VALUE = String.raw`["']?(?![$"'{[(&*!|>%\x60\\<\s./~-]|file:|${PART})[^\s"']{8,}`;

/** A secret written in a line instead of the name of a variable. */
const SECRETS: readonly RegExp[] = [
  /\bA(?:KI|SI)A[A-Z\d]{12,}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // The lines of a key or a certificate.
  /^[\s"'-]*[A-Za-z\d+/]{48,}={0,2}(?:\\n)?["']?\s*$/,
  // A secret access key: 40 characters of base64 with letters of both cases and a digit.
  /(?<![\w+/=])(?=[\w+/]*[a-z])(?=[\w+/]*[A-Z])(?=[\w+/]*\d)[A-Za-z\d+/]{40}(?![\w+/=])/,
  // What GitLab, GitHub, npm, Docker, Slack, Stripe and Vault begin theirs with, and a JSON Web Token.
  /\b(?:gl[a-z]{2,6}|gh[opsru]|github_pat|npm|dckr_pat|xox[a-z]|sk_live|hv[sb])[-_.][\w-]{16,}|\beyJ[\w-]{8,}\.[\w-]{8,}/,
  /\bhooks\.slack\.com\/services\/\w/,
  new RegExp(
    String.raw`(?:secret_?(?:access_?)?key|access_?key_?id|session_?token|passw(?:or)?d|passphrase|api_?key|private_?key|(?:\b|_)(?:token|secret|pass|pwd))["']?\s*[=:]\s*${VALUE}`,
    "i",
  ),
  /configure set\s.*aws_(?:secret_access_key|session_token)["']?\s+["']?(?![$"'`-])[^\s"']{8,}/,
  new RegExp(
    String.raw`(?:\s--(?:password|passwd|pass|token|secret(?!\s+(?:id|type)=)|api-?key|auth-?token)\s+|\blogin\b.*\s-p\s*)${VALUE}`,
  ),
  /\s(?:-u|--user)[=\s]\s*["']?[^\s:$"'/]+:(?!\$)[^\s:$"']{4,}/,
  /:\/\/[^\s/:@$"']*:(?!\$)[^\s/@$"']{3,}@/,
  /\b(?:bearer|basic)\s+(?=\S*\d)[\w.~+/=-]{12,}/i,
];

/** Whether a line shows a secret that no patch should show again. */
export function holdsSecret(line: string): boolean {
  return SECRETS.some((pattern) => pattern.test(line));
}
