/** Replaces what differs from run to run, so that an output can be a snapshot. */
export function stable(output: string): string {
  return output
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:<port>")
    .replaceAll(/https:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+/g, "https://$1:<port>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<instant>")
    .replaceAll(/\d{4}-\d\d-\d\d\s+\d\d:\d\d:\d\d\s+UTC/g, "<instant>")
    .replaceAll(/"(?:\/[\w.-]+)+\/([\w-]+\.pem)"/g, '"/…/$1"')
    .replaceAll(/\bnode (?:\/[\w.-]+)+\/(aws-oidc\.cjs)/g, "node /…/$1")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<request id>")
    .replaceAll(/\b\d+\.\d s\b/g, "<seconds> s");
}

/** What a log says, wherever its lines were broken. */
export function unwrapped(log: string): string {
  return log.replaceAll(/\s+/g, " ");
}
