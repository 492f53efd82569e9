import { MASK, type Secret } from "../foundation/secret.ts";
import { base64Forms, type FlatText, flatBytes, flatten, hexForm, keepHex, utf8Bytes } from "./flat-text.ts";

/** Shorter secrets stand in ordinary text too. */
const MIN_SECRET_LENGTH = 8;

/** So much of a secret is masked wherever it stands. */
const MIN_RUN = 12;

/** Masks every secret it was told of, in whatever is printed. */
export interface Redactor {
  add(...secrets: readonly Secret[]): void;
  /** @param within the parts of the text in which anything is masked; all of it unless given */
  redact(text: string, within?: readonly Span[]): string;
}

/** From the first place of a text up to, but not including, the second. */
export type Span = readonly [from: number, to: number];

/**
 * Makes a redactor. It masks every part of 12 or more characters of a secret, whatever white space, quotes and line breaks
 * stand between these: as it is, URL-encoded, in base64, in hexadecimal, and with the escapes of JSON and XML. Of secrets
 * that are shorter, or personal rather than random, only the whole is masked. Whatever has the shape of a JSON Web Token
 * is masked too.
 */
export function createRedactor(): Redactor {
  const plain = createPatterns(MIN_RUN);
  const hex = createPatterns(2 * MIN_RUN);
  /** Hardly anything that is printed is in hexadecimal. */
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

/** A place in a pattern, one of those that begin alike. */
interface Seed {
  readonly pattern: string;
  readonly at: number;
  readonly next: Seed | undefined;
}

const SEED_LENGTH = 5;

/**
 * Finds runs of patterns: `minRun` characters or more that stand in one of them as in the text. The patterns are known by
 * seeds, so close to one another that each run holds one; from there a run is followed as far as the shortest can reach.
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

/** Six bits of each character of a seed, which tell most seeds apart. */
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

/** What stands alike in the text and in the pattern around the place of a seed. */
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
 * What has the shape of a JSON Web Token, or of the beginning of one: `eyJ` is base64 of `{"`. A line of it is followed by
 * what looks as random. The name of a host is shown in small letters, also where it is a token.
 */
const TOKEN =
  /(?<![\w-])(?:ey[A-Z][\w-]{13,}|eyj[\w-]{13,}\.eyj[\w-]{13,})(?:\.[\w-]+|(?:\\[nrt]|[\s"'`\\.])+(?=[\w.-]*\d)(?=[\w.-]*[A-Z])[\w.-]{16,})*/g;

function findTokens(text: string): readonly Span[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: found, index }): Span => [index, index + found.length]);
}

/** The parts of a span that lie within others. */
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
