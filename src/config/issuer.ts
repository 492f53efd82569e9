import { type Checked, invalid, valid } from "../foundation/checked.ts";
import { isUrl } from "../foundation/url.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";

/** Longest URL of an identity provider in IAM. */
const MAX_LENGTH = 255;

/**
 * Checks an issuer's URL against what IAM accepts for an identity provider. IAM compares it with `iss` character by
 * character, so nothing is corrected here.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function parseIssuer({ text = "", subject }: RawInput): Checked<string> {
  const expected = "the `iss` of the tokens: a URL such as https://gitlab.example.com";
  if (text.includes("@")) {
    const fix = "Remove everything before the @.";
    return invalid({ subject, found: "a URL with a user name or password in it", expected, fix });
  }
  if (!/^https?:\/\/[^/?#]/i.test(text) || !isUrl(text)) {
    const fix = "Write https:// and the host.";
    return invalid({ subject, found: JSON.stringify(text), expected, fix });
  }
  const { hostname, pathname } = new URL(text);
  const right = `https://${hostname}${pathname.replace(/\/+$/, "")}`;
  if (text === right && text.length <= MAX_LENGTH) return valid(text);
  return invalid({
    subject,
    found: `${JSON.stringify(text)}, with ${describeFaults(text).join(", ")}`,
    expected,
    fix: `Write ${right}, if that is the \`iss\`; otherwise change the URL of your GitLab first.`,
  });
}

/** What IAM does not accept in a provider's URL, or compares although it has no meaning. */
function describeFaults(text: string): readonly string[] {
  const url = new URL(text);
  const faults = {
    "http instead of https": url.protocol !== "https:",
    "a port": /^[^/]*\/\/[^/]*:\d+(?:[/?#]|$)/.test(text),
    "a query or fragment": /[?#]/.test(text),
    "a trailing slash": /\/(?:[?#]|$)/.test(text),
    [`more than ${MAX_LENGTH} characters`]: text.length > MAX_LENGTH,
  };
  const found = Object.entries(faults).flatMap(([fault, isThere]) => (isThere ? [fault] : []));
  return found.length > 0 ? found : ["capital letters in the host, or characters that need encoding"];
}
