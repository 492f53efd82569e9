import { maskCredentialShapes } from "../../src/output/credential-shapes.ts";
import type { Fields } from "../answers/page-host.ts";
import { holdsToken } from "../answers/pasted-claims.ts";
import { packText, unpackText } from "./packed-text.ts";

/** The tabs of the page, by their word in a link. */
export const WAYS = ["who", "role", "error", "pipeline"] as const;

export type Way = (typeof WAYS)[number];

/** The content of a link: a tab of the page, and what is in its form. */
export interface LinkedState {
  readonly way: Way;
  readonly fields: Fields;
  /** Longer texts, which are compressed. */
  readonly texts: Fields;
}

/** Marks a parameter whose text is compressed. */
const PACKED = "~";

/**
 * Writes the fragment of a link: `#who?project=acme/shop&branch=main`. No server or log sees it, since browsers never
 * send it. Anything with a token, or that looks like another credential, is omitted.
 */
export async function writeFragment({ way, fields, texts }: LinkedState): Promise<string> {
  const isShared = ([, text]: readonly [string, string]): boolean => text !== "" && !holdsSecret(text);
  const parameters = new URLSearchParams(Object.entries(fields).filter(isShared));
  for (const [name, text] of Object.entries(texts).filter(isShared)) {
    parameters.set(`${PACKED}${name}`, await packText(text));
  }
  const query = parameters.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%7E", PACKED);
  return `#${way}${query === "" ? "" : `?${query}`}`;
}

function holdsSecret(text: string): boolean {
  return holdsToken(text) || maskCredentialShapes(text) !== text;
}

/** Reads the fragment of a link; anything else leads to the first tab, with an empty form. */
export async function readFragment(fragment: string): Promise<LinkedState> {
  const [word = "", query = ""] = fragment.replace(/^#/, "").split(/\?(.*)/s);
  const way = WAYS.find((known) => known === word) ?? WAYS[0];
  const [fields, texts]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const [name, text] of new URLSearchParams(query)) {
    if (!name.startsWith(PACKED)) fields[name] = text;
    else texts[name.slice(PACKED.length)] = (await unpackText(text)) ?? "";
  }
  return { way, fields, texts };
}
