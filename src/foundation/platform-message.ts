/** What the SDK, OpenSSL and Node add to a message about their own insides. */
const INSIDES: readonly (readonly [RegExp, string])[] = [
  [/^@smithy\/\S+ - /, ""],
  [/^(?:write EPROTO )?\w+:error:\w+:SSL routines:\w*:([^:]+):.*$/, "$1"],
  [/; if the root CA is installed locally.*$/, ""],
];

/** The code of a platform's error: `ENOENT`, and `EISDIR` also where Node calls it `ERR_FS_EISDIR`. */
export function platformCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return code.replace(/^ERR_FS_/, "");
}

/** The first line of a platform's message, without what tells a user nothing. */
export function withoutInsides(message: string): string {
  const [line = ""] = message.split("\n");
  return INSIDES.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line).trim();
}

/** The message of a platform's error; for one that stands for several, one for each address that was tried, theirs. */
export function platformMessage(error: { readonly message?: unknown; readonly errors?: unknown }): string {
  const all = [error, ...(Array.isArray(error.errors) ? error.errors : [])];
  const messages = all.map(({ message }) => (typeof message === "string" ? withoutInsides(message) : ""));
  const [own, ...others] = messages;
  return own || others.filter((message) => message !== "").join("; ");
}
