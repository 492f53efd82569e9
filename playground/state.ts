import { effect, signal } from "@preact/signals";
import type { Problem } from "../src/foundation/checked.ts";
import { type Admission, answerAdmission, fieldsBesideClaims } from "./answers/admission.ts";
import type { Fields } from "./answers/page-host.ts";
import { decodeClaims, encodeClaims, type PastedClaims } from "./answers/pasted-claims.ts";
import { COMPONENTS, type Component } from "./answers/pipeline.ts";
import { answerRole, type RoleAnswer } from "./answers/role.ts";
import { type LinkedState, readFragment, type Way, writeFragment } from "./link/link.ts";

/**
 * What is on the page at the moment. None of it is stored, and only what `currentLink` selects goes into the address.
 */
export const way = signal<Way>("who");

export const policy = signal("");
export const jobBy = signal<"form" | "claims">("form");
export const job = signal<Fields>({});
/** The typed JSON; never a token. */
export const claimsText = signal("");
export const claims = signal<PastedClaims | undefined>(undefined);
export const claimsProblems = signal<readonly Problem[]>([]);

export const role = signal<Fields>({});
export const errorText = signal("");
export const component = signal<Component>(COMPONENTS[0]);
export const pipeline = signal<Fields>({});

export const admission = signal<Admission>({ problems: [], report: undefined, compared: undefined });
export const roleAnswer = signal<RoleAnswer | undefined>(undefined);

/** Answers a question again whenever it changes; a late answer is dropped. */
function keepAnswering<Answer>(ask: () => Promise<Answer>, take: (answer: Answer) => void): void {
  let asked = 0;
  effect(() => {
    asked += 1;
    const question = asked;
    void ask().then((answer) => {
      if (question === asked) take(answer);
    });
  });
}

keepAnswering(
  () => {
    const asked = { policy: policy.value, job: job.value, claims: undefined };
    if (jobBy.value === "form") return answerAdmission(asked);
    // The described job is out of sight, even while there are no claims.
    return answerAdmission({ ...asked, job: fieldsBesideClaims(asked.job), claims: claims.value });
  },
  (answer) => {
    admission.value = answer;
  },
);

keepAnswering(
  () => answerRole(role.value),
  (answer) => {
    roleAnswer.value = answer;
  },
);

/** The visible part of the page, as a link to share. */
function currentState(): LinkedState {
  switch (way.value) {
    case "who": {
      const isByClaims = jobBy.value === "claims";
      const shared = isByClaims && claims.value !== undefined ? encodeClaims(claims.value) : "";
      return {
        way: "who",
        fields: isByClaims ? {} : job.value,
        texts: { policy: policy.value, claims: shared },
      };
    }
    case "role":
      return { way: "role", fields: role.value, texts: {} };
    case "error":
      return { way: "error", fields: {}, texts: {} };
    case "pipeline":
      return { way: "pipeline", fields: { component: component.value, ...pipeline.value }, texts: {} };
  }
}

/** The address of the page as it is now. */
export async function currentLink(): Promise<string> {
  return new URL(await writeFragment(currentState()), location.href).href;
}

/** Fills the page from a link. */
export async function openLink(fragment: string): Promise<void> {
  const { way: linked, fields, texts } = await readFragment(fragment);
  way.value = linked;
  if (linked === "who") openQuestion(fields, texts);
  if (linked === "role") role.value = { ...role.value, ...fields };
  if (linked === "pipeline") {
    const { component: name, ...inputs } = fields;
    component.value = COMPONENTS.find((known) => known === name) ?? component.value;
    pipeline.value = { ...pipeline.value, ...inputs };
  }
}

/** What describes a job, or the role that it asks for. */
const JOB_FIELDS: readonly string[] = [
  ...["project", "issuer", "branch", "tag", "merge-request", "environment"],
  ...["audience", "project-id", "namespace-id", "role-arn", "session-name"],
];

function openQuestion(fields: Fields, texts: Fields): void {
  if (texts.policy) policy.value = texts.policy;
  const known = Object.entries(fields).filter(([name]) => JOB_FIELDS.includes(name));
  if (known.length > 0) {
    job.value = Object.fromEntries(known);
    jobBy.value = "form";
  }
  // A link made by hand need not have compressed claims.
  const written = texts.claims || fields.claims;
  const shared = written ? decodeClaims(written) : undefined;
  if (shared !== undefined) {
    claims.value = shared;
    claimsText.value = JSON.stringify(shared.claims, null, 2);
    jobBy.value = "claims";
  }
}

const SETTLING_MS = 250;

/** Keeps the address of the page in step with it. */
export function keepAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const state = currentState();
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const fragment = await writeFragment(state);
      if (fragment !== location.hash) history.replaceState(null, "", fragment);
    }, SETTLING_MS);
  });
}
