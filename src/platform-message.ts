/** What the SDK, OpenSSL and Node add to a message about their own insides. */
const INSIDES: readonly (readonly [RegExp, string])[] = [
  [/^@smithy\/\S+ - /, ""],
  [/ \w+:error:\w+:SSL routines:\w*:([^:]+):.*$/, ": $1"],
  [/; if the root CA is installed locally.*$/, ""],
];

/** The first line of a platform's message, without what tells a user nothing. */
export function withoutInsides(message: string): string {
  const [line = ""] = message.split("\n");
  return INSIDES.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line).trim();
}
