import { type Checked, invalid, valid } from "../foundation/checked.ts";
import { isUrl } from "../foundation/url.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";

/** Reads the address of a playground. A link adds a fragment to it, which a browser never sends. */
export function parsePlaygroundUrl({ text, subject }: RawInput): Checked<string | undefined> {
  if (!text) return valid(undefined);
  if (/^https?:\/\/[^\s#@]+$/.test(text) && isUrl(text)) return valid(text);
  return invalid({
    subject,
    found: text.includes("@") ? "a URL with a user name or password in it" : JSON.stringify(text),
    expected: "the address of a page, without a `#`",
    fix: "Write https://<host>/<path>/latest/, as a browser shows it.",
  });
}
