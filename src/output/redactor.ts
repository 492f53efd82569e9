import { MASK, type Secret } from "../secret.ts";

/** Shorter pieces stand in ordinary text too. */
const MIN_PIECE_LENGTH = 8;

/** Masks every secret it was told of, in whatever is printed. */
export interface Redactor {
  add(...secrets: readonly Secret[]): void;
  redact(text: string): string;
}

/** Tokens of several parts, as JWTs are; no e-mail address, whose parts may be ordinary words. */
const TOKEN = /^[\w-]+[.\s][\w.\s-]*$/;

/**
 * Makes a redactor. A secret is found as it is, URL-encoded, in base64 and, for a token of several parts, part by part;
 * white space ends a part too, so that a token is found without the line break that somebody added to it.
 */
export function createRedactor(): Redactor {
  const pieces = new Set<string>();
  return {
    add(...secrets) {
      for (const piece of secrets.flatMap((secret) => forms(secret.reveal()))) pieces.add(piece);
    },
    redact: (text) => byLength(pieces).reduce((masked, piece) => masked.replaceAll(piece, MASK), text),
  };
}

function forms(value: string): readonly string[] {
  const parts = [value, ...(TOKEN.test(value) ? value.split(/[.\s]+/) : [])];
  const encoded = parts.flatMap((part) => [part, encodeURIComponent(part), ...base64Forms(part)]);
  return encoded.filter((form) => form.length >= MIN_PIECE_LENGTH);
}

/** A longer secret goes before one that is part of it, so that no rest of it stays. */
function byLength(pieces: ReadonlySet<string>): readonly string[] {
  return [...pieces].sort((left, right) => right.length - left.length);
}

/** Base64 of the text at each of the three offsets that it can have inside something longer, without the shared edges. */
function base64Forms(text: string): readonly string[] {
  const bytes = isAscii(text) ? text : utf8Bytes(text);
  return [0, 1, 2].map((offset) => {
    const whole = btoa("\0".repeat(offset) + bytes).replace(/=+$/, "");
    return whole.slice(offset === 0 ? 0 : offset + 1, bytes.length % 3 === (3 - offset) % 3 ? undefined : -1);
  });
}

/** Nearly every secret is, and needs no encoder, which takes two milliseconds to load. */
function isAscii(text: string): boolean {
  return /^[\t\n\r\x20-\x7e]*$/.test(text);
}

function utf8Bytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
