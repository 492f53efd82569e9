import type { CatalogueEntry } from "./entry.ts";
import { IAM_ENTRIES } from "./iam-entries.ts";
import { ASSUMING_ENTRIES } from "./pasted/assuming-entries.ts";
import { CONNECTION_ENTRIES } from "./pasted/connection-entries.ts";
import { CREDENTIAL_ENTRIES } from "./pasted/credential-entries.ts";
import { ISSUER_ENTRIES } from "./pasted/issuer-entries.ts";
import type { PastedEntry } from "./pasted/pasted-entry.ts";
import { PERMISSION_ENTRIES } from "./pasted/permission-entries.ts";
import { TLS_ENTRIES } from "./pasted/tls-entries.ts";
import { TOOL_ENTRIES } from "./pasted/tool-entries.ts";
import { STS_CATALOGUE, STS_SECTIONS } from "./sts-catalogue.ts";

/** Every failure that is recognised by what AWS says. The first entry that matches a failure explains it. */
export const CATALOGUE: readonly CatalogueEntry[] = [...STS_CATALOGUE, ...IAM_ENTRIES];

/** Entries under a heading of `docs/troubleshooting.md`. */
export interface DocumentedSection {
  readonly heading: string;
  readonly entries: readonly (CatalogueEntry | PastedEntry)[];
}

/**
 * What the page says about AWS and its tools, in its order, including failures that this program never meets itself.
 */
export const DOCUMENTED_SECTIONS: readonly DocumentedSection[] = [
  ...STS_SECTIONS,
  {
    heading: "Setting up the role and identity provider",
    entries: [...IAM_ENTRIES, ...others(ISSUER_ENTRIES)],
  },
  { heading: "What the session may do", entries: others(PERMISSION_ENTRIES) },
  {
    heading: "Credentials and profiles of other tools",
    entries: others([...CREDENTIAL_ENTRIES, ...ASSUMING_ENTRIES]),
  },
  { heading: "Regions, registries and clusters", entries: others(TOOL_ENTRIES) },
  { heading: "Connections of other tools", entries: others([...CONNECTION_ENTRIES, ...TLS_ENTRIES]) },
];

export const DOCUMENTED_ENTRIES: readonly (CatalogueEntry | PastedEntry)[] = DOCUMENTED_SECTIONS.flatMap(
  ({ entries }) => entries,
);

/** Those that do more than repeat an entry of the catalogue in other words. */
function others(entries: readonly PastedEntry[]): readonly PastedEntry[] {
  return entries.filter(({ id }) => !CATALOGUE.some((entry) => entry.id === id));
}
