import type { NamedCause } from "../../../foundation/cause.ts";
import { showValue } from "../../../foundation/quote.ts";
import type { StatementMiss } from "../evaluate/decision.ts";
import { hasWildcard } from "../model/glob.ts";
import { type Claims, claimValues } from "../model/request.ts";

type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

interface Job {
  readonly claims: Claims;
  /** The refs that the statement's conditions on `sub` want. */
  readonly refs: readonly string[];
}

/**
 * Says why a claim that a policy pins besides `sub` is not what it wants, and how the job can match it. Changing the
 * policy is never the fix.
 *
 * @returns `undefined` for any other condition
 */
export function claimCause(miss: ConditionMiss, job: Job): NamedCause | undefined {
  if (miss.reason !== "value-differs" && miss.reason !== "case-differs") return undefined;
  const name = miss.key.slice(miss.key.lastIndexOf(":") + 1).toLowerCase();
  switch (name) {
    case "aud":
      return OTHER_AUDIENCE;
    case "project_id":
    case "namespace_id":
      return OTHER_ID[name];
    case "ref_protected":
      return miss.wanted.includes("true") ? unprotected(job) : undefined;
    case "pipeline_source":
      return {
        id: "other-pipeline",
        reason: "The policy is for another kind of pipeline (`pipeline_source`).",
        fix: "Run the job in that kind of pipeline, with `rules` on `$CI_PIPELINE_SOURCE`.",
      };
    case "runner_environment":
      return {
        id: "other-runner",
        reason: "The policy is for jobs on other runners (`runner_environment`).",
        fix: "Run the job on that kind of runner; its `tags` select it.",
      };
    default:
      return name.startsWith("user_") ? otherUser(name) : undefined;
  }
}

const OTHER_AUDIENCE: NamedCause = {
  id: "other-audience",
  reason: "The policy wants a different audience from the token's.",
  fix: "Change the job's input `audience` or the value of the condition. They must be the same, and the identity provider in IAM must list it.",
};

const OTHER_ID: Readonly<Record<"project_id" | "namespace_id", NamedCause>> = {
  project_id: {
    id: "other-project-id",
    reason:
      "The policy pins the id of another project (`project_id`). A project that was deleted and created again at the same path has a new id.",
    fix: "Compare the ids. If this is the right project, write its id; otherwise it must not have the role.",
  },
  namespace_id: {
    id: "other-project-id",
    reason:
      "The policy pins the id of another group (`namespace_id`). A project that was moved has another, and so does a group that was created again at the same path.",
    fix: "Compare the ids. If this is the right group, write its id; otherwise its projects must not have the role.",
  },
};

function unprotected({ claims, refs }: Job): NamedCause {
  const [type = "branch"] = claimValues(claims.ref_type);
  const [ref = `the ${type}`] = claimValues(claims.ref);
  const pattern = refs.find((text) => hasWildcard(text) && !/^[*?]+$/.test(text)) ?? ref;
  const page = type === "tag" ? "Protected tags" : "Protected branches";
  return {
    id: "unprotected",
    reason: `The policy is for protected refs (\`ref_protected\`), and ${showValue(ref)} is not protected.`,
    fix: `Protect ${showValue(pattern)} (Settings > Repository > ${page}), then run a new pipeline.`,
  };
}

function otherUser(name: string): NamedCause {
  return {
    id: "other-user",
    reason: `The policy is for pipelines that someone else starts (\`${name}\`).`,
    fix: "Have the pipeline started by someone whom the policy admits.",
  };
}
