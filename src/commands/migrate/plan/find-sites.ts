import { heirsOf, referrersOf } from "../pipeline/inheritance.ts";
import type { Entry, Pipeline } from "../pipeline/pipeline.ts";
import { lineOfStatement } from "../pipeline/sections.ts";
import type { Recognition } from "../recipe/recognise.ts";
import { isReport, keptStatements, type Left, type Site, short } from "./sites.ts";

/** The scripts with something to migrate, or with something like it. */
export function findSites(pipeline: Pipeline, sites: readonly Site[]): readonly Site[] {
  const relevant = sites.filter(
    ({ recognition, left }) =>
      recognition.identities.length + recognition.staticKeys.length + left.length > 0,
  );
  return relevant.map((site) => ({ ...site, left: [...site.left, ...usesOutside(pipeline, site, sites)] }));
}

/** Commands that use a variable or a file of the recipe, which is not there any more afterwards. */
function usesOutside(pipeline: Pipeline, site: Site, sites: readonly Site[]): readonly Left[] {
  const pattern = usePattern(site.recognition);
  if (site.recognition.identities.length === 0 || pattern === undefined) return [];
  const related = relatedTo(pipeline, site);
  return sites
    .filter((other) => related.includes(other.entry))
    .flatMap((other) =>
      keptStatements(other)
        .filter(([{ raw }]) => pattern.test(raw) && !isCheck(raw))
        .filter(([statement]) => !isReport(pipeline, other.entry, statement))
        .map(([statement, item]) => ({
          line: lineOfStatement(pipeline, item, statement),
          found: `${short(statement.raw)} uses ${pattern.exec(statement.raw)?.[0].replaceAll(/[{}]/g, "")}, which the exchange makes`,
          fix: "Use the AWS CLI or the variables of AWS there, and run this again.",
        })),
    );
}

/** Entries that run the script, or that it runs. */
function relatedTo(pipeline: Pipeline, { entry, sections }: Site): readonly Entry[] {
  if (entry.kind === "default" || entry.kind === "global") return pipeline.entries;
  const nodes = sections.flatMap(({ node, items }) => [node, ...items.map((item) => item.node)]);
  return [entry, ...heirsOf(pipeline, entry), ...referrersOf(pipeline, entry, nodes)];
}

/** Variables of AWS itself are there afterwards too. */
function usePattern({ holders, files, hasProfiles }: Recognition): RegExp | undefined {
  const names = [...holders].filter((name) => !name.startsWith("AWS_") && /^[A-Za-z_]/.test(name));
  const paths = [...files].filter((path) => /^[\w./~$-]{4,}$/.test(path) && !path.startsWith("~/.aws/"));
  const alternatives = [
    ...(names.length > 0 ? [`\\$\\{?(?:${names.join("|")})\\b`] : []),
    ...paths.map((path) => `${HERE}${asWritten(path)}\\b`),
    ...(hasProfiles ? ["(?:~|\\/root|\\$\\{?HOME\\}?)\\/\\.aws\\b"] : []),
  ];
  return alternatives.length === 0 ? undefined : new RegExp(alternatives.join("|"));
}

/** The job's own folder, before a path in it. */
const HERE = "(?<![\\w/])(?:\\.\\/|\\$(?:PWD|CI_PROJECT_DIR|\\{(?:PWD|CI_PROJECT_DIR)\\})\\/)?";

/** A path in a script, whose variables may have braces. */
function asWritten(path: string): string {
  const plain = path.replace(/^\$(?:PWD|CI_PROJECT_DIR)\//, "");
  return plain.replaceAll(".", "\\.").replaceAll(/\$(\w+)/g, "\\$\\{?$1\\}?");
}

/** What looks at a file that is not needed, or makes or removes its folder. */
function isCheck(raw: string): boolean {
  return /^(?:ls|stat|wc|mkdir|rm -\w*f\w*) /.test(raw);
}
