import { type DescribedClaims, parseClaims } from "../../src/config/claims-config.ts";
import { type Checked, valid } from "../../src/foundation/checked.ts";
import { parseJsonObject } from "../../src/foundation/json.ts";
import { MASK } from "../../src/foundation/secret.ts";
import { encodeSharedClaims } from "../../src/gitlab/shared-claims.ts";

/** Pasted claims, without the token they come from. */
export interface PastedClaims extends Pick<DescribedClaims, "claims" | "otherClaims"> {
  /** When the token was issued and expires, if it was a token. */
  readonly token?: { readonly issuedAt: Date; readonly expiresAt: Date };
}

/** `{"…` in base64: no ordinary text begins like this, and not even part of a token is shown. */
const TOKEN = /(?<![\w-])ey[A-Z][\w-]{8,}(?:\.[\w-]*)*/;

/** Whether a token, or a part of one, is in a text: the page must neither show it nor put it into a link. */
export function holdsToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The text with every token masked. */
export function maskTokens(text: string): string {
  return text.replaceAll(new RegExp(TOKEN, "g"), MASK);
}

/** Reads an ID token, with any text around it, or the JSON of its claims. The token itself is not kept. */
export function readPastedClaims(text: string): Checked<PastedClaims> {
  const described = parseClaims(TOKEN.exec(text)?.[0] ?? text);
  if (!described.ok) return described;
  const { claims, otherClaims, token } = described.value;
  if (token === undefined) return valid({ claims, otherClaims });
  const { issuedAt, expiresAt } = token;
  return valid({ claims, otherClaims, token: { issuedAt, expiresAt } });
}

/** The claims that a link may contain: none that are personal. */
export function encodeClaims({ claims, otherClaims }: PastedClaims): string {
  const withheld = otherClaims === "unknown" ? ["others"] : [];
  return encodeSharedClaims({ shown: claims, withheld });
}

/** Claims from a link; those withheld are then unknown, not absent. */
export function decodeClaims(text: string): PastedClaims | undefined {
  const { claims, withheld } = parseJsonObject(text) ?? {};
  const described = parseClaims(JSON.stringify(claims ?? ""));
  if (!described.ok) return undefined;
  return { claims: described.value.claims, otherClaims: withheld === 0 ? "absent" : "unknown" };
}
