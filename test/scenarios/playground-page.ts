import { expect } from "vitest";
import { decodeClaims } from "../../playground/answers/pasted-claims.ts";
import { readFragment } from "../../playground/link/link.ts";

/** Where a playground is that jobs link to. */
export const PAGE = "https://acme.gitlab.io/aws-oidc/latest/";

/** What the playground makes of a link. */
export async function openLink(link: string) {
  expect(link.startsWith(`${PAGE}#who?`)).toBe(true);
  const { way, fields } = await readFragment(link.slice(PAGE.length));
  expect(way).toBe("who");
  return decodeClaims(fields.claims ?? "");
}
