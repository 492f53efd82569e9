import type { Inclusion } from "../../../config/inputs/include-block.ts";
import type { Entry, Pipeline } from "../pipeline/pipeline.ts";
import type { Edit } from "../pipeline/source.ts";
import type { Inclusions } from "./inclusions.ts";
import type { Left, Site } from "./sites.ts";

/** What is changed in one place, for people. */
export interface Change {
  readonly line: number;
  readonly text: string;
}

/** What the user says that the file does not. */
export interface PlanOptions {
  /** Where the components are published. */
  readonly project: string | undefined;
  /** Role for jobs that have keys so far. */
  readonly roleArn: string | undefined;
}

/** A change of the file, and all there is to say of it. */
export interface Migration {
  readonly edits: readonly Edit[];
  readonly inclusions: readonly Inclusion[];
  readonly changes: readonly Change[];
  readonly left: readonly Left[];
  readonly notes: readonly string[];
  /** CI/CD variables to delete afterwards, where there were keys. */
  readonly keyVariables: readonly string[];
  /** Roles that replace keys, so that they may not exist yet: ARNs, or variables that hold them. */
  readonly newRoles: readonly string[];
}

/** What several steps add to. */
export interface Draft {
  readonly pipeline: Pipeline;
  readonly options: PlanOptions;
  readonly edits: Edit[];
  readonly changes: Change[];
  readonly left: Left[];
  readonly notes: Set<string>;
  readonly keyVariables: Set<string>;
  readonly newRoles: Set<string>;
  /** The hidden jobs that an entry is to extend. */
  readonly extending: Map<Entry, Set<string>>;
  /** The `before_script` that a job now has to spell out. */
  readonly explicit: Map<Entry, readonly string[]>;
  /** ID tokens that a recipe had, and the entries that had them for it. */
  readonly spentTokens: Map<string, Set<Entry>>;
}

/** A site, and what is known of those who run it. */
export interface Task {
  readonly site: Site;
  /** All sites of the file, scripts without a recipe among them. */
  readonly sites: readonly Site[];
  readonly inclusions: Inclusions;
}

export function createDraft(pipeline: Pipeline, options: PlanOptions): Draft {
  return {
    pipeline,
    options,
    edits: [],
    changes: [],
    left: [],
    notes: new Set(),
    keyVariables: new Set(),
    newRoles: new Set(),
    extending: new Map(),
    explicit: new Map(),
    spentTokens: new Map(),
  };
}

/** Lets an entry extend a hidden job. */
export function extendLater({ extending }: Draft, entry: Entry, names: readonly string[]): void {
  extending.set(entry, new Set([...(extending.get(entry) ?? []), ...names]));
}

/** The line in which an entry begins. */
export function lineOfEntry({ source }: Pipeline, { pair, map }: Entry): number {
  const node = (pair?.key ?? map) as { readonly range?: readonly number[] | null } | undefined;
  return source.lineOf(node?.range?.[0] ?? 0);
}

/** Leaves something of an entry as it is. */
export function leave({ left }: Draft, { name, kind }: Entry, { line, found, fix }: Left): void {
  left.push({ line, found: kind === "global" ? found : `${name}: ${found}`, fix });
}

/** Notes that these entries no longer need the ID token for a recipe. */
export function spendToken({ spentTokens }: Draft, token: string, entries: readonly Entry[]): void {
  spentTokens.set(token, new Set([...(spentTokens.get(token) ?? []), ...entries]));
}
