import { ancestorsOf, extendsOf, foreignParents, variablesOf } from "../pipeline/inheritance.ts";
import {
  type Entry,
  isMap,
  isSeq,
  keyOf,
  lookUp,
  type Pipeline,
  pairOf,
  textOf,
} from "../pipeline/pipeline.ts";
import { type Draft, extendLater, lineOfEntry, type Task } from "./plan.ts";
import { awsJobs } from "./static-plan.ts";

/** How to-be-continuous names the kinds of environments in its variables. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^prod/i, "PROD"],
  [/^stag/i, "STAGING"],
  [/^integ/i, "INTEG"],
  [/^(?:review|dev)/i, "REVIEW"],
];

/** What the file says to a variant with OpenID Connect of to-be-continuous. */
interface Variant {
  readonly roles: ReadonlyMap<string, string>;
  readonly audience: string | undefined;
}

/** Reads the variables and inputs of a variant, if the file includes one. */
function readVariant(pipeline: Pipeline): Variant | undefined {
  const includes = lookUp(pipeline, pipeline.root, "include");
  if (!/to-be-continuous\//.test(String(includes ?? ""))) return undefined;
  const [global] = pipeline.entries;
  const variables = global === undefined ? new Map<string, string>() : variablesOf(pipeline, global);
  const roles = new Map<string, string>();
  for (const name of variables.keys())
    if (/^AWS_(?:[A-Z]+_)?OIDC_ROLE_ARN$/.test(name)) roles.set(name, `$${name}`);
  for (const [name, text] of inputsOf(pipeline, includes)) {
    const [, kind] = /^(?:aws-)?(?:([a-z]+)-)?oidc-role-arn$/.exec(name) ?? [];
    if (/oidc-role-arn$/.test(name))
      roles.set(`AWS_${kind === undefined ? "" : `${kind.toUpperCase()}_`}OIDC_ROLE_ARN`, text);
  }
  const audience = variables.has("AWS_OIDC_AUD") ? "$AWS_OIDC_AUD" : undefined;
  return roles.size === 0 ? undefined : { roles, audience };
}

function inputsOf(pipeline: Pipeline, includes: unknown): readonly (readonly [string, string])[] {
  const items = isSeq(includes) ? includes.items : [includes];
  return items.flatMap((item) => {
    const inputs = isMap(item) ? lookUp(pipeline, item, "inputs") : undefined;
    return isMap(inputs)
      ? inputs.items.flatMap((pair) => [[keyOf(pair) ?? "", textOf(pair.value) ?? ""] as const])
      : [];
  });
}

/** Gives the role of a variant to the jobs that the user has written beside it. */
export function migrateBesideVariant(draft: Draft, { inclusions }: Pick<Task, "inclusions">): void {
  const { pipeline } = draft;
  const variant = readVariant(pipeline);
  if (variant === undefined) return;
  for (const entry of awsJobs(pipeline).filter((each) => isOwn(pipeline, each))) {
    const role = roleOf(pipeline, entry, variant);
    if (role === undefined) continue;
    const name = inclusions.webIdentity({ "role-arn": role, audience: variant.audience }, entry.name);
    extendLater(draft, entry, [name]);
    draft.changes.push({
      line: lineOfEntry(pipeline, entry),
      text: `${entry.name}: ${name} gives it the role of the templates of to-be-continuous, ${role}`,
    });
  }
  draft.notes.add("The templates of to-be-continuous go on exchanging ID tokens for their own jobs.");
}

/** A job that no template's hidden job serves, and that does not assume a role already. */
function isOwn(pipeline: Pipeline, entry: Entry): boolean {
  const tokens = [entry, ...ancestorsOf(pipeline, entry)].some(
    ({ map }) => pairOf(map, "id_tokens") !== undefined,
  );
  return foreignParents(pipeline, entry).length === 0 && !tokens && extendsOf(pipeline, entry).length === 0;
}

function roleOf(pipeline: Pipeline, { map }: Entry, { roles }: Variant): string | undefined {
  const environment = lookUp(pipeline, map, "environment");
  const name =
    textOf(environment) ??
    (isMap(environment) ? textOf(pairOf(environment, "name")?.value) : undefined) ??
    "";
  const [, kind] = KINDS.find(([pattern]) => pattern.test(name)) ?? [];
  return (kind && roles.get(`AWS_${kind}_OIDC_ROLE_ARN`)) ?? roles.get("AWS_OIDC_ROLE_ARN");
}
