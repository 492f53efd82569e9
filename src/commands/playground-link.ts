import { encodeSharedClaims, type ShownClaims } from "../gitlab/shared-claims.ts";

/**
 * Builds a link to the playground that fills in claims: no personal ones, and in the fragment, which browsers never
 * send.
 */
export function linkToPlayground(playgroundUrl: string, claims: ShownClaims): string {
  return `${playgroundUrl}#who?claims=${encodeURIComponent(encodeSharedClaims(claims))}`;
}

/** Renders this link as the end of a report. */
export function renderLink(link: string): string {
  return `\nTry it in the playground:\n${link}\n`;
}
