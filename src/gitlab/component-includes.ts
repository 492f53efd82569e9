import { isJsonObject, type JsonObject, scalarText } from "../foundation/json.ts";

/** One of our components, as a pipeline includes it. */
export interface ComponentInclude {
  readonly name: "assume-role" | "web-identity" | "doctor";
  /** As written, with variables expanded: `gitlab.example.com`. */
  readonly host: string;
  /** `acme/aws-oidc` */
  readonly project: string;
  readonly version: string;
  /** Variables expanded. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** What a pipeline file includes. */
export interface PipelineIncludes {
  readonly components: readonly ComponentInclude[];
  /** Paths of files of the repository, without a leading slash. */
  readonly localFiles: readonly string[];
  /** Those of them that are child pipelines. */
  readonly childFiles: readonly string[];
}

/** `<host>/<project>/<component>@<version>`; the project keeps the name `aws-oidc` in any group. */
const COMPONENT = /^([^/\s]+)\/((?:.+\/)?aws-oidc)\/(assume-role|web-identity|doctor)@(.+)$/;

/**
 * Finds what a pipeline includes.
 *
 * @param pipeline the parsed file
 * @param variables those that GitLab expands in `include`
 */
export function findIncludes(
  pipeline: unknown,
  variables: Readonly<Record<string, string>>,
): PipelineIncludes {
  const expand = (text: string): string => expandVariables(text, variables);
  const filesOf = (entries: readonly unknown[]): readonly string[] =>
    entries.map(localPath).flatMap((path) => (path === undefined ? [] : [expand(path)]));
  const own = listOf(isJsonObject(pipeline) ? pipeline.include : undefined);
  const children = childIncludes(pipeline);
  const all = [...own, ...children];
  return {
    components: all.flatMap((entry) => (isJsonObject(entry) ? readComponent(entry, expand) : [])),
    localFiles: filesOf(all),
    childFiles: filesOf(children),
  };
}

/** What the child pipelines of jobs are made of. */
function childIncludes(pipeline: unknown): readonly unknown[] {
  return Object.values(isJsonObject(pipeline) ? pipeline : {}).flatMap((job) => {
    const trigger = isJsonObject(job) ? job.trigger : undefined;
    return listOf(isJsonObject(trigger) ? trigger.include : undefined);
  });
}

function listOf(include: unknown): readonly unknown[] {
  return Array.isArray(include) ? include : [include];
}

/** Replaces `$NAME` and `${NAME}` if the variable is known. */
export function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced, bare) => {
    const name = braced ?? bare;
    return (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? written;
  });
}

function readComponent(
  { component, inputs }: JsonObject,
  expand: (text: string) => string,
): readonly ComponentInclude[] {
  const [, host, project, name, version] = COMPONENT.exec(expand(scalarText(component) ?? "")) ?? [];
  if (host === undefined || project === undefined || version === undefined) return [];
  const given = Object.entries(isJsonObject(inputs) ? inputs : {}).flatMap(([key, value]) => {
    const text = scalarText(value);
    return text === undefined ? [] : [[key, expand(text)] as const];
  });
  return [
    { name: name as ComponentInclude["name"], host, project, version, inputs: Object.fromEntries(given) },
  ];
}

/** `local: /ci/deploy.yml`, or just the path; a pattern names no file. */
function localPath(entry: unknown): string | undefined {
  const path = isJsonObject(entry) ? scalarText(entry.local) : scalarText(entry);
  if (path === undefined || /^https?:/.test(path) || path.includes("*")) return undefined;
  return path.replace(/^\/+/, "");
}
