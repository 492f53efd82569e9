/** Internal details that the SDK, OpenSSL and Node add to a message. */
const INSIDES: readonly (readonly [RegExp, string])[] = [
  [/^@smithy\/\S+ - /, ""],
  [/^(?:write EPROTO )?\w+:error:\w+:SSL routines:\w*:([^:]+):.*$/, "$1"],
  [/; if the root CA is installed locally.*$/, ""],
];

/** The code of a platform error: `ENOENT`, and `EISDIR` even if Node calls it `ERR_FS_EISDIR`. */
export function platformCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return code.replace(/^ERR_FS_/, "");
}

/** The first line of a platform's message, without parts that mean nothing to a user. */
export function withoutInsides(message: string): string {
  const [line = ""] = message.split("\n");
  return INSIDES.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line).trim();
}

/** The message of a platform error; for a combined error, with one per address that was tried, all their messages. */
export function platformMessage(error: { readonly message?: unknown; readonly errors?: unknown }): string {
  const all = [error, ...(Array.isArray(error.errors) ? error.errors : [])];
  const messages = all.map(({ message }) => (typeof message === "string" ? withoutInsides(message) : ""));
  const [own, ...others] = messages;
  return own || others.filter((message) => message !== "").join("; ");
}
