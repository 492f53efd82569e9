/** A part of a secret of so many characters is found; shorter pieces stand in ordinary text too. */
const MIN_PART_LENGTH = 12;

/** A secret that is shorter is found as a whole. */
const MIN_SECRET_LENGTH = 8;

/**
 * Looks for secrets, and for parts of them of 12 characters or more, in what a program printed: as they are, with white
 * space, quotes or line breaks in between, in small letters, URL-encoded, with the escapes of JSON, in base64 and in hexadecimal. Answers
 * with what was found and where, never with the secret itself.
 *
 * It decodes what was printed, while the program encodes its secrets, so that a mistake in one shows in the other.
 */
export function findSecrets(output: string, secrets: readonly string[]): readonly string[] {
  return createSecretSearch(secrets)(output);
}

/** Makes {@link findSecrets} for many outputs: what it looks for is prepared once, and each output is read through once. */
export function createSecretSearch(secrets: readonly string[]): (output: string) => readonly string[] {
  const sought = indexParts(secrets);
  return (output) => {
    const formOf = new Map<number, string>();
    for (const { form, text } of readAll(output)) {
      for (const index of ownersOfParts(text.toLowerCase(), sought)) {
        if (!formOf.has(index)) formOf.set(index, form);
      }
    }
    return [...formOf].sort(([a], [b]) => a - b).map(([index, form]) => `secret ${index + 1} ${form}`);
  };
}

/** Parts of secrets by their length, and which of the secrets have them. */
type PartsByLength = ReadonlyMap<number, ReadonlyMap<string, readonly number[]>>;

function indexParts(secrets: readonly string[]): PartsByLength {
  const byLength = new Map<number, Map<string, number[]>>();
  for (const [index, secret] of secrets.entries()) {
    for (const part of partsOf(withoutGaps(secret).toLowerCase())) {
      const owners = byLength.get(part.length) ?? new Map<string, number[]>();
      byLength.set(part.length, owners.set(part, [...(owners.get(part) ?? []), index]));
    }
  }
  return byLength;
}

function ownersOfParts(text: string, sought: PartsByLength): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [length, owners] of sought) {
    for (let at = 0; at + length <= text.length; at += 1) {
      for (const index of owners.get(text.slice(at, at + length)) ?? []) found.add(index);
    }
  }
  return found;
}

/** One way to read an output. */
interface Reading {
  readonly form: string;
  readonly text: string;
}

function readAll(output: string): readonly Reading[] {
  const flat = withoutGaps(output);
  const decoded = withoutGaps(decodeEscapes(output));
  return [
    { form: "as it is", text: flat },
    { form: "with its escapes", text: decoded },
    ...[0, 1, 2, 3].map((offset) => ({
      form: "in base64",
      text: decodeBase64(decoded, offset),
    })),
    ...[0, 1].map((offset) => ({ form: "in hexadecimal", text: decodeHex(decoded, offset) })),
  ];
}

/** Each stretch of base64 decoded, as if a group of it began at the offset. */
function decodeBase64(text: string, offset: number): string {
  return Array.from(text.matchAll(/[\w+/-]{16,}/g), ([stretch]) =>
    withoutGaps(Buffer.from(stretch.slice(offset), "base64").toString("latin1")),
  ).join("\n");
}

function decodeHex(text: string, offset: number): string {
  return Array.from(text.matchAll(/[\da-f]{16,}/gi), ([stretch]) =>
    withoutGaps(Buffer.from(stretch.slice(offset), "hex").toString("latin1")),
  ).join("\n");
}

function withoutGaps(text: string): string {
  return text
    .replaceAll(/[\s"'`\\\p{Cc}\p{Cf}]/gu, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
}

/** Escapes of URLs, of JSON and of XML, until there are no more. */
function decodeEscapes(text: string): string {
  const decoded = text
    .replaceAll(/%([0-9a-f]{2})|\\x([0-9a-f]{2})|\\u00([0-9a-f]{2})|&#x([0-9a-f]{2});/gi, (_, ...codes) => {
      const code = codes.slice(0, 4).find((found) => found !== undefined);
      return String.fromCharCode(Number.parseInt(code, 16));
    })
    .replaceAll(/&#(\d{2,3});/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll(/\\[nrt]/g, "")
    .replaceAll(/\\(["\\/])/g, "$1");
  return decoded === text ? text : decodeEscapes(decoded);
}

function partsOf(secret: string): ReadonlySet<string> {
  const length = Math.min(secret.length, MIN_PART_LENGTH);
  if (length < MIN_SECRET_LENGTH) return new Set();
  const count = secret.length - length + 1;
  return new Set(Array.from({ length: count }, (_, at) => secret.slice(at, at + length)));
}
