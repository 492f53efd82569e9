import type { NamedCause } from "../../../foundation/cause.ts";
import { showValue } from "../../../foundation/quote.ts";
import type { StatementMiss } from "../evaluate/decision.ts";
import { hasWildcard } from "../model/glob.ts";
import { type Claims, claimValues } from "../model/request.ts";

type ConditionMiss = Extract<StatementMiss, { kind: "condition" }>;

interface Job {
  readonly claims: Claims;
  /** What the statement wants of the ref, as far as its conditions on `sub` say. */
  readonly refs: readonly string[];
}

/**
 * Says why a claim that a policy pins besides `sub` is not what it wants, and how the job can meet the pin: none of them
 * is mended by a change of the policy.
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
        reason: "The policy is for pipelines of another kind (`pipeline_source`).",
        fix: "Run the job in such a pipeline, by `rules` on `$CI_PIPELINE_SOURCE`.",
      };
    case "runner_environment":
      return {
        id: "other-runner",
        reason: "The policy is for jobs on other runners (`runner_environment`).",
        fix: "Run the job on such a runner, by its `tags`.",
      };
    default:
      return name.startsWith("user_") ? otherUser(name) : undefined;
  }
}

const OTHER_AUDIENCE: NamedCause = {
  id: "other-audience",
  reason: "The policy wants another audience than the token has.",
  fix: "Make them the same, and one that the identity provider in IAM lists: in the job the input `audience`, or the value of the condition.",
};

const OTHER_ID: Readonly<Record<"project_id" | "namespace_id", NamedCause>> = {
  project_id: {
    id: "other-project-id",
    reason:
      "The policy pins the id of another project (`project_id`). A project that was created anew under the same path has another id.",
    fix: "Compare the ids. If it is the right project, write its id; if it is not, it must not have the role.",
  },
  namespace_id: {
    id: "other-project-id",
    reason:
      "The policy pins the id of another group (`namespace_id`). A project that was moved, or a group that was created anew under the same path, has another.",
    fix: "Compare the ids. If it is the right group, write its id; if it is not, its projects must not have the role.",
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
    fix: `Protect ${showValue(pattern)} (Settings > Repository > ${page}), and run a new pipeline.`,
  };
}

function otherUser(name: string): NamedCause {
  return {
    id: "other-user",
    reason: `The policy is for pipelines that somebody else starts (\`${name}\`).`,
    fix: "Have somebody start the pipeline whom the policy admits.",
  };
}
