import { CERTIFICATE_ENTRIES } from "./certificate-entries.ts";
import { CHAIN_ENTRIES } from "./chain-entries.ts";
import type { CatalogueEntry } from "./entry.ts";
import { NETWORK_ENTRIES } from "./network-entries.ts";
import { ROLE_ENTRIES } from "./role-entries.ts";
import { SERVICE_ENTRIES } from "./service-entries.ts";
import { TOKEN_ENTRIES } from "./token-entries.ts";

/** Entries that belong together, with the heading they share in `docs/troubleshooting.md`. */
export interface CatalogueSection {
  readonly heading: string;
  readonly entries: readonly CatalogueEntry[];
}

/**
 * Every known failure of STS, in its texts of 2026 and in older ones.
 *
 * @see
 *   https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
 */
export const STS_SECTIONS: readonly CatalogueSection[] = [
  { heading: "The role refuses", entries: ROLE_ENTRIES },
  { heading: "The ID token is refused", entries: TOKEN_ENTRIES },
  { heading: "Role chaining and signed requests", entries: CHAIN_ENTRIES },
  { heading: "STS itself", entries: SERVICE_ENTRIES },
  { heading: "Certificates", entries: CERTIFICATE_ENTRIES },
  { heading: "The network and proxies", entries: NETWORK_ENTRIES },
];

/** The first entry that matches a failure explains it. */
export const STS_CATALOGUE: readonly CatalogueEntry[] = STS_SECTIONS.flatMap(({ entries }) => entries);
