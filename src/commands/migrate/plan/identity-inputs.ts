import { variablesOf } from "../pipeline/inheritance.ts";
import { type Entry, lookUp, type Pipeline } from "../pipeline/pipeline.ts";
import type { Identity } from "../recipe/identities.ts";
import { audienceOf } from "./audience.ts";
import { type Draft, leave, lineOfEntry } from "./plan.ts";
import { OLD_TOKENS, type Site } from "./sites.ts";

/** Inputs of a component, by name. */
export type Inputs = Readonly<Record<string, string | undefined>>;

/** What a script sets comes too late for an input. */
export function noteVariables(
  { pipeline, notes }: Draft,
  inputs: readonly (Inputs | undefined)[],
  jobs: readonly Entry[],
): void {
  const set = new Set(
    jobs.flatMap((job) => [...variablesOf(pipeline, job).keys(), ...namesIn(pipeline, job)]),
  );
  const used = inputs.flatMap((each) =>
    [...(each?.["role-arn"] ?? "").matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name),
  );
  for (const name of used.filter((each) => !set.has(each) && !each.startsWith("CI_")))
    notes.add(
      `No \`variables\` of this file set $${name}, so it has to be in Settings > CI/CD > Variables: what a script sets comes too late.`,
    );
}

/** Variables that `parallel: matrix` and `rules: variables` set, among other words of those. */
function namesIn(pipeline: Pipeline, { map }: Entry): readonly string[] {
  const text = JSON.stringify(["parallel", "rules"].map((key) => lookUp(pipeline, map, key) ?? ""));
  return [...text.matchAll(/"(\w+)":/g)].map(([, name = ""]) => name);
}

/** A script, and the entries that run it. */
export interface Whose {
  readonly site: Site;
  readonly runners: readonly Entry[];
}

/** Whom a script makes itself to AWS, as inputs of the component; what cannot be told is left. */
export function toInputs(draft: Draft, identity: Identity, { site, runners }: Whose): Inputs | undefined {
  const audience = audienceOf(draft.pipeline, identity.token, [site.entry, ...runners]);
  if (!audience.ok) {
    leave(draft, site.entry, {
      line: lineOfEntry(draft.pipeline, site.entry),
      found: `the ID token $${identity.token} has more than one \`aud\``,
      fix: "Include the component once for each `aud`, with the input `audience`: docs/use/several-roles.md.",
    });
    return undefined;
  }
  for (const note of [...identity.notes, ...durationNotes(identity), ...tokenNotes(identity)])
    draft.notes.add(note);
  const seconds = identity.second === undefined ? undefined : identity.durationSeconds;
  return {
    "role-arn": identity.role,
    audience: audience.value,
    "session-name": identity.sessionName,
    "chained-role-arn": identity.second?.role,
    "external-id": identity.second?.externalId,
    "duration-seconds": seconds !== undefined && /^\d+$/.test(seconds) ? seconds : undefined,
    region: identity.region,
    profile: identity.profile,
  };
}

function durationNotes({ durationSeconds, second }: Identity): readonly string[] {
  if (durationSeconds === undefined || durationSeconds === "3600" || second !== undefined) return [];
  return [
    `A session of ${durationSeconds} seconds becomes one of an hour, which the job's tools renew as long as the job runs.`,
  ];
}

function tokenNotes({ token }: Identity): readonly string[] {
  return OLD_TOKENS.includes(token)
    ? [`GitLab 17.0 removed $${token}; the component asks for an ID token by itself.`]
    : [];
}
