/** A secret written in a line instead of the name of a variable. */
const SECRETS: readonly RegExp[] = [
  /\bA(?:KI|SI)A[A-Z\d]{12,}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  // A secret access key: 40 characters of base64 with letters of both cases and a digit.
  /(?<![\w+/=])(?=[\w+/]*[a-z])(?=[\w+/]*[A-Z])(?=[\w+/]*\d)[A-Za-z\d+/]{40}(?![\w+/=])/,
  /\b(?:glpat|gldt|glptt|ghp|gho|ghs)[-_][\w-]{16,}/,
  /(?:secret_?access_?key|secret_?key|access_?key_?id|session_?token|passw(?:or)?d)["']?\s*[=:]\s*["']?(?![$"'{[&*!|>%`\\<\s])[^\s"']{8,}/i,
  /configure set\s.*aws_(?:secret_access_key|session_token)["']?\s+["']?(?![$"'`-])[^\s"']{8,}/,
];

/** Whether a line shows a secret that no patch should show again. */
export function holdsSecret(line: string): boolean {
  return SECRETS.some((pattern) => pattern.test(line));
}
