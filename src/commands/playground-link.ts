import { encodeSharedClaims, type ShownClaims } from "../gitlab/shared-claims.ts";

/**
 * Builds a link to the playground that fills in claims: none that are personal, and in the fragment, which browsers send to
 * nobody.
 */
export function linkToPlayground(playgroundUrl: string, claims: ShownClaims): string {
  return `${playgroundUrl}#who?claims=${encodeURIComponent(encodeSharedClaims(claims))}`;
}

/** Renders such a link as the end of a report. */
export function renderLink(link: string): string {
  return `\nTry it in the playground:\n${link}\n`;
}
