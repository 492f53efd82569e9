import type { CatalogueEntry } from "./entry.ts";
import { IAM_ENTRIES } from "./iam-entries.ts";
import { type CatalogueSection, STS_SECTIONS } from "./sts-catalogue.ts";

/** Every failure that is known, also those that this program never meets itself. */
export const CATALOGUE_SECTIONS: readonly CatalogueSection[] = [
  ...STS_SECTIONS,
  { heading: "Setting up role and identity provider", entries: IAM_ENTRIES },
];

/** The first entry that matches a failure explains it. */
export const CATALOGUE: readonly CatalogueEntry[] = CATALOGUE_SECTIONS.flatMap(({ entries }) => entries);
