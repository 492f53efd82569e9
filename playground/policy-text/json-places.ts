import { elementPlace, memberPlace } from "../../src/foundation/json-places.ts";

/** From one character of a text up to, but not including, another. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Where everything in a JSON text is. */
export interface LocatedJson {
  /** The values, by their place: `Statement[0].Condition`; the outermost one has the place ``. */
  readonly ranges: ReadonlyMap<string, TextRange>;
  /** Where the text stops being JSON; `undefined` if all of it is JSON. */
  readonly brokenAt: number | undefined;
}

const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|(?<mark>[{}[\],:]))/uy;

interface Token extends TextRange {
  readonly kind: "text" | "scalar" | "mark";
  readonly text: string;
}

/** Thrown if a text is not JSON, and caught below. */
class Broken {
  readonly at: number;

  constructor(at: number) {
    this.at = at;
  }
}

/** Finds where each value of a JSON text is, as far as it is JSON. */
export function locateJson(text: string): LocatedJson {
  const ranges = new Map<string, TextRange>();
  const tokens = createTokens(text);
  try {
    readValue(tokens, "", ranges);
    const end = tokens.position();
    const rest = text.slice(end).search(/\S/);
    return { ranges, brokenAt: rest < 0 ? undefined : end + rest };
  } catch (error) {
    if (error instanceof Broken) return { ranges, brokenAt: error.at };
    throw error;
  }
}

/** The tokens of a text, one after another. */
interface Tokens {
  /** @throws {Broken} at the end of the text, or if the token is not one of those wanted */
  next(...wanted: readonly string[]): Token;
  isNext(mark: string): boolean;
  position(): number;
}

function createTokens(text: string): Tokens {
  let at = 0;
  const read = (): Token | undefined => {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    const [kind, found] = Object.entries(groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || found === undefined) return undefined;
    const to = TOKEN.lastIndex;
    return { kind: kind as Token["kind"], text: found, from: to - found.length, to };
  };
  return {
    next(...wanted) {
      const token = read();
      const isWanted =
        wanted.length === 0 || wanted.some((one) => one === token?.kind || one === token?.text);
      if (token === undefined || !isWanted) throw new Broken(at + text.slice(at).search(/\S|$/));
      at = token.to;
      return token;
    },
    isNext: (mark) => read()?.text === mark,
    position: () => at,
  };
}

function readValue(tokens: Tokens, place: string, ranges: Map<string, TextRange>): void {
  const { from, text } = tokens.next("text", "scalar", "{", "[");
  if (text === "{") readMembers(tokens, place, ranges);
  if (text === "[") readElements(tokens, place, ranges);
  ranges.set(place, { from, to: tokens.position() });
}

function readMembers(tokens: Tokens, place: string, ranges: Map<string, TextRange>): void {
  while (!tokens.isNext("}")) {
    const name: string = JSON.parse(tokens.next("text").text);
    tokens.next(":");
    readValue(tokens, memberPlace(place, name), ranges);
    if (tokens.isNext("}")) break;
    tokens.next(",");
    // A trailing comma is what most often breaks a policy.
    if (tokens.isNext("}")) tokens.next("text");
  }
  tokens.next("}");
}

function readElements(tokens: Tokens, place: string, ranges: Map<string, TextRange>): void {
  for (let index = 0; !tokens.isNext("]"); index += 1) {
    readValue(tokens, elementPlace(place, index), ranges);
    if (tokens.isNext("]")) break;
    tokens.next(",");
    if (tokens.isNext("]")) tokens.next("text");
  }
  tokens.next("]");
}
