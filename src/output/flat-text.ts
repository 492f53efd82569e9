/** The significant characters of a text, each as one byte, and their places in it. */
export interface FlatText {
  readonly bytes: string;
  /** For each byte, where its source begins in the text. */
  readonly starts: readonly number[];
  /** The place after it. */
  readonly ends: readonly number[];
}

/** Text that means another character or none: escapes of URLs (in URLs), of JSON and of XML, white space, quotes. */
const SPECIAL =
  /%(?:25)*(?<byte>[\da-fA-F]{2})|\\+(?:u(?<unit>[\da-fA-F]{4})|x(?<octet>[\da-fA-F]{2})|[nrtbf])?|&#(?:[xX](?<hex>[\da-fA-F]{1,5})|(?<decimal>\d{1,6}));|[\0-\x20"'`\x7f]+|[^\0-\x7f]/gu;

const SKIPPED = /^[\0-\x20"'`\\\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/;

/**
 * Decodes escapes in a text and removes white space, quotes, backslashes and invisible characters, so that every way to
 * write the same text gives the same result. The two alphabets of base64 become one, and case is ignored: a token used
 * as a host name by mistake is shown in lower case.
 */
export function flatten(text: string): FlatText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let read = 0;
  const addPlain = (end: number): void => {
    parts.push(text.slice(read, end));
    for (let at = read; at < end; at += 1) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  for (const match of text.matchAll(SPECIAL)) {
    addPlain(match.index);
    read = match.index + match[0].length;
    const bytes = decode(match[0], match.groups ?? {});
    parts.push(bytes);
    for (let count = bytes.length; count > 0; count -= 1) {
      starts.push(match.index);
      ends.push(read);
    }
  }
  addPlain(text.length);
  return { bytes: withOneAlphabet(parts.join("")), starts, ends };
}

/** Only the bytes of {@link flatten}; most secrets are unchanged by it. */
export function flatBytes(text: string): string {
  return /^[\w+/=.-]*$/.test(text) ? withOneAlphabet(text) : flatten(text).bytes;
}

function withOneAlphabet(text: string): string {
  return text
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function decode(found: string, groups: Readonly<Record<string, string | undefined>>): string {
  const { byte, unit, octet, hex, decimal } = groups;
  const code = Number.parseInt(byte ?? unit ?? octet ?? hex ?? "", 16);
  // A non-ASCII byte is part of a character.
  if (byte !== undefined && code > 0x7f) return String.fromCharCode(code);
  if (code >= 0 || decimal !== undefined) return decodeCharacter(code >= 0 ? code : Number(decimal));
  return SKIPPED.test(found) ? "" : utf8Bytes(found);
}

function decodeCharacter(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  return SKIPPED.test(character) ? "" : utf8Bytes(character);
}

/** The text in UTF-8, a character of the result for each byte. */
export function utf8Bytes(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/gu, (character) =>
    encodeURIComponent(/\p{Cs}/u.test(character) ? "\ufffd" : character).replaceAll(/%(..)/g, (_, byte) =>
      String.fromCharCode(Number.parseInt(byte, 16)),
    ),
  );
}

/**
 * Flat base64 of the bytes at each of the three offsets possible within longer data, without edges shared with
 * neighbours.
 */
export function base64Forms(bytes: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const whole = btoa("\0".repeat(offset) + bytes).replace(/=+$/, "");
    const end = bytes.length % 3 === (3 - offset) % 3 ? undefined : -1;
    return withOneAlphabet(whole.slice(offset === 0 ? 0 : offset + 1, end));
  });
}

export function hexForm(bytes: string): string {
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

/** The text as one row of hexadecimal digits, ignoring anything between them except letters and other digits. */
export function keepHex({ bytes, starts, ends }: FlatText): FlatText {
  const kept = Array.from(bytes, (_, index) => index).filter((index) => /[\da-z]/.test(bytes[index] ?? ""));
  return {
    bytes: kept.map((index) => bytes[index]).join(""),
    starts: kept.map((index) => starts[index] ?? 0),
    ends: kept.map((index) => ends[index] ?? 0),
  };
}
