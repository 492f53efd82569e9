import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { releaseNotes } from "./changelog.ts";

/** @see https://docs.gitlab.com/ci/components/#component-project-settings and `components_project.rb` of GitLab */
const MAX_COMPONENTS = 100;

/**
 * Checks what the CI/CD Catalog requires before it publishes a version, so that a tag does not fail because of it.
 *
 * @returns what is missing; empty if the project can be published
 */
export function findCatalogFaults(root: string): readonly string[] {
  const { version, description } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const templates = readdirSync(join(root, "templates"));
  const components = templates.filter((name) => /^[\w-]+\.yml$/.test(name));
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  return [
    ...(readFileSync(join(root, "README.md"), "utf8").startsWith("# ")
      ? []
      : ["README.md does not begin with a title"]),
    ...(description ? [] : ["package.json has no description to use for the project"]),
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`package.json: ${version} is not a semantic version`]),
    ...(releaseNotes(changelog, version) ? [] : [`CHANGELOG.md has no notes for ${version}`]),
    ...(components.length > 0 && components.length <= MAX_COMPONENTS
      ? []
      : [`templates/ has ${components.length} components`]),
    ...templates
      .filter((name) => !components.includes(name))
      .map((name) => `templates/${name} is not a component`),
    ...components.flatMap((name) =>
      templateFaults(name, readFileSync(join(root, "templates", name), "utf8")),
    ),
  ];
}

function templateFaults(name: string, text: string): readonly string[] {
  const [header, body, ...rest] = parseAllDocuments(text).map((document) => document.toJS());
  const inputs: Readonly<Record<string, { readonly description?: string }>> = header?.spec?.inputs ?? {};
  const undescribed = Object.entries(inputs).filter(([, input]) => !input?.description);
  return [
    ...(header?.spec === undefined ? [`templates/${name} has no spec`] : []),
    ...(body === undefined || rest.length > 0
      ? [`templates/${name} is not a spec and one configuration`]
      : []),
    ...undescribed.map(([input]) => `templates/${name}: the input ${input} has no description`),
  ];
}
