import { DOCUMENTED_SECTIONS } from "../src/aws/error-catalogue/catalogue.ts";
import type { CatalogueCause, CatalogueEntry } from "../src/aws/error-catalogue/entry.ts";
import { fillTemplate } from "../src/aws/error-catalogue/names.ts";
import type { PastedEntry } from "../src/aws/error-catalogue/pasted/pasted-entry.ts";
import { PASTED_NAMES } from "../src/aws/error-catalogue/pasted/pasted-names.ts";
import { CODE_LINE } from "../src/output/code-lines.ts";

/** The part of `docs/troubleshooting.md` about every failure in the catalogue. */
export function renderCatalogue(): string {
  const sections = DOCUMENTED_SECTIONS.map(
    ({ heading, entries }) => `\n## ${heading}\n${entries.map(renderEntry).join("")}`,
  );
  return sections.join("").replaceAll(/\n{3,}/g, "\n\n");
}

/** The heading of an entry, as users search for it. */
export function headingOf({ title }: Pick<CatalogueEntry, "title">): string {
  return `### ${title}`;
}

function renderEntry(entry: CatalogueEntry | PastedEntry): string {
  const { id, verdict, meaning, causes } = entry;
  const intro = [
    `${capitalise(fill(verdict))}. (\`${id}\`)`,
    ...(meaning === undefined ? [] : [fill(meaning)]),
  ];
  return `\n${headingOf(entry)}\n\n${intro.map(escapeMarkdown).join("\n\n")}\n\n${causes.map(renderCause).join("")}`;
}

function renderCause({ reason, fix }: CatalogueCause, index: number): string {
  const text = escapeMarkdown(capitalise(fill(reason))).replaceAll("\n", `\n${INDENT}`);
  return `${index + 1}. ${text}\n${renderFix(fill(fix))}`;
}

const INDENT = "   ";

/** Consecutive lines of code go into separate blocks. */
function renderFix(fix: string): string {
  let rendered = "";
  let isInCode = false;
  for (const line of fix.split("\n")) {
    const isCode = CODE_LINE.test(line);
    if (isCode !== isInCode) rendered += isCode ? `\n${INDENT}\`\`\`\n` : `${INDENT}\`\`\`\n\n`;
    rendered += INDENT + (isCode ? line : `${rendered === "" ? "→ " : ""}${escapeMarkdown(line)}`);
    rendered += "\n";
    isInCode = isCode;
  }
  return isInCode ? `${rendered}${INDENT}\`\`\`\n\n` : rendered;
}

function fill(template: string): string {
  return fillTemplate(template, undefined, PASTED_NAMES);
}

function capitalise(text: string): string {
  return text.replace(/^the /, "The ");
}

/** Outside code, placeholders in `<…>` would be read as HTML. */
function escapeMarkdown(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[<*]/g, "\\$&")))
    .join("");
}
