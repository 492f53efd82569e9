import { MASK, type Secret } from "../foundation/secret.ts";
import { base64Forms, type FlatText, flatBytes, flatten, hexForm, keepHex, utf8Bytes } from "./flat-text.ts";

/** Shorter secrets also occur in ordinary text. */
const MIN_SECRET_LENGTH = 8;

/** A part of a secret with this many characters is masked anywhere. */
const MIN_RUN = 12;

/** Masks every secret that it knows, in everything that is printed. */
export interface Redactor {
  add(...secrets: readonly Secret[]): void;
  /** @param within the parts of the text to mask; by default all of it */
  redact(text: string, within?: readonly Span[]): string;
}

/** From the first place in a text up to, but not including, the second. */
export type Span = readonly [from: number, to: number];

/**
 * Makes a redactor. It masks every part of a secret with 12 or more characters, despite any white space, quotes and
 * line breaks between them: unchanged, URL-encoded, in base64, in hexadecimal, and with the escapes of JSON and XML.
 * Secrets that are shorter, or personal rather than random, are masked only as a whole. Anything that looks like a JSON
 * Web Token is masked too.
 */
export function createRedactor(): Redactor {
  const plain = createPatterns(MIN_RUN);
  const hex = createPatterns(2 * MIN_RUN);
  /** Almost nothing that is printed is hexadecimal. */
  const hexLater: (() => void)[] = [];
  return {
    add(...secrets) {
      for (const secret of secrets) {
        const value = secret.reveal();
        const own = flatBytes(value);
        if (own.length < MIN_SECRET_LENGTH) continue;
        const by = own.length < MIN_RUN ? "whole" : secret.masked;
        for (const form of [own, ...base64Forms(utf8Bytes(value))]) plain.add(form, by);
        hexLater.push(() => hex.add(hexForm(utf8Bytes(value)), by));
      }
    },
    redact(text, within) {
      const flat = flatten(text);
      const isHexThere = HEX.test(flat.bytes);
      if (isHexThere) for (const add of hexLater.splice(0)) add();
      const found = [
        ...findTokens(text),
        ...plain.find(flat),
        ...(isHexThere ? hex.find(keepHex(flat)) : []),
      ];
      return maskSpans(text, within ? found.flatMap((span) => clip(span, within)) : found);
    },
  };
}

const HEX = /(?:[\da-f]{2}[^\da-z]{0,2}){8}/i;

/** A place in a pattern, one of those with the same seed. */
interface Seed {
  readonly pattern: string;
  readonly at: number;
  readonly next: Seed | undefined;
}

const SEED_LENGTH = 5;

/**
 * Finds runs of patterns: `minRun` or more characters that one of them and the text have in common. Patterns are
 * indexed by seeds, so close together that each run contains one; from there a run is followed as far as it goes.
 */
function createPatterns(minRun: number) {
  const reach = minRun - SEED_LENGTH;
  const seeds = new Map<number, Seed>();
  const wholes = new Set<string>();
  const contextOf = ({ pattern, at }: Seed): string =>
    pattern.slice(Math.max(0, at - reach), at + SEED_LENGTH + reach);
  const addSeed = (pattern: string, at: number): void => {
    const key = keyAt(pattern, at);
    const next = seeds.get(key);
    const seed = { pattern, at, next };
    for (let other = next; other !== undefined; other = other.next) {
      if (at >= reach && contextOf(other) === contextOf(seed)) return;
    }
    seeds.set(key, seed);
  };
  return {
    add(pattern: string, by: Secret["masked"]): void {
      if (by === "whole") wholes.add(pattern);
      else for (let at = 0; at + SEED_LENGTH <= pattern.length; at += reach + 1) addSeed(pattern, at);
    },
    find(flat: FlatText): readonly Span[] {
      const { bytes } = flat;
      const hits = new Uint8Array(bytes.length);
      for (let at = 0; at + SEED_LENGTH <= bytes.length; at += 1) {
        for (let seed = seeds.get(keyAt(bytes, at)); seed !== undefined; seed = seed.next) {
          const [from, to] = runAround(seed, { text: bytes, at, reach });
          if (to - from >= minRun) hits.fill(1, from, to);
        }
      }
      for (const whole of wholes) markWhole(hits, whole, bytes);
      return spansOf(hits, flat);
    },
  };
}

/** Six bits of each character of a seed, which distinguish most seeds. */
function keyAt(text: string, at: number): number {
  let key = 0;
  for (let index = at; index < at + SEED_LENGTH; index += 1) key = (key << 6) | (text.charCodeAt(index) & 63);
  return key;
}

interface Place {
  readonly text: string;
  readonly at: number;
  readonly reach: number;
}

/** What the text and the pattern have in common around a seed. */
function runAround({ pattern, at: inPattern }: Seed, { text, at, reach }: Place): Span {
  const isAlike = (distance: number): boolean =>
    pattern[inPattern + distance] === text[at + distance] && text[at + distance] !== undefined;
  let before = 0;
  while (before < reach && isAlike(-before - 1)) before += 1;
  let length = 0;
  while (length < SEED_LENGTH + reach && isAlike(length)) length += 1;
  return length < SEED_LENGTH ? [at, at] : [at - before, at + length];
}

function markWhole(hits: Uint8Array, whole: string, text: string): void {
  for (let at = text.indexOf(whole); at >= 0; at = text.indexOf(whole, at + 1)) {
    hits.fill(1, at, at + whole.length);
  }
}

function spansOf(hits: Uint8Array, { starts, ends }: FlatText): readonly Span[] {
  const spans: Span[] = [];
  for (let from = hits.indexOf(1); from >= 0; ) {
    const end = hits.indexOf(0, from);
    const to = end < 0 ? hits.length : end;
    spans.push([starts[from] ?? 0, ends[to - 1] ?? 0]);
    from = hits.indexOf(1, to);
  }
  return spans;
}

/**
 * Text with the shape of a JSON Web Token, or of its beginning: `eyJ` is base64 of `{"`. After a line of it come lines
 * that look equally random. Host names are shown in lower case, even if one is a token.
 */
const TOKEN =
  /(?<![\w-])(?:ey[A-Z][\w-]{13,}|eyj[\w-]{13,}\.eyj[\w-]{13,})(?:\.[\w-]+|(?:\\[nrt]|[\s"'`\\.])+(?=[\w.-]*\d)(?=[\w.-]*[A-Z])[\w.-]{16,})*/g;

function findTokens(text: string): readonly Span[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: found, index }): Span => [index, index + found.length]);
}

/** The parts of a span that are within others. */
function clip([from, to]: Span, within: readonly Span[]): readonly Span[] {
  return within
    .map(([start, end]): Span => [Math.max(from, start), Math.min(to, end)])
    .filter(([start, end]) => start < end);
}

function maskSpans(text: string, spans: readonly Span[]): string {
  let masked = "";
  let read = 0;
  for (const [from, to] of spans.toSorted((left, right) => left[0] - right[0])) {
    if (to <= read) continue;
    if (from >= read) masked += text.slice(read, from) + MASK;
    read = to;
  }
  return masked + text.slice(read);
}
