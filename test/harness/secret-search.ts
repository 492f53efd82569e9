/** A part of a secret of so many characters is found; shorter pieces stand in ordinary text too. */
const MIN_PART_LENGTH = 12;

/** A secret that is shorter is found as a whole. */
const MIN_SECRET_LENGTH = 8;

const BLOCK_LENGTH = MIN_PART_LENGTH / 2;

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
  const blocks = indexBlocks(secrets);
  return (output) => {
    const formOf = new Map<number, string>();
    for (const { form, text } of readAll(output)) {
      for (const index of ownersOfParts(text.toLowerCase(), blocks)) {
        if (!formOf.has(index)) formOf.set(index, form);
      }
    }
    return [...formOf].sort(([a], [b]) => a - b).map(([index, form]) => `secret ${index + 1} ${form}`);
  };
}

/** Where a block of characters stands in a secret. */
interface Place {
  readonly owner: number;
  readonly secret: string;
  readonly from: number;
}

/**
 * Blocks of secrets, side by side. A part of {@link MIN_PART_LENGTH} characters, wherever it begins, has a whole block of
 * half that length in it: so a text is searched for blocks, and what surrounds them is compared.
 */
type Blocks = ReadonlyMap<string, readonly Place[]>;

function indexBlocks(secrets: readonly string[]): Blocks {
  const blocks = new Map<string, Place[]>();
  for (const [owner, given] of secrets.entries()) {
    const secret = withoutGaps(given).toLowerCase();
    if (secret.length < MIN_SECRET_LENGTH) continue;
    for (let from = 0; from + BLOCK_LENGTH <= secret.length; from += BLOCK_LENGTH) {
      const block = secret.slice(from, from + BLOCK_LENGTH);
      const places = blocks.get(block);
      if (places === undefined) blocks.set(block, [{ owner, secret, from }]);
      else places.push({ owner, secret, from });
    }
  }
  return blocks;
}

function ownersOfParts(text: string, blocks: Blocks): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at + BLOCK_LENGTH <= text.length; at += 1) {
    for (const place of blocks.get(text.slice(at, at + BLOCK_LENGTH)) ?? []) {
      if (isPart(text, at, place)) found.add(place.owner);
    }
  }
  return found;
}

/** Whether enough of the secret surrounds its block in the text. */
function isPart(text: string, at: number, { secret, from }: Place): boolean {
  const needed = Math.min(secret.length, MIN_PART_LENGTH);
  let [start, end] = [0, BLOCK_LENGTH];
  while (end - start < needed && from + end < secret.length && text[at + end] === secret[from + end])
    end += 1;
  while (end - start < needed && from + start > 0 && text[at + start - 1] === secret[from + start - 1])
    start -= 1;
  return end - start >= needed;
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
    ...(decoded === flat ? [] : [{ form: "with its escapes", text: decoded }]),
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
